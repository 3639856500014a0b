"""One turn: what came in, what was found out about it, and what goes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from actions.rendering.reply import Reply


@dataclass
class Turn:
    """A message on its way through the stages; each stage may change it or answer it."""

    conversation: str
    text: str
    language: str
    """The language of the conversation so far; after the stage ``find_language``, of this message."""
    channel: str = "web"
    payload: str | None = None
    """What an offered choice stands for; it goes to Rasa in place of the text."""
    foreign: str | None = None
    """ISO 639 code of a third language, when the message is in one."""
    keep_text: bool = True
    """False when the text must not be stored (a crisis)."""
    notes: list[str] = field(default_factory=list)
    """Kinds of personal data that were taken out."""

    def metadata(self) -> dict[str, Any]:
        """Return what the actions need to know beside the text."""
        return {"language": self.language, "channel": self.channel}


@dataclass(frozen=True)
class Answered:
    """A turn and its reply."""

    turn: Turn
    reply: Reply

"""The answer to one turn, before a channel gets it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = Literal["path", "question", "clarify", "crisis", "handoff", "smalltalk", "out_of_scope", "floor"]
OUTCOMES: tuple[Outcome, ...] = ("path", "question", "clarify", "crisis", "handoff", "smalltalk", "out_of_scope", "floor")


@dataclass(frozen=True)
class Message:
    """One bubble of text."""

    text: str
    part: str = "text"
    """opening, steps, closing, question or text: a page that draws the path itself leaves out the bubble called steps."""


@dataclass(frozen=True)
class Choice:
    """A button: its label, and the message to Rasa that it stands for."""

    label: str
    payload: str


@dataclass(frozen=True)
class Reply:
    """What a turn answers with; ``as_json`` is what an action hands to Rasa and the conversation takes up."""

    language: str
    outcome: Outcome
    messages: list[Message]
    speech: str
    event: str | None = None
    also: list[str] = field(default_factory=list)
    path: dict[str, Any] | None = None
    choices: list[Choice] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the reply as plain JSON data."""
        return vars(self) | {"messages": [vars(m) for m in self.messages], "choices": [vars(c) for c in self.choices]}

    def text(self) -> str:
        """Return all bubbles as one text, as a terminal shows them."""
        return "\n\n".join(message.text for message in self.messages)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Reply:
        """Return the reply that ``as_json`` gave."""
        return cls(
            **data
            | {
                "messages": [Message(**message) for message in data["messages"]],
                "choices": [Choice(**choice) for choice in data["choices"]],
            }
        )

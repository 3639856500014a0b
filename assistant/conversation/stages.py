"""What happens to a message, in order. A stage answers the turn, or returns None and lets the next one go on."""

from __future__ import annotations

import datetime as dt
import logging
import re
import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from actions.answer import Answers
from actions.crisis import crisis_reply
from actions.rendering.phrases import phrases
from actions.rendering.reply import Message, Reply
from actions.situation import Situation
from assistant.conversation import language as languages
from assistant.conversation.crisis import CrisisScreen
from assistant.conversation.floor import FloorAnswers
from assistant.conversation.redaction import redact
from assistant.conversation.turn import Turn
from assistant.engine.runtime import Engine
from knowledge.crisis import CrisisAnswer

log = logging.getLogger(__name__)
SUICIDE_LOSS = "suicide_loss"
"""What is added to the path when somebody says that a person died by suicide."""
Stage = Callable[[Turn], Awaitable[Reply | None]]
MOST_SCREENED = 5000
"""Characters that the crisis screen reads, also of a message that is too long to be answered."""


@dataclass(frozen=True)
class Stages:
    """The stages, with what they need."""

    screen: CrisisScreen
    crisis: dict[str, CrisisAnswer]
    engine: Engine
    floor: FloorAnswers
    most_typed: int

    def in_order(self) -> Sequence[Stage]:
        """Return the stages in the order in which they happen."""
        return (
            self.clean,
            self.screen_crisis,
            self.limit,
            self.redact,
            self.find_language,
            self.answer_foreign,
            self.ask_rasa,
            self.answer_floor,
        )

    async def clean(self, turn: Turn) -> Reply | None:
        """Take out control and invisible characters and commands; an empty message is asked for again."""
        text = "".join(" " if character in "\n\r\t" else character for character in turn.text[:MOST_SCREENED])
        text = "".join(character for character in text if unicodedata.category(character)[0] != "C" or character == "\u200d")
        turn.text = re.sub(r"\s+", " ", text).strip().lstrip("/").strip()
        if turn.payload is None and not turn.text:
            return _say(turn.language, "empty")
        return None

    async def screen_crisis(self, turn: Turn) -> Reply | None:
        """Answer a crisis at once, by a fixed text, whatever else is broken."""
        if turn.payload is not None:
            return None
        slug = self.screen.find(turn.text)
        if slug is None or slug not in self.crisis:
            return None
        turn.keep_text = False
        return crisis_reply(self.crisis[slug], languages.detect(turn.text, turn.language))

    async def limit(self, turn: Turn) -> Reply | None:
        """Cut a message that is too long at a word; its beginning is answered."""
        if len(turn.text) > self.most_typed:
            turn.text = turn.text[: self.most_typed].rsplit(" ", 1)[0]
        return None

    async def redact(self, turn: Turn) -> Reply | None:
        """Take personal data out, before anything is stored."""
        redacted = redact(turn.text)
        turn.text, turn.notes = redacted.text, list(redacted.kinds)
        return None

    async def find_language(self, turn: Turn) -> Reply | None:
        """Find the language of the message."""
        if turn.payload is None:
            turn.foreign = languages.foreign(turn.text)
            turn.language = languages.requested(turn.text) or languages.detect(turn.text, turn.language)
        return None

    async def answer_foreign(self, turn: Turn) -> Reply | None:
        """Say in which languages help is to be had, when the message is surely in a third one."""
        if turn.foreign is None or self.floor.base is None:
            return None
        return Answers(self.floor.base, Situation(language=turn.language), dt.date.today()).person("foreign")

    async def ask_rasa(self, turn: Turn) -> Reply | None:
        """Let Rasa understand and answer."""
        reply = await self.engine.turn(turn.conversation, turn.payload or turn.text, turn.metadata())
        loss = self.crisis.get(SUICIDE_LOSS)
        if reply is None or loss is None or reply.outcome != "path" or not self.screen.mentions_suicide_loss(turn.text):
            return reply
        words = loss.messages[reply.language]
        return replace(
            reply, messages=[*reply.messages, *(Message(line) for line in words)], speech=f"{reply.speech} {loss.speech[reply.language]}"
        )

    async def answer_floor(self, turn: Turn) -> Reply | None:
        """Answer from the search, or with a person's number."""
        return self.floor.answer(turn.text, turn.language)


def _say(language: str, key: str) -> Reply:
    lines = phrases(language).lines(key)
    return Reply(language, "question", [Message(line) for line in lines], " ".join(lines))

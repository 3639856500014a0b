"""The answer when nothing else answers: sorry, what may fit, a person's number, the crisis line. Never silence."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass, replace

from actions.answer import Answers
from actions.rendering import voice
from actions.rendering.phrases import phrases
from actions.rendering.reply import Message, Reply
from actions.situation import Situation
from knowledge.errors import KnowledgeError
from knowledge.schema import Service
from knowledge.search import find_event
from knowledge.store import KnowledgeBase

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FloorAnswers:
    """Floor answers, from what was read when the application started."""

    base: KnowledgeBase | None
    person: Service | None
    crisis_line: dict[str, str]
    """What names the crisis line, by language."""
    spoken_crisis_line: dict[str, str]
    """The same, as a voice says it."""

    def answer(self, text: str, language: str) -> Reply:
        """Return the services that fit ``text``, or at least a person's number and the crisis line. Never raises."""
        if self.base is not None and text:
            try:
                found = self._search(self.base, text, language)
                if found.path:
                    return replace(found, messages=[*found.messages, Message(self._numbers(language))], choices=[])
            except KnowledgeError as error:
                log.error("the search net failed too: %s", error)
            except Exception:
                log.exception("the search net failed too")
        lines = [*phrases(language).lines("floor"), self._numbers(language)]
        return Reply(language, "floor", [Message(line) for line in lines], voice.plain(self._spoken("floor", language)))

    @staticmethod
    def _search(base: KnowledgeBase, text: str, language: str) -> Reply:
        """Return the path of the life event that ``text`` names, else the services that fit it."""
        event = find_event(base, text, language)
        answers = Answers(base, Situation(language=language, text=text, event=event, opened=[event] if event else []), dt.date.today())
        if event is None:
            return answers.search("floor_found", "floor")
        reply, _ = answers.path(answers.phrases.line("floor_found"))
        return replace(reply, outcome="floor", messages=reply.messages[:2])

    def off(self, language: str) -> Reply:
        """Return the answer while the assistant is switched off."""
        lines = [*phrases(language).lines("off"), self._numbers(language)]
        return Reply(language, "floor", [Message(line) for line in lines], voice.plain(self._spoken("off", language)))

    def _numbers(self, language: str) -> str:
        words, parts = phrases(language), []
        if self.person and self.person.phones:
            phone = self.person.phones[0]
            hours = phone.hours.in_(language) if phone.hours else ""
            parts.append(f"{self.person.name.in_(language)}: {words.line('hand_off_tell', phone=phone.number, hours=hours)}")
        parts.append(self.crisis_line.get(language, ""))
        return " ".join(part for part in parts if part)

    def _spoken(self, key: str, language: str) -> str:
        words, parts = phrases(language), list(phrases(language).lines(key))
        if self.person and self.person.phones:
            digits = voice.digits(self.person.phones[0].number, language)
            parts.append(f"{self.person.name.in_(language)}. {words.line('spoken_phone', digits=digits)}")
        parts.append(self.spoken_crisis_line.get(language, ""))
        return " ".join(part for part in parts if part)

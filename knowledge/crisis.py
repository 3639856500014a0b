"""The fixed answers to a crisis, with the numbers of the hotlines filled in.

``hotlines.yml`` is the only place where a hotline's number stands; ``crisis.yml`` names it as ``{988.call}``. What can
follow the id: ``call``, ``tty``, ``text``, ``say``, ``chat``, and ``press.<whom>`` and ``say.<whom>``. Both files are
read once, at start-up; a placeholder that cannot be filled is a ContentError, so no answer ever goes out with a hole.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from pydantic import Field, field_validator

from knowledge import yaml_file
from knowledge.errors import ContentError, Problem
from knowledge.schema import LANGUAGES, Language, PhoneNumber, Slug, Strict, Text, Url

HOTLINES = "hotlines.yml"
ANSWERS = "crisis.yml"

_PLACEHOLDER = re.compile(r"{([^}]*)}")
_SHORT_CODE = re.compile(r"\d{3,6}|\d{3}-\d{3}-\d{4}")
_MOST_BUBBLES = 3
_MOST_WORDS = 60


class TextLine(Strict):
    """How to reach a hotline by text message."""

    to: str
    say: str | None = None
    """The word to send, when the line needs one."""
    say_for: dict[str, str] = Field(default_factory=dict)
    """The word to send for one group, such as ``es``."""

    @field_validator("to")
    @classmethod
    def _number(cls, value: str) -> str:
        if not _SHORT_CODE.fullmatch(value):
            raise ValueError(f"write a short code in quotes, or a number as 800-422-4453 (found {value!r})")
        return value


class Hotline(Strict):
    """A line that somebody in danger can call."""

    id: str = Field(pattern=r"^(\d{3}|[a-z][a-z0-9_]*)$")
    name: Text
    call: PhoneNumber
    tty: PhoneNumber | Literal["711"] | None = None
    text: TextLine | None = None
    chat: Url | None = None
    press_for: dict[Literal["es", "veterans"], str] = Field(default_factory=dict)
    languages: list[Literal["en", "es", "interpreters"]]
    hours: Text
    verified_on: dt.date
    """The day on which the numbers were last compared with both sources."""
    source: Url
    second_source: Url

    def numbers(self) -> list[str]:
        """Return every number of this line, as written."""
        return [number for number in (self.call, self.tty, self.text and self.text.to) if number]

    def placeholders(self) -> dict[str, str]:
        """Return what ``{id.field}`` stands for, by field."""
        fields = {"call": _dialled(self.call)}
        if self.tty:
            fields["tty"] = _dialled(self.tty)
        if self.chat:
            fields["chat"] = self.chat
        if self.text:
            fields["text"] = _dialled(self.text.to)
            if self.text.say:
                fields["say"] = self.text.say
            fields |= {f"say.{whom}": word for whom, word in self.text.say_for.items()}
        return fields | {f"press.{whom}": key for whom, key in self.press_for.items()}


class Choice(Strict):
    """What can be selected after the answer."""

    id: Slug
    label: Text


@dataclass(frozen=True)
class CrisisAnswer:
    """One fixed answer, ready to be sent."""

    slug: str
    messages: Mapping[str, tuple[str, ...]]
    """Bubbles by language."""
    speech: Mapping[str, str]
    """What a voice says, by language: no web addresses."""
    choices: tuple[Choice, ...]
    """What is offered afterwards; the first goes on with the original question."""
    hotlines: tuple[Hotline, ...]
    """The lines that the answer names, the most important first."""


class _HotlineFile(Strict):
    hotlines: list[Hotline]


class _Answer(Strict):
    slug: Slug
    messages: dict[Language, list[str]]
    speech: Text
    choices: list[Choice]
    hotlines: list[str]

    @field_validator("messages")
    @classmethod
    def _every_language(cls, value: dict[Language, list[str]]) -> dict[Language, list[str]]:
        if set(value) != set(LANGUAGES) or not all(1 <= len(bubbles) <= _MOST_BUBBLES for bubbles in value.values()):
            raise ValueError(f"write one to {_MOST_BUBBLES} bubbles in each of: {', '.join(LANGUAGES)}")
        return value


class _AnswerFile(Strict):
    crisis: list[_Answer]


def load_hotlines(root: Path) -> dict[str, Hotline]:
    """Return the hotlines of the content folder ``root`` by id. Raises ContentError."""
    hotlines: dict[str, Hotline] = {}
    for hotline in yaml_file.read(root / HOTLINES, _HotlineFile, root).hotlines:
        if hotline.id in hotlines:
            raise ContentError([Problem(HOTLINES, 1, f"two hotlines are called {hotline.id!r}: keep one")])
        hotlines[hotline.id] = hotline
    return hotlines


def load_crisis(root: Path) -> dict[str, CrisisAnswer]:
    """Return the fixed answers of the content folder ``root`` by slug, numbers filled in.

    Raises ContentError that lists every placeholder without a hotline and every bubble that is too long.
    """
    hotlines = load_hotlines(root)
    numbers = {f"{hotline.id}.{field}": value for hotline in hotlines.values() for field, value in hotline.placeholders().items()}
    problems: list[Problem] = []
    answers = {}
    for entry in yaml_file.read(root / ANSWERS, _AnswerFile, root).crisis:
        bubbles: dict[str, tuple[str, ...]] = {
            language: tuple(_filled(text, entry.slug, numbers, problems) for text in entry.messages[language]) for language in LANGUAGES
        }
        speech: dict[str, str] = {language: _filled(entry.speech.in_(language), entry.slug, numbers, problems) for language in LANGUAGES}
        problems += [
            Problem(ANSWERS, 1, f"{entry.slug} ({language}) has a bubble of {len(text.split())} words: at most {_MOST_WORDS}")
            for language, texts in bubbles.items()
            for text in texts
            if len(text.split()) > _MOST_WORDS
        ]
        unknown = [name for name in entry.hotlines if name not in hotlines]
        if unknown:
            problems.append(Problem(ANSWERS, 1, f"{entry.slug} names hotlines {', '.join(unknown)}: add them to {HOTLINES}"))
            continue
        if entry.slug in answers:
            problems.append(Problem(ANSWERS, 1, f"{entry.slug} is written twice: keep one"))
        named = tuple(hotlines[name] for name in entry.hotlines)
        answers[entry.slug] = CrisisAnswer(entry.slug, MappingProxyType(bubbles), MappingProxyType(speech), tuple(entry.choices), named)
    if problems:
        raise ContentError(problems)
    return answers


def _filled(text: str, slug: str, numbers: Mapping[str, str], problems: list[Problem]) -> str:
    for name in _PLACEHOLDER.findall(text):
        if name not in numbers:
            problems.append(Problem(ANSWERS, 1, f"{slug}: {{{name}}} is not in {HOTLINES}; it has {', '.join(sorted(numbers))}"))
    return _PLACEHOLDER.sub(lambda match: numbers.get(match[1], ""), text)


def _dialled(number: str) -> str:
    return f"1-{number}" if len(number) == len("800-799-7233") else number

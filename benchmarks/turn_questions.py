"""The questions that benchmarks/turn.py asks: held-out sentences of tests/sentences, put together into conversations."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import yaml

from assistant.conversation import language as languages
from assistant.conversation.crisis import CrisisScreen

TURNS = 5
"""Turns of one conversation."""
_SEED = 20261123
_SUPPORT = "support"
_OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True)
class Question:
    """One message, with what Rasa is told beside the text."""

    text: str
    metadata: dict[str, Any]


@dataclass(frozen=True)
class Dialogue:
    """The messages of one person, in order."""

    number: int
    language: str
    questions: tuple[Question, ...]


def dialogues(sentences: Path, count: int) -> list[Dialogue]:
    """Return ``count`` dialogues, English and Spanish in turn, always the same ones.

    Each asks about a life event, goes on with small talk or a question along the path, says more about the same event, goes on again, and
    ends with another event or something out of scope. What the crisis screen answers is left out: it never reaches Rasa.
    """
    say = {language: _sayings(sentences / language) for language in ("en", "es")}
    return [_dialogue(number, ("en", "es")[number % 2], say) for number in range(count)]


def _dialogue(number: int, language: str, say: dict[str, dict[str, Iterator[str]]]) -> Dialogue:
    files = say[language]
    events = sorted(name for name in files if name not in (_SUPPORT, _OUT_OF_SCOPE))
    event, other = events[number // 2 % len(events)], events[(number // 2 * 5 + 3) % len(events)]
    last = _OUT_OF_SCOPE if number % 6 in (4, 5) else other
    questions, current = [], language
    for name in (event, _SUPPORT, event, _SUPPORT, last):
        text = next(files[name])
        current = languages.requested(text) or languages.detect(text, current)
        foreign = languages.foreign(text)
        metadata = {"language": current, "channel": "api"} | ({"foreign": foreign} if foreign else {})
        questions.append(Question(text, metadata))
    return Dialogue(number, language, tuple(questions))


def _sayings(folder: Path) -> dict[str, Iterator[str]]:
    screen, chance, found = CrisisScreen(), random.Random(_SEED), {}
    for path in sorted(folder.glob("*.yml")):
        if path.stem.startswith("crisis_"):
            continue
        texts = [row["say"] for row in yaml.safe_load(path.read_text(encoding="utf-8"))]
        kept = [text for text in texts if screen.find(text) is None]
        chance.shuffle(kept)
        found[path.stem] = cycle(kept)
    return found

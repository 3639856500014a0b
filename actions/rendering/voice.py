"""A path as the words that a voice would say: no web addresses, numbers digit by digit."""

from __future__ import annotations

import re

from actions.rendering.phrases import Phrases
from knowledge.grammar import contracted, with_article
from knowledge.task_path import TaskPath, TaskStep

_NAMES = {
    "en": "zero one two three four five six seven eight nine".split(),
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve".split(),
}
_ASIDE = re.compile(r"\s\([^()]*\)")
"""What stands in brackets is for the eye: an abbreviation, or which part of an office is meant."""
_SITE = re.compile(r"(?<![\w./@-])([A-Z][A-Za-z]+)\.(gov|org|com|mil)\b(?![./]\w)")
"""The name of a site, such as HealthCare.gov: a word of the sentence, not an address."""
_PHONE = re.compile(r"(?<![\d-])(?:1-)?\d{3}-\d{3}-\d{4}(?![\d-])")
_URL = re.compile(r"https?://\S+|\b(?:www\.)?[\w-]+(?:\.[\w-]+)*\.(?:gov|org|com|mil)\b\S*")


def digits(number: str, language: str) -> str:
    """Return a telephone number as spoken digits, in its groups: "eight zero zero, seven seven two, ..."."""
    names = _NAMES["es" if language == "es" else "en"]
    groups = re.findall(r"\d+", number)
    return ", ".join(" ".join(names[int(digit)] for digit in group) for group in groups)


def speak_step(task: TaskStep, phrases: Phrases) -> str:
    """Return one step as spoken words: what to do, then the number or the page."""
    if task.reach.phone and task.reach.kind == "phone":
        where = phrases.line("spoken_phone", digits=digits(task.reach.phone, phrases.language))
    else:
        where = contracted(phrases.line("spoken_web", agency=with_article(task.service.agency, phrases.language)))
    return f"{plain(task.say, phrases.language)} {plain(where.replace('..', '.'), phrases.language)}"


def speak_path(path: TaskPath, phrases: Phrases, before: str = "", after: str = "") -> str:
    """Return a whole path as spoken words, its steps in the order of the text."""
    count = len(path.steps)
    numbers = phrases.lines("spoken_number")
    spoken = [before]
    if count:
        spoken.append(phrases.line("spoken_intro_one") if count == 1 else phrases.line("spoken_intro_many", count=_count(count, phrases)))
    for task in path.steps:
        lead = numbers[task.number - 1] if count > 1 and task.number <= len(numbers) else ""
        spoken.append(f"{lead} {speak_step(task, phrases)}".strip())
    return " ".join(part for part in [*spoken, after] if part)


def plain(text: str, language: str = "en") -> str:
    """Return ``text`` without web addresses, line breaks and what stands in brackets.

    HealthCare.gov becomes "HealthCare dot gov", and a telephone number its digits.
    """
    named = _SITE.sub(r"\1 punto \2" if language == "es" else r"\1 dot \2", text)
    named = _PHONE.sub(lambda match: digits(match[0], language), named)
    return re.sub(r"\s+", " ", _ASIDE.sub("", _URL.sub("", named))).strip()


def _count(count: int, phrases: Phrases) -> str:
    return _NAMES["es" if phrases.language == "es" else "en"][count]

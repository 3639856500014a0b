"""Plain, short and kind words: what the content says is checked by file and line (C10 to C16, C20, C22)."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from knowledge.content import Content
from knowledge.errors import Problem
from knowledge.schema import LANGUAGES, Event, Step, Text

MOST_WORDS = {"en": 20, "es": 24}
"""Of a sentence; Spanish needs more small words for the same thing."""
MOST_OPENING = 8
"""Words of the line before the steps, such as a condolence (C21)."""
MOST_GRADE = {"text": 8.0, "speech": 6.0}
EVENT_OF_DEATH = "death_of_loved_one"
_WORD = re.compile(r"[\w{}][\w{}'’.,&/-]*")
_NOT_A_VERB = {
    "en": frozenset("the a an you your yours it its this that these those they their we our i my he his she her who there here".split()),
    "es": frozenset(
        "el la los las lo un una unos unas usted su sus este esta esto ese esa eso hay aquí ahí quien ellos ellas yo mi".split()
    ),
}
_LEAD_IN = re.compile(r"^(if|for|to|with|without|when|after|before|si|para|por|con|sin|cuando|después|antes)\b[^,]*, ", re.IGNORECASE)
"""What may stand before the verb: for whom or for when the step is."""


@dataclass(frozen=True)
class Rule:
    """Words that are not to be used, and what to do instead."""

    languages: tuple[str, ...]
    words: re.Pattern[str]
    instead: str
    event: str | None = None
    """Only in this event, None for all."""


def _rule(languages: str, words: str, instead: str, event: str | None = None) -> Rule:
    return Rule(tuple(languages.split()), re.compile(words, re.IGNORECASE), instead, event)


RULES = (
    _rule("en", r"\bpass(?:ed|es|ing)? away\b|\bpassed on\b|loved one|the deceased|\bexpired\b(?= (?:person|man|woman|father|mother))|no longer with us|"
          r"your loss\b|\blate (?:father|mother|husband|wife)\b", "say died or death"),  # C20
    _rule("es", r"fallec|difunt|\bser(?:es)? querido|ya no está con|pasó a mejor vida|perdió la vida|\bpartió\b|su pérdida|q\.?e\.?p\.?d", "diga murió o muerte"),
    _rule("en", r"cause of death|how (?:did|was) .* die\b|how are you feeling", "do not ask about the death", EVENT_OF_DEATH),  # C22
    _rule("es", r"causa de (?:la )?muerte|(?:de qué|cómo) murió|cómo se siente", "no pregunte por la muerte", EVENT_OF_DEATH),
    _rule("en", r"congratulations|\b(?:great|awesome|perfect|wonderful)\b", "do not cheer", EVENT_OF_DEATH),
    _rule("es", r"felici(?:dades|taciones)|\b(?:genial|excelente|perfecto)\b", "no anime", EVENT_OF_DEATH),
    _rule("en", r"\b(?:addressees?|assist(?:s|ed|ing)?|commence[sd]?|disseminate|endeavou?r|facilitate|herein|heretofore|implement(?:ed|s)?|"
          r"in accordance with|in order to|in regard to|pertaining to|prior to|promulgate|pursuant|remittance|shall|subsequent(?:ly)?|"
          r"terminate[sd]?|therefor|therein|thereof|utili[sz]e[sd]?|aforementioned|ascertain|effectuate|please)\b", "use a plainer word"),  # C12
    _rule("en", r"\bthe (?:user|applicant|claimant|beneficiary)\b|\bapplicants\b", "say you"),
    _rule("es", r"\b(?:tú|tienes|puedes|quieres|tu|tus|vosotros|vuestro)\b", "diga usted"),
    _rule("en", r"\b(?:click|tap)(?:s|ping|ing)?\b", "say select"),  # C16
    _rule("es", r"\b(?:haga )?clic\b|\bpulse\b|\bpinche\b", "diga seleccione"),
    _rule("en es", "[!¡\N{VARIATION SELECTOR-16}\U0001f000-\U0001faff\u2600-\u27bf]", "no exclamation marks and no emoji"),  # C15
    _rule("en es", r"\b\d{3}[ .-]\d{3}[ .-]\d{4}\b|\(\d{3}\)|https?://|\bwww\.|\w\.(?:gov|mil|org|com)/", "write a number or link into the service"),  # C90
    _rule("en es", "[\u0370-\u03ff\u0400-\u04ff\u200b-\u200f\ufeff]", "this letter only looks like a Latin one: type it anew"),
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """One text of the content and where it stands."""

    file: str
    place: str
    """Such as ``moving.forward_mail.do``."""
    text: str
    event: str | None = None

    @property
    def label(self) -> bool:
        """Whether it is a name or the label of a button: no sentence."""
        return self.place.rsplit(".", 1)[-1] in ("hours", "name", "keywords") or ".values." in self.place


class Lint:
    """The rules on words, on the content in one folder."""

    def __init__(self, root: Path, content: Content) -> None:
        self._root, self._content = root, content
        self._files: dict[str, list[str]] = {}

    def problems(self) -> list[Problem]:
        """Return every text that breaks a rule, by file and line."""
        found = list(self._of_openings())
        found += [problem for language in LANGUAGES for said in self.texts(language) for problem in self._of_text(said, language)]
        for event in self._content.events.values():
            for step in event.steps:
                for language in LANGUAGES:
                    found += self._of_step(event, step, language)
        return found

    def texts(self, language: str) -> Iterator[Said]:
        """Yield each text of the content that a person can read or hear."""
        for event in self._content.events.values():
            file = f"events/{event.slug}.yml"
            for place, text in _texts_of(event):
                yield Said(file, place, text.in_(language), event.slug)
            for step in event.steps:
                for line in step.bring.in_(language) if step.bring else []:
                    yield Said(file, f"{event.slug}.{step.id}.bring", line, event.slug)
        for fact in self._content.facts.values():
            if fact.question:
                yield Said("facts", f"{fact.id}.question", fact.question.in_(language))
            for name in ("because", "values"):
                for value, text in getattr(fact, name).items():
                    yield Said("facts", f"{fact.id}.{name}.{value}", text.in_(language))
        for service in self._content.services.values():
            yield Said("services", f"{service.id}.name", service.name.in_(language))
            yield Said("services", f"{service.id}.summary", service.summary.in_(language))
            for phone in service.phones:
                for name in ("hours", "press"):
                    if text := getattr(phone, name):
                        yield Said("services", f"{service.id}.{name}", text.in_(language))
        for table in self._content.states.values():
            for state, row in table.rows.items():
                if row.note:
                    yield Said(f"states/{table.program}.yml", f"{table.program}.{state}.note", row.note.in_(language))

    def _of_text(self, said: Said, language: str) -> Iterator[Problem]:
        for rule in RULES:
            if language in rule.languages and rule.event in (None, said.event):
                match = rule.words.search(said.text)
                if match:
                    yield self._problem(said, f"says {match.group(0)!r}: {rule.instead}")
        if said.label:
            return
        for sentence in [part for whole in sentences(said.text) for part in re.split("[;:] ", whole)]:
            length = len(_WORD.findall(sentence))
            if length > MOST_WORDS[language]:
                yield self._problem(said, f"has a sentence of {length} words: use at most {MOST_WORDS[language]}")

    def _of_openings(self) -> Iterator[Problem]:
        for event in self._content.events.values():
            for text in (event.opening, event.opening_neutral):
                length = len(text.en.replace("{relation}", "your father").split()) if text else 0
                if text and length > MOST_OPENING:
                    said = Said(f"events/{event.slug}.yml", f"{event.slug}.opening", text.en)
                    yield self._problem(said, f"has {length} words: use at most {MOST_OPENING}")

    def _of_step(self, event: Event, step: Step, language: str) -> Iterator[Problem]:
        file, place = f"events/{event.slug}.yml", f"{event.slug}.{step.id}"
        do, why = step.do.in_(language), step.why.in_(language)
        said = Said(file, f"{place}.do", do)
        if len(sentences(do)) > 2:
            yield self._problem(said, "has more than two sentences: say one thing")
        for name, text in (("do", step.do), ("say", step.say)):
            words = _LEAD_IN.sub("", text.in_(language)) if text else ""
            first = re.split(r"[^\w]", words, maxsplit=1)[0] if words else "Do"
            if first.casefold() in _NOT_A_VERB[language] or first.isupper() or _LEAD_IN.match(words + ", "):
                yield self._problem(Said(file, f"{place}.{name}", text.in_(language) if text else ""), "must start with a verb")
        for name, text in (("do", step.do), ("why", step.why), ("say", step.say)):
            words = text.in_(language) if text else ""
            if words and (words[-1] not in ".?" or not (words[0] in "{¿" or words[0].isupper())):
                yield self._problem(Said(file, f"{place}.{name}", words), "must start with a capital letter and end with a full stop")
        for kind, words in (("text", f"{do} {why}"), ("speech", (step.say or step.do).in_(language))):
            grade = reading_grade(words, language)
            if grade is not None and grade > MOST_GRADE[kind]:
                hint = "use shorter words and sentences" + (", or write a spoken form in say" if kind == "speech" else "")
                yield self._problem(said, f"reads at grade {grade:.1f} as {kind}, the limit is {MOST_GRADE[kind]:.0f}: {hint}")

    def _problem(self, said: Said, message: str) -> Problem:
        file, line = self._find(said)
        return Problem(f"knowledge/content/{file}", line, f"{said.place} {message}")

    def _find(self, said: Said) -> tuple[str, int]:
        folder = self._root / "knowledge" / "content"
        names = (
            [said.file]
            if said.file.endswith(".yml")
            else [f"{said.file}/{path.name}" for path in sorted((folder / said.file).glob("*.yml"))]
        )
        start = said.text[:30]
        for name in names:
            if name not in self._files:
                path = folder / name
                self._files[name] = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
            for number, line in enumerate(self._files[name], 1):
                if start in line.replace('\\"', '"').replace("''", "'"):
                    return name, number
        return names[0] if names else said.file, 1


def _texts_of(event: Event) -> Iterator[tuple[str, Text]]:
    for name in ("title", "opening", "opening_neutral", "closing"):
        if text := getattr(event, name):
            yield f"{event.slug}.{name}", text
    for step in event.steps:
        for name in ("do", "say", "why", "deadline", "cost", "takes"):
            if text := getattr(step, name):
                yield f"{event.slug}.{step.id}.{name}", text


def sentences(text: str) -> list[str]:
    """Return the sentences of ``text``."""
    return [part for part in re.split(r"(?<=[.?])(?<! [A-Za-z]\.)(?<!EE\.)\s+(?=[A-ZÁÉÍÓÚÑ¿{])", text) if part]


def reading_grade(text: str, language: str) -> float | None:
    """Return the school grade that ``text`` asks for, without its proper names; None where textstat is not installed.

    Flesch-Kincaid for English, Crawford's formula for Spanish, both as textstat counts them.
    """
    count = _formula(language)
    return count(_without_names(text)) if count else None


def _without_names(text: str) -> str:
    """Leave out what people know by sight and cannot be said more simply: names, abbreviations, placeholders."""
    kept = []
    for sentence in re.split(r"(?<=[.?;:]) +", text):
        first, *rest = sentence.split() or [""]
        kept.append(
            " ".join([first.replace("{", "").replace("}", ""), *(word for word in rest if not (word[:1].isupper() or word[:1] in "({"))])
        )
    return " ".join(kept)


@lru_cache
def _formula(language: str) -> Callable[[str], float] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from textstat.textstat import textstatistics
    except ImportError:
        return None
    counter = textstatistics()
    counter.set_lang("es" if language == "es" else "en_US")
    found: Callable[[str], float] = counter.crawford if language == "es" else counter.flesch_kincaid_grade
    return lru_cache(maxsize=20_000)(found)

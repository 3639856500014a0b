"""Find the phrases of the lookups: "my dad" means relation = father."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from assistant.engine.normal_text import same_length

Value = bool | int | str
_NEGATIONS = frozenset(
    "not n't nt never no without isnt wasnt arent didnt dont doesnt havent hasnt cant nunca jamas sin tampoco ni neither nor".split()
)
_REACH = 3


@dataclass(frozen=True)
class Found:
    """A value of a fact that stands in a text, with its place (characters)."""

    fact: str
    value: Value
    start: int
    end: int


class Phrases:
    """Match phrases of a lookup called FACT.VALUE; the longest phrase of a fact wins where two overlap."""

    def __init__(self, nlp: Language, lookups: Iterable[tuple[str, str, str]]) -> None:
        self._matcher = PhraseMatcher(nlp.vocab, attr="ORTH")
        self._strings = nlp.vocab.strings
        grouped: dict[str, list[Doc]] = {}
        for fact, value, phrase in lookups:
            doc = nlp.make_doc(same_length(phrase.strip()))
            if len(doc):
                grouped.setdefault(f"{fact}.{value}", []).append(doc)
        for key, docs in grouped.items():
            self._matcher.add(key, docs)

    def find(self, doc: Doc) -> list[Found]:
        """Return the facts that ``doc`` (in plain form) reveals, in order of place.

        A phrase inside a longer one says nothing of its own ("veteran" in "i am a veteran"), but "my dad" always does.
        """
        longest: dict[str, list[tuple[int, int, str]]] = {}
        covered: list[tuple[int, int]] = []
        for key, start, end in sorted(self._matcher(doc), key=lambda match: (match[1] - match[2], match[1])):
            fact, _, value = self._strings[key].partition(".")
            if not _stands_alone(doc, fact, start) and any(s <= start and end <= e and end - start < e - s for s, e in covered):
                continue
            covered.append((start, end))
            kept = longest.setdefault(fact, [])
            if all(end <= other_start or start >= other_end for other_start, other_end, _ in kept):
                kept.append((start, end, value))
        found = []
        for fact, spans in longest.items():
            for start, end, value in spans:
                meaning = _meaning(value, is_negated(doc, start))
                if meaning is not None:
                    span = doc[start:end]
                    found.append(Found(fact, meaning, span.start_char, span.end_char))
        return sorted(found, key=lambda item: (item.start, item.end, item.fact))


def _stands_alone(doc: Doc, fact: str, start: int) -> bool:
    return fact == "relation" and doc[start].text in ("my", "our", "mi", "mis", "nuestro", "nuestra", "his", "her")


def is_negated(doc: Doc, start: int) -> bool:
    """Return whether one of the three words before token ``start`` says no, within the same clause."""
    for token in reversed(doc[max(0, start - _REACH) : start]):
        if token.text in ",.;:!?" or token.text in ("but", "pero", "and", "y", "sino"):
            return False
        if token.text in _NEGATIONS:
            return True
    return False


def _meaning(value: str, negated: bool) -> Value | None:
    if value in ("yes", "no"):
        return (value == "yes") != negated
    return None if negated else value

"""Fill what is known of a person into sentences: their own word for somebody, their state, the reason why."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.eligibility import Facts
from knowledge.grammar import contracted, day_in_words
from knowledge.schema import Event, Fact, Text
from knowledge.states import STATES

_TWO_STOPS = re.compile(r"\.\.(?!\.)")


class Words:
    """Fill the person's own facts into sentences, in one language."""

    def __init__(self, vocabulary: dict[str, Fact], facts: Facts, language: str) -> None:
        self.vocabulary, self.facts, self.language = vocabulary, facts, language

    def relation(self) -> str | None:
        """Return "your father", or None while it is not known who the person is."""
        value = self.facts.get("relation")
        fact = self.vocabulary.get("relation")
        if fact is None or not isinstance(value, str) or value not in fact.values:
            return None
        return fact.values[value].in_(self.language)

    def value(self, name: str) -> str:
        """Return what is known of the fact ``name`` as a person would say it."""
        value, fact = self.facts.get(name), self.vocabulary.get(name)
        if fact is not None and fact.kind == "state" and value in STATES:
            return STATES[str(value)][self.language == "es"]
        if fact is not None and isinstance(value, str) and value in fact.values:
            return fact.values[value].in_(self.language)
        if fact is not None and fact.kind == "date":
            return day_in_words(str(value), self.language)
        return str(value)

    def fill(self, text: str, office: str = "") -> str:
        """Return ``text`` with its placeholders filled in."""
        spanish = self.language == "es"
        known = isinstance(self.facts.get("state"), str)
        state = self.value("state") if known else ("su estado" if spanish else "your state")
        relation = self.relation() or ("la persona" if spanish else "the person")
        filled = text.replace("{office}", office).replace("{state}", state).replace("{relation}", relation)
        filled = _TWO_STOPS.sub(".", filled)  # a name such as "EE. UU." brings its own full stop
        return contracted(filled) if spanish else filled

    def sentence(self, text: str, office: str = "") -> str:
        """Return ``text`` filled in, with a capital at its beginning."""
        filled = self.fill(text, office)
        return filled[:1].upper() + filled[1:]

    def opening(self, event: Event) -> str | None:
        """Return the line before the steps: the neutral one while the relation is not known, none for a professional."""
        if event.opening is None or self.facts.get("relation") == "client":
            return None
        if "{relation}" in event.opening.en and self.relation() is None:
            return event.opening_neutral.in_(self.language) if event.opening_neutral else None
        return self.sentence(event.opening.in_(self.language))

    def question(self, name: str) -> str:
        """Return how to ask for the fact ``name``."""
        question = self.vocabulary[name].question
        return self.sentence(question.in_(self.language)) if question else ""

    def because(self, names: Sequence[str]) -> str | None:
        """Return "Because you said that ..." for at most two of the facts ``names``, None when there are no words for them."""
        reasons = []
        for name in names:
            text = self._reason(name)
            if text:
                reasons.append(self.fill(text.in_(self.language)).replace("{value}", self.value(name)))
        if not reasons:
            return None
        spanish = self.language == "es"
        joined = (" y que " if spanish else " and that ").join(reasons[:2]).removesuffix(".")
        return f"Porque usted dijo que {joined}." if spanish else f"Because you said that {joined}."

    def _reason(self, name: str) -> Text | None:
        fact, value = self.vocabulary.get(name), self.facts.get(name)
        if fact is None or value is None:
            return None
        key = {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
        return fact.because.get(key) or fact.because.get("any")

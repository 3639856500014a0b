"""What is known when an action runs: the person's facts, the life event at hand, and where on the path they are."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from knowledge.content import conditions
from knowledge.eligibility import Facts
from knowledge.schema import Event, Scalar
from knowledge.store import KnowledgeBase

FACTS, PLACE = "facts", "place"
"""The two slots: what is known of the person, and where the conversation is."""
PLACE_KEYS = ("event", "also", "start", "focus", "asked", "skipped", "opened", "misses")
_NEVER_DROPPED = ("state", "age", "marital_status", "citizen", "served", "service_status")


@dataclass(frozen=True)
class Situation:
    """The state of a conversation, as the slots of the tracker hold it."""

    language: str = "en"
    text: str = ""
    event: str | None = None
    also: list[str] = field(default_factory=list)
    """Further events that the person told of, still to be answered."""
    facts: dict[str, Scalar] = field(default_factory=dict)
    start: int = 0
    """Number of steps that were given before the ones on show."""
    focus: int = 0
    """Number of the step that the person is at; 0 while all are on show."""
    asked: str | None = None
    """The fact that was asked for last."""
    skipped: list[str] = field(default_factory=list)
    """Facts that the person would rather not tell."""
    opened: list[str] = field(default_factory=list)
    """Events whose opening line was said; a condolence is said once."""
    misses: int = 0
    """Messages in a row that were not understood."""

    @classmethod
    def of(cls, tracker: Tracker) -> Situation:
        """Return the situation that ``tracker`` holds."""
        message: dict[str, Any] = tracker.latest_message or {}
        metadata = message.get("metadata") or {}
        place = {name: value for name, value in (tracker.get_slot(PLACE) or {}).items() if name in PLACE_KEYS}
        language, text = str(metadata.get("language") or "en"), str(message.get("text") or "")
        return cls(language=language, text=text, facts=dict(tracker.get_slot(FACTS) or {}), **place)

    def with_(self, **changes: Any) -> Situation:
        """Return a copy with ``changes``."""
        return dataclasses.replace(self, **changes)

    def changes_since(self, before: Situation) -> list[EventType]:
        """Return the slot events that lead from ``before`` to this situation; what stayed the same is not written."""
        changes: list[EventType] = []
        if self.facts != before.facts:
            changes.append(SlotSet(FACTS, self.facts))
        place = {name: getattr(self, name) for name in PLACE_KEYS}
        if place != {name: getattr(before, name) for name in PLACE_KEYS}:
            changes.append(SlotSet(PLACE, place))
        return changes


def told_facts(base: KnowledgeBase, event: Event | None, entities: list[dict[str, Any]]) -> dict[str, Scalar]:
    """Return the facts that ``entities`` tell and that can matter for ``event``.

    What is said of "he" or of nobody in particular is about the person of the event: in an event about somebody else, "navy" is about
    them; in an event about the speaker, it is about the speaker.
    """
    vocabulary = base.facts()
    used = base.cached(("facts of", event.slug), lambda: facts_of(event)) if event else set()
    day_facts = [name for name in used if vocabulary[name].kind == "date"] if event else []
    told: dict[str, Scalar] = {}
    for entity in entities:
        name, value = str(entity["entity"]), entity["value"]
        if event is not None and event.about == "self":
            name = {"other_age": "age"}.get(name, name.removeprefix("deceased_") if name.startswith("deceased_") else name)
        if name == "date" and day_facts:
            name = day_facts[0]
        fact = vocabulary.get(name)
        if fact is None or name in told:
            continue
        if fact.kind in ("choice", "bool") and event is not None and name not in used and name not in ("relation", *_NEVER_DROPPED):
            continue
        scalar = as_value(fact.kind, value)
        if scalar is not None:
            told[name] = scalar
    return told


def as_value(kind: str, value: Any) -> Scalar | None:
    """Return ``value`` as a fact of this ``kind``, None when it cannot be one."""
    if kind == "bool":
        return {"yes": True, "true": True, "no": False, "false": False}.get(str(value).casefold())
    if kind == "number":
        try:
            return int(value)
        except (TypeError, ValueError):
            return None
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None


def facts_of(event: Event) -> set[str]:
    """Return the ids of the facts that a path of ``event`` can depend on."""
    tested = {fact for step in event.steps for fact, _ in conditions(step.who)}
    return tested | set(event.ask)


def kept_for(event: Event, facts: Facts) -> dict[str, Scalar]:
    """Return those of ``facts`` that still hold when the person turns to another ``event``."""
    used = facts_of(event)
    return {name: value for name, value in facts.items() if name in _NEVER_DROPPED or (name in used and name != "relation")}

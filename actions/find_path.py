"""Answer a life event, or new facts about it, with the path that fits."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

from actions.base import PathAction
from actions.rendering.reply import Reply
from actions.situation import Situation, as_value, facts_of, kept_for, told_facts
from knowledge.errors import UnknownEvent
from knowledge.schema import Event, Fact
from knowledge.search import content_words


class ActionFindPath(PathAction):
    """Find the path for the life events that the person just told of."""

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "action_find_path"

    def answer(self, tracker: Tracker, situation: Situation) -> tuple[Reply, Situation]:
        """Return the path of the first event; further events are kept for later."""
        message = tracker.latest_message or {}
        named = [str((message.get("intent") or {}).get("name") or ""), *message.get("events", [])]
        events = [event for slug in dict.fromkeys(named) if (event := self._event(slug)) is not None]
        if not events:
            return self.answers(situation).search("found_topic", "handoff"), situation
        return self.path_of(events[0], [event.slug for event in events[1:]], message.get("entities", []), situation)

    def path_of(self, event: Event, further: list[str], entities: list[dict[str, Any]], situation: Situation) -> tuple[Reply, Situation]:
        """Return the path of ``event`` with the facts that ``entities`` tell."""
        told = told_facts(self.base, event, entities)
        same = situation.event == event.slug
        facts = {**(situation.facts if same or situation.event is None else kept_for(event, situation.facts)), **told}
        also = [slug for slug in dict.fromkeys([*situation.also, *further]) if slug != event.slug]
        now = situation.with_(event=event.slug, also=also, facts=facts, start=0, focus=0)
        if not same:
            now = now.with_(skipped=[])
        return self.answers(now).path()

    def _event(self, slug: str) -> Event | None:
        try:
            return self.base.event(slug)
        except UnknownEvent:
            return None


class ActionTakeFacts(ActionFindPath):
    """Take what the person added or corrected ("no, my mother", "I live in Ohio") and change the path."""

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "action_take_facts"

    def answer(self, tracker: Tracker, situation: Situation) -> tuple[Reply, Situation]:
        """Return the path with the new facts; without an event, ask what happened."""
        message = tracker.latest_message or {}
        entities = message.get("entities", [])
        event = self._event(situation.event) if situation.event else None
        told = told_facts(self.base, event, entities)
        answers = self.answers(situation)
        if event is None:
            if not told:
                return answers.words("ask_what", "question"), situation
            return answers.words("ask_what", "question"), situation.with_(facts={**situation.facts, **told})
        if situation.asked and situation.asked not in told:
            value = self._answer_to(situation.asked, entities, situation.text)
            told |= {situation.asked: value} if value is not None else {}
        if not told:
            if situation.asked:
                return answers.words("ask_again", "question", answers.choices_for(situation.asked)), situation
            return answers.search("found", "handoff"), situation
        return self.changed_path(event, told, situation)

    def changed_path(self, event: Event, told: dict[str, Any], situation: Situation) -> tuple[Reply, Situation]:
        """Return the path of ``event`` after the facts ``told`` came in, from its first step again when they matter."""
        facts = {**situation.facts, **told}
        before = [step.id for step in self.answers(situation.with_(start=0)).find().steps]
        now = situation.with_(facts=facts, start=0, focus=0)
        found = self.answers(now).find()
        changed = [step.id for step in found.steps] != before or bool({"state", "relation"} & set(told))
        answers = self.answers(now)
        return answers.path(answers.phrases.line("noted" if changed else "noted_same"))

    def _answer_to(self, fact_name: str, entities: list[dict[str, Any]], text: str) -> Any:
        fact = self.base.facts().get(fact_name)
        if fact is None:
            return None
        for entity in entities:
            if entity["entity"] in (fact_name, f"other_{fact_name}", f"deceased_{fact_name}", fact_name.removeprefix("deceased_")):
                return as_value(fact.kind, entity["value"])
        if fact.kind == "number" and text.strip().isdigit():
            return int(text)
        return _named_value(fact, text) if fact.kind == "choice" else None


def _named_value(fact: Fact, text: str) -> str | None:
    """Return the value whose label shares most words with a short ``text``, None when none or several do."""
    said = set(content_words(text))
    shared: dict[str, int] = {}
    for value, label in fact.values.items():
        words = set(content_words(label.en)) | set(content_words(label.es)) | set(value.split("_"))
        shared[value] = len(said & words)
    best = max(shared.values(), default=0)
    winners = [value for value, count in shared.items() if count == best]
    return winners[0] if best and len(winners) == 1 else None


class ActionTakeAnswer(ActionTakeFacts):
    """Take yes, no or skip as the answer to the question that was asked last."""

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "action_take_answer"

    def answer(self, tracker: Tracker, situation: Situation) -> tuple[Reply, Situation]:
        """Return the path after the answer; without a question, what fits best."""
        intent = ((tracker.latest_message or {}).get("intent") or {}).get("name")
        event = self._event(situation.event) if situation.event else None
        answers = self.answers(situation)
        if event is None:
            return answers.words("ask_what", "question"), situation
        fact = self.base.facts().get(situation.asked or "")
        if fact is None:
            if intent == "yes" and situation.also:
                return self._turn_to(situation.also[0], situation)
            return answers.words("ask_what" if intent == "yes" else "bye", "question" if intent == "yes" else "smalltalk"), situation
        if intent == "skip":
            now = situation.with_(skipped=[*situation.skipped, fact.id])
            answers = self.answers(now)
            return answers.path(answers.phrases.line("skipped"))
        told = told_facts(self.base, event, (tracker.latest_message or {}).get("entities", []))
        if fact.kind == "bool":
            told |= {fact.id: intent == "yes"}
        if not told:
            return answers.words("ask_again", "question", answers.choices_for(fact.id)), situation
        return self.changed_path(event, told, situation)

    def _turn_to(self, slug: str, situation: Situation) -> tuple[Reply, Situation]:
        event = self.base.event(slug)
        facts = {**kept_for(event, situation.facts), **{k: v for k, v in situation.facts.items() if k in facts_of(event)}}
        now = situation.with_(
            event=slug, also=[other for other in situation.also if other != slug], facts=facts, start=0, focus=0, skipped=[]
        )
        return self.answers(now).path()

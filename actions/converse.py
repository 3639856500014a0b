"""Everything that is not a path: greetings, a person, search, a question back, and what is not ours."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

from actions.base import PathAction
from actions.find_path import ActionTakeFacts
from actions.rendering.reply import Choice, Message, Reply
from actions.situation import Situation, facts_of, told_facts
from knowledge.schema import Event

_CLOSE = 0.12
"""Least probability of an event that is worth asking about."""
REJECTED = ("out_of_scope", "other_topic")
"""Intents that stand for none of the events."""
_ALONE = 0.3
_SHORT = 6
_MISSES_BEFORE_PERSON = 2


class ActionMakeSmallTalk(PathAction):
    """Greet, thank, say goodbye, say what this is."""

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "action_make_small_talk"

    def answer(self, tracker: Tracker, situation: Situation) -> tuple[Reply, Situation]:
        """Return the phrase that is called like the intent."""
        intent = str(((tracker.latest_message or {}).get("intent") or {}).get("name"))
        answers = self.answers(situation)
        return answers.words(intent if intent in answers.phrases else "ask_what"), situation.with_(misses=0)


class ActionSwitchLanguage(PathAction):
    """Go on in the other language, with the path at hand."""

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "action_switch_language"

    def answer(self, tracker: Tracker, situation: Situation) -> tuple[Reply, Situation]:
        """Return the path in the language of the turn, or the question what happened."""
        if situation.event is not None:
            return self.answers(situation).path()
        return self.answers(situation).words("language_switched"), situation


class ActionHandOff(PathAction):
    """Say how to reach a person."""

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "action_hand_off"

    def answer(self, tracker: Tracker, situation: Situation) -> tuple[Reply, Situation]:
        """Return the number and hours of the contact center."""
        return self.answers(situation).person(), situation


class ActionDecline(PathAction):
    """Say that something is not a matter of government services; after two misses, offer a person."""

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "action_decline"

    def answer(self, tracker: Tracker, situation: Situation) -> tuple[Reply, Situation]:
        """Return what this assistant is for."""
        now = situation.with_(misses=situation.misses + 1)
        answers = self.answers(now)
        choices = [Choice(answers.phrases.line("person"), "/person")]
        return answers.words("out_of_scope", "out_of_scope", choices), now


class ActionSearchServices(PathAction):
    """Search the services for a topic that has no path of its own."""

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "action_search_services"

    def answer(self, tracker: Tracker, situation: Situation) -> tuple[Reply, Situation]:
        """Return the services that fit what was said."""
        now = situation.with_(event=None, asked=None, focus=0, start=0)
        return self.answers(now).search("found_topic", "handoff"), now


class ActionAskWhich(ActionTakeFacts):
    """Ask which of two or three things is meant; when none is likely, search; after two misses, offer a person too.

    Words that tell a fact of the event at hand ("renew", after "passport") change its path instead.
    """

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "action_ask_which"

    def answer(self, tracker: Tracker, situation: Situation) -> tuple[Reply, Situation]:
        """Return a question with two or three choices, or services that fit."""
        message = tracker.latest_message or {}
        event = self._event(situation.event) if situation.event else None
        told = told_facts(self.base, event, message.get("entities", [])) if event else {}
        if event and situation.asked and situation.asked not in told and len(situation.text.split()) <= _SHORT:
            value = self._answer_to(situation.asked, message.get("entities", []), situation.text)
            told |= {situation.asked: value} if value is not None else {}
        if event and set(told) & facts_of(event):
            return self.changed_path(event, told, situation)
        now = situation.with_(misses=situation.misses + 1)
        answers = self.answers(now)
        alone = self._only_likely(message.get("intent_ranking", []))
        if alone:
            return self.path_of(alone, [], message.get("entities", []), situation.with_(misses=0))
        titles = {event.slug: event.title.in_(now.language) for event in self.base.events()}
        ranking = [row for row in message.get("intent_ranking", []) if row["name"] in titles]
        likely = [row["name"] for row in ranking[:3] if row["confidence"] >= _CLOSE]
        if likely and now.misses <= _MISSES_BEFORE_PERSON:
            choices = [Choice(titles[slug], f"/{slug}") for slug in likely]
            choices.append(Choice(answers.phrases.line("which_none"), "/person"))
            lead = answers.phrases.line("which")
            spoken = f"{lead} " + " ".join(f"{titles[slug]}." for slug in likely)
            return answers.reply("clarify", [Message(lead)], spoken, choices=choices), now
        if now.misses > _MISSES_BEFORE_PERSON:
            return answers.person("not_found"), now
        return answers.search("found", "handoff"), now

    def _only_likely(self, ranking: list[dict[str, Any]]) -> Event | None:
        """Return the one event that is likely when no other event comes near, None otherwise."""
        events = [(event, row["confidence"]) for row in ranking if (event := self._event(row["name"])) is not None]
        others = max((row["confidence"] for row in ranking if row["name"] in REJECTED), default=0.0)
        if not events or events[0][1] < _ALONE or events[0][1] < 2 * others:
            return None
        return events[0][0] if len(events) == 1 or events[1][1] < _CLOSE else None

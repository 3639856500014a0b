"""What all actions share: the knowledge base, and the way from slots to a reply and back."""

from __future__ import annotations

import datetime as dt
import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import Answers
from actions.rendering.reply import Reply
from actions.situation import Situation
from knowledge.store import KnowledgeBase, open_knowledge

Clock = Callable[[], dt.date]


def data_dir() -> Path:
    """Return the folder for databases: ASSISTANT_DATA_DIR, or var/ in the folder that the process was started in."""
    return Path(os.environ.get("ASSISTANT_DATA_DIR", "var"))


class PathAction(Action, ABC):
    """An action that answers from the knowledge base.

    Without a base (as Rasa's own action server makes it) it opens the one in ``data_dir()`` when it first runs.
    """

    def __init__(self, base: KnowledgeBase | None = None, clock: Clock = dt.date.today) -> None:
        self._base, self._clock = base, clock

    @property
    def base(self) -> KnowledgeBase:
        """The knowledge base that answers."""
        if self._base is None:
            self._base = open_knowledge(data_dir())
        return self._base

    def answers(self, situation: Situation) -> Answers:
        """Return the wording of answers for ``situation``."""
        return Answers(self.base, situation, self._clock())

    @abstractmethod
    def name(self) -> str:
        """Return the name in domain.yml."""

    @abstractmethod
    def answer(self, tracker: Tracker, situation: Situation) -> tuple[Reply, Situation]:
        """Return the reply to the latest message of ``tracker`` and the situation after it."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Say the reply and return the slots that changed."""
        before = Situation.of(tracker)
        reply, after = self.answer(tracker, before)
        say(dispatcher, reply)
        return after.changes_since(before)


def say(dispatcher: CollectingDispatcher, reply: Reply) -> None:
    """Hand ``reply`` to Rasa: as text for any Rasa channel, with the whole reply as JSON for ours."""
    buttons = [{"title": choice.label, "payload": choice.payload} for choice in reply.choices]
    dispatcher.utter_message(text=reply.text(), json_message=reply.as_json(), buttons=buttons)

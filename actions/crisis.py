"""Answer a crisis that the screen before Rasa did not see, with the same fixed text."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.base import PathAction
from actions.rendering.reply import Choice, Message, Reply
from actions.situation import Situation
from knowledge.content import CONTENT
from knowledge.crisis import CrisisAnswer, load_crisis

_CHOICES = {"continue": "/repeat", "person": "/person"}
"""What the choices of crisis.yml stand for: the path at hand, or the question what happened; and a person."""


def crisis_reply(answer: CrisisAnswer, language: str) -> Reply:
    """Return the fixed answer as a reply."""
    messages = answer.messages[language]
    choices = [Choice(choice.label.in_(language), _CHOICES[choice.id]) for choice in answer.choices if choice.id in _CHOICES]
    return Reply(language, "crisis", [Message(text) for text in messages], answer.speech[language], event=answer.slug, choices=choices)


class ActionAnswerCrisis(PathAction):
    """Say where help is, now."""

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "action_answer_crisis"

    def answer(self, tracker: Tracker, situation: Situation) -> tuple[Reply, Situation]:
        """Return the fixed answer for the intent."""
        intent = str(((tracker.latest_message or {}).get("intent") or {}).get("name"))
        language = "es" if situation.language == "es" else "en"
        return crisis_reply(load_crisis(CONTENT)[intent], language), situation

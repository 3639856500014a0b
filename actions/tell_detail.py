"""Answer a question about the steps on show: why, what to bring, the cost, by when, how long, where, which number."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.base import PathAction
from actions.rendering import text, voice
from actions.rendering.phrases import Phrases
from actions.rendering.reply import Message, Reply
from actions.situation import Situation
from actions.walk_path import step_named
from knowledge.task_path import TaskStep


class ActionTellDetail(PathAction):
    """Tell one detail of the step at hand, or of each step on show."""

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "action_tell_detail"

    def answer(self, tracker: Tracker, situation: Situation) -> tuple[Reply, Situation]:
        """Return the detail that the intent asks for."""
        intent = str(((tracker.latest_message or {}).get("intent") or {}).get("name"))
        answers = self.answers(situation)
        if situation.event is None:
            return answers.words("no_path", "question"), situation
        found = answers.find()
        number = step_named(situation.text, len(found.steps)) or situation.focus
        steps = [step for step in found.steps if not number or step.number == number]
        lines = [line for step in steps if (line := _line(intent, step, answers.phrases)) is not None]
        if not lines and steps:
            lines = [
                answers.phrases.line(f"detail_{intent}_none", number=steps[0].number, place=text.place(steps[0].reach, answers.phrases))
            ]
        reply = answers.reply("path", [Message("\n".join(lines))], _spoken(lines, steps, intent, answers.phrases), found)
        return reply, situation.with_(focus=number, misses=0)


def _line(intent: str, step: TaskStep, phrases: Phrases) -> str | None:
    key = f"detail_{intent}"
    if intent == "why":
        return phrases.line(key, number=step.number, why=" ".join(part for part in (step.why, step.because) if part))
    if intent == "bring":
        return phrases.line(key, number=step.number, items="; ".join(step.bring)) if step.bring else None
    if intent == "where":
        parts = [step.service.name, text.place(step.reach, phrases), step.reach.address or ""]
        return phrases.line(key, number=step.number, place=". ".join(part for part in parts if part))
    if intent == "phone_number":
        if not step.reach.phone:
            return None
        hours = " ".join(
            part for part in (step.reach.hours, step.reach.press, f"TTY {step.reach.tty}." if step.reach.tty else None) if part
        )
        return phrases.line(key, number=step.number, name=step.service.name, phone=step.reach.phone, hours=hours)
    value = {"cost": step.cost, "deadline": step.deadline, "how_long": step.takes}.get(intent)
    return phrases.line(key, number=step.number, text=value) if value else None


def _spoken(lines: list[str], steps: list[TaskStep], intent: str, phrases: Phrases) -> str:
    if intent != "phone_number":
        return " ".join(voice.plain(line, phrases.language) for line in lines)
    called = [step for step in steps if step.reach.phone]
    spoken = [
        f"{step.service.name}. " + phrases.line("spoken_phone", digits=voice.digits(step.reach.phone or "", phrases.language))
        for step in called
    ]
    return " ".join(spoken or [voice.plain(line, phrases.language) for line in lines])

"""Move along the path at hand: more, next, back, again, from the start."""

from __future__ import annotations

import re

from rasa_sdk import Tracker

from actions.base import PathAction
from actions.rendering import text, voice
from actions.rendering.reply import Choice, Message, Reply
from actions.situation import Situation, kept_for
from knowledge.task_path import MOST_STEPS, TaskPath

_ORDINALS = {
    1: ("1", "one", "first", "uno", "primero", "primera", "primer"),
    2: ("2", "two", "second", "dos", "segundo", "segunda"),
    3: ("3", "three", "third", "tres", "tercero", "tercera", "tercer"),
}


def step_named(message: str, count: int) -> int:
    """Return the number of the step that ``message`` names ("the second one"), 0 when it names none of ``count``."""
    words = re.findall(r"\w+", message.casefold())
    for number, names in _ORDINALS.items():
        if number <= count and any(name in words for name in names):
            return number
    return 0


class ActionShowMore(PathAction):
    """Give the next steps of the path; after the last, the next event that the person told of."""

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "action_show_more"

    def answer(self, tracker: Tracker, situation: Situation) -> tuple[Reply, Situation]:
        """Return the next one to three steps."""
        answers = self.answers(situation)
        if situation.event is None:
            return answers.words("no_path", "question"), situation
        now = situation.with_(start=situation.start + MOST_STEPS, focus=0)
        if self.answers(now).find().steps:
            return self.answers(now).path()
        if situation.also:
            event = self.base.event(situation.also[0])
            turned = situation.with_(
                event=event.slug, also=situation.also[1:], facts=kept_for(event, situation.facts), start=0, focus=0, skipped=[]
            )
            return self.answers(turned).path()
        following = self.answers(situation).find().next_events
        choices = [Choice(entry["title"], f"/{entry['slug']}") for entry in following[:3]]
        return answers.words("no_more", "smalltalk", choices), situation


class ActionShowNext(ActionShowMore):
    """Tell one step at a time; after the third, the next steps."""

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "action_show_next"

    def answer(self, tracker: Tracker, situation: Situation) -> tuple[Reply, Situation]:
        """Return the step after the one at hand, in detail."""
        if situation.event is None:
            return super().answer(tracker, situation)
        found = self.answers(situation).find()
        number = situation.focus + 1
        if number > len(found.steps):
            return super().answer(tracker, situation)
        return self.one_step(found, number, situation)

    def one_step(self, found: TaskPath, number: int, situation: Situation) -> tuple[Reply, Situation]:
        """Return step ``number`` of the path in detail."""
        answers = self.answers(situation)
        task = found.steps[number - 1]
        why = " ".join(part for part in (task.why, task.because) if part)
        messages = [Message(f"{text.step(task, answers.phrases)}\n{why}")]
        speech = f"{voice.speak_step(task, answers.phrases)} {why} {answers.phrases.line('spoken_next')}"
        reply = answers.reply("path", messages, speech, found)
        return reply, situation.with_(focus=number, misses=0)


class ActionGoBack(ActionShowNext):
    """Go back to the step, or the steps, before."""

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "action_go_back"

    def answer(self, tracker: Tracker, situation: Situation) -> tuple[Reply, Situation]:
        """Return what was on show before."""
        if situation.event is None:
            return self.answers(situation).words("ask_what", "question"), situation
        if situation.focus > 1:
            return self.one_step(self.answers(situation).find(), situation.focus - 1, situation)
        if situation.start == 0 and situation.focus == 0:
            reply, after = self.answers(situation).path(self.answers(situation).phrases.line("no_more_back"))
            return reply, after
        start = situation.start if situation.focus else max(0, situation.start - MOST_STEPS)
        return self.answers(situation.with_(start=start, focus=0)).path()


class ActionRepeat(ActionShowNext):
    """Say again what is on show."""

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "action_repeat"

    def answer(self, tracker: Tracker, situation: Situation) -> tuple[Reply, Situation]:
        """Return the steps, or the one step, on show."""
        if situation.event is None:
            return self.answers(situation).words("ask_what", "question"), situation
        if situation.focus:
            return self.one_step(self.answers(situation).find(), situation.focus, situation)
        return self.answers(situation).path()


class ActionStartOver(PathAction):
    """Forget the path and what was told."""

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "action_start_over"

    def answer(self, tracker: Tracker, situation: Situation) -> tuple[Reply, Situation]:
        """Return the opening question; the language stays, and a condolence is not said twice."""
        now = Situation(language=situation.language, text=situation.text, opened=situation.opened)
        return self.answers(now).words("start_over", "question"), now

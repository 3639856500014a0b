"""A path as text: at most three bubbles, the steps in one of them."""

from __future__ import annotations

from actions.rendering.phrases import Phrases
from actions.rendering.reply import Message
from knowledge.reach import Reach
from knowledge.task_path import TaskPath, TaskStep


def place(reach: Reach, phrases: Phrases) -> str:
    """Return where a step is done, the way it is done best first."""
    aside = {name: " " + phrases.line("in_english") for name in reach.english_only}
    call = phrases.line("step_phone", phone=reach.phone) + aside.get("phone", "") if reach.phone else ""
    page = phrases.line("step_web", url=reach.url) + aside.get("page", "")
    parts = [call, page] if reach.kind == "phone" else [page, call]
    return ", ".join(part for part in parts if part)


def step(task: TaskStep, phrases: Phrases) -> str:
    """Return one numbered step with its place."""
    return f"{task.number}. {task.do}\n   {place(task.reach, phrases)}"


def steps(path: TaskPath, phrases: Phrases) -> Message:
    """Return the bubble that lists the steps."""
    return Message("\n".join(step(task, phrases) for task in path.steps), "steps")


def intro(path: TaskPath, phrases: Phrases, more: bool) -> str:
    """Return the line above the steps."""
    if more:
        return phrases.line("intro_more")
    return phrases.line("intro_one") if len(path.steps) == 1 else phrases.line("intro_many", count=len(path.steps))


def closing(path: TaskPath, phrases: Phrases) -> str:
    """Return what happens next."""
    return path.closing or phrases.line("closing_one" if len(path.steps) == 1 else "closing")

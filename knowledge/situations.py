"""The situations in which people are: what one can be told of them, so that every path can be looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from knowledge.eligibility import Facts
from knowledge.schema import LANGUAGES, Event, Fact
from knowledge.states import STATES
from knowledge.store import KnowledgeBase
from knowledge.task_path import MOST_STEPS, TaskPath, find_path

AGES = (5, 15, 18, 20, 26, 30, 50, 59, 60, 62, 65, 70)
PLACES = ("", "TX", "PR")
"""Where the personal facts are tried: nowhere said, a state, a territory. Without personal facts, all 56 are."""


def main_facts(event: Event, vocabulary: dict[str, Fact]) -> Iterator[Facts]:
    """Yield nothing known, then each value of each fact that a step of ``event`` reads, one at a time."""
    yield {}
    for name in dict.fromkeys(fact for step in event.steps if step.who for fact in step.who.facts()):
        fact = vocabulary[name]
        if fact.kind == "bool":
            yield {name: True}
            yield {name: False}
        elif fact.kind == "choice":
            yield from ({name: value} for value in fact.values)
        elif fact.kind == "number":
            yield from ({name: age} for age in AGES)


def every_path(base: KnowledgeBase, today: dt.date) -> Iterator[tuple[str, TaskPath]]:
    """Yield (language, path) for every event in both languages: for each place, and for each value of each fact that matters."""
    vocabulary = base.facts()
    for event in base.events():
        for language in LANGUAGES:
            for facts in main_facts(event, vocabulary):
                for state in ["", *STATES] if not facts else PLACES:
                    known = {**facts, "state": state} if state else facts
                    yield language, find_path(base, event.slug, known, language, today)


def faults(path: TaskPath) -> list[str]:
    """Return what is missing of ``path``: one to three steps, each with words, somewhere to go, a source and dates."""
    found = [] if 1 <= len(path.steps) <= MOST_STEPS else [f"{len(path.steps)} steps"]
    for step in path.steps:
        if not (step.reach.url or step.reach.phone):
            found.append(f"{step.id} leads nowhere")
        if not (step.do and step.why and step.say) or "{" in step.do + step.why + step.say:
            found.append(f"{step.id} lacks words")
        if not (step.source.url and step.source.reviewed_on < step.source.review_by):
            found.append(f"{step.id} has no source")
    if len({step.reach.url + (step.reach.phone or "") + step.do for step in path.steps}) < len(path.steps):
        found.append("the same step twice")
    return found

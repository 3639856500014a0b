"""What of the content could not be confirmed twice, and whether people meet it among the first steps."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from knowledge.content import Content
from knowledge.duplicates import same_page
from knowledge.schema import Event, Service, Step
from knowledge.situations import main_facts
from knowledge.store import KnowledgeBase
from knowledge.task_path import MOST_STEPS, candidates

_FIGURE = re.compile(
    r"\$ ?\d|\b\d[\d,.]*\+? (?:business |calendar |working )?(?:days?|weeks?|months?|years?|hours?|minutes?|percent|dollars?)\b|\b\d+ ?%|"
    r"\b(?:age|aged|turn|turning|under|over|by) \d{1,2}\b|\b(?:January|February|March|April|May|June|July|August|September|October|November|"
    r"December) \d{1,2}\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Doubt:
    """One fact with fewer than two sources."""

    where: str
    """What holds it, such as ``service usps_change_of_address``."""
    field: str
    why: str
    handed_out: bool
    """Whether people get it all the same; what is marked ``unconfirmed`` they do not."""
    first: bool = False
    """Whether it stands among the first three steps of a path."""


def doubts(content: Content) -> list[Doubt]:
    """Return what is marked as unconfirmed, and each telephone and figure that has one source only."""
    found = [doubt for service in content.services.values() for doubt in _of_service(service)]
    for table in content.states.values():
        for state, office in table.rows.items():
            where = f"office {table.program} {state}"
            found += [Doubt(where, name, "is marked unconfirmed", False) for name in office.unconfirmed]
            if office.phone and "phone" not in office.unconfirmed and same_page(office.source, office.url.en):
                found.append(Doubt(where, "phone", "its source is the office's own page: a second one is missing", True))
    for event in content.events.values():
        for step in event.steps:
            found += _of_step(event, step, content)
    return found


def with_places(content: Content, base: KnowledgeBase, today: dt.date) -> list[Doubt]:
    """Return the doubts, each with whether it stands among the first three steps of a path."""
    first = _first_steps(content, base, today)
    services = {content_step.service for slug, name in first for content_step in content.events[slug].steps if content_step.id == name}
    programs = {content.services[name].state_program for name in services}

    def stands_first(doubt: Doubt) -> bool:
        kind, _, name = doubt.where.partition(" ")
        if kind == "service":
            return name in services
        if kind == "office":
            return name.split(" ")[0] in programs
        slug, _, step = name.partition(".")
        return (slug, step) in first

    return [replace(doubt, first=stands_first(doubt)) for doubt in doubts(content)]


def _of_service(service: Service) -> Iterator[Doubt]:
    where = f"service {service.id}"
    for name in service.unconfirmed:
        yield Doubt(where, name, "is marked unconfirmed", False)
    if "phones" in service.unconfirmed or "phone" in service.unconfirmed:
        return
    for phone in service.phones:
        if same_page(phone.source, service.source):
            yield Doubt(where, "phones", f"{phone.number} has the source of the service only: a second page is missing", True)


def _of_step(event: Event, step: Step, content: Content) -> Iterator[Doubt]:
    texts = {"do": step.do, "why": step.why, "deadline": step.deadline, "cost": step.cost, "takes": step.takes}
    figures = [name for name, text in texts.items() if text and _FIGURE.search(text.en)]
    service = content.services[step.service]
    if figures and (step.source is None or same_page(step.source, service.source)):
        yield Doubt(f"step {event.slug}.{step.id}", ", ".join(figures), "has a figure from one source only", True)


def _first_steps(content: Content, base: KnowledgeBase, today: dt.date) -> set[tuple[str, str]]:
    """Return (slug, step) of each step that is among the first three for some value of one of the facts that its event reads."""
    found: set[tuple[str, str]] = set()
    for event in content.events.values():
        for facts in main_facts(event, content.facts):
            found |= {(event.slug, candidate.step.id) for candidate in candidates(base, event, facts, today)[:MOST_STEPS]}
    return found

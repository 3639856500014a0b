"""All content files together: read, cross-checked, ready to be compiled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from knowledge import yaml_file
from knowledge.errors import ContentError, Problem
from knowledge.schema import Agency, AgencyFile, Condition, Event, Fact, FactFile, Service, ServiceFile, StateTable, Text

CONTENT = Path(__file__).parent / "content"
"""The content that ships with the package."""

Model = TypeVar("Model", bound=BaseModel)
PLACEHOLDERS = {"office", "state", "relation"}


@dataclass(frozen=True)
class Content:
    """Every life event, service, agency, fact and state table, by id."""

    agencies: dict[str, Agency]
    facts: dict[str, Fact]
    services: dict[str, Service]
    states: dict[str, StateTable]
    events: dict[str, Event]


def load(root: Path = CONTENT) -> Content:
    """Return the content below ``root``.

    Raises ContentError that lists every problem of every file, not only the first.
    """
    return _Reader(root).content()


class _Reader:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.places: dict[tuple[str, str], Path] = {}

    def content(self) -> Content:
        agencies = self._collect("agency", [self.root / "agencies.yml"], AgencyFile, lambda file: ((x.id, x) for x in file.agencies))
        facts = self._collect("fact", self._files("facts"), FactFile, lambda file: ((x.id, x) for x in file.facts))
        services = self._collect("service", self._files("services"), ServiceFile, lambda file: ((x.id, x) for x in file.services))
        states = self._collect("state table", self._files("states"), StateTable, lambda table: [(table.program, table)])
        events = self._collect("event", self._files("events"), Event, lambda event: [(event.slug, event)])
        content = Content(agencies, facts, services, states, events)
        self._cross_check(content)
        if self.problems:
            raise ContentError(self.problems)
        return content

    def _files(self, folder: str) -> list[Path]:
        return sorted((self.root / folder).glob("*.yml"))

    def _collect(self, kind, paths, model, entries):  # type: ignore[no-untyped-def]
        found: dict[str, BaseModel] = {}
        for path in paths:
            try:
                file = yaml_file.read(path, model, self.root)
            except ContentError as error:
                self.problems += error.problems
                continue
            for name, entry in entries(file):
                if name in found:
                    other = self.places[kind, name].relative_to(self.root)
                    self._problem(path, name, f"{kind} {name!r} is written in {other} too: keep one")
                found[name] = entry
                self.places[kind, name] = path
        return found

    def _problem(self, path: Path, needle: str, message: str) -> None:
        line = 1
        try:
            for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if re.search(rf"\b{re.escape(needle)}\b", text):
                    line = number
                    break
        except OSError:
            pass
        self.problems.append(Problem(path.relative_to(self.root).as_posix(), line, message))

    def _cross_check(self, content: Content) -> None:
        for service in content.services.values():
            path = self.places["service", service.id]
            if service.agency not in content.agencies:
                self._problem(path, service.id, f"service {service.id!r} names agency {service.agency!r}: add it to agencies.yml or correct it")
            if service.state_program and service.state_program not in content.states:
                self._problem(path, service.id, f"service {service.id!r} names state table {service.state_program!r}: add states/{service.state_program}.yml")
        for event in content.events.values():
            self._check_event(event, content)

    def _check_event(self, event: Event, content: Content) -> None:
        path = self.places["event", event.slug]
        if path.stem != event.slug:
            self._problem(path, event.slug, f"the file of {event.slug!r} must be called {event.slug}.yml")
        for step in event.steps:
            if step.service not in content.services:
                self._problem(path, step.id, f"step {step.id!r} names service {step.service!r}: add it to services/ or correct it")
            for fact, value in conditions(step.who):
                known = content.facts.get(fact)
                if known is None:
                    self._problem(path, step.id, f"step {step.id!r} tests fact {fact!r}: add it to facts/ or correct it")
                elif known.kind == "choice" and isinstance(value, str) and value not in known.values:
                    self._problem(path, step.id, f"step {step.id!r} tests {fact} for {value!r}; it can be {', '.join(known.values)}")
                elif known.kind == "bool" and not isinstance(value, bool):
                    self._problem(path, step.id, f"step {step.id!r} tests {fact}: write true or false")
            for text in (step.do, step.why, step.say):
                self._check_placeholders(path, step.id, text)
        self._check_placeholders(path, event.slug, event.opening)
        for fact in event.ask:
            if fact not in content.facts:
                self._problem(path, fact, f"ask names fact {fact!r}: add it to facts/ or correct it")
            elif content.facts[fact].question is None:
                self._problem(path, fact, f"ask names fact {fact!r}, which has no question: write one in facts/")

    def _check_placeholders(self, path: Path, needle: str, text: Text | None) -> None:
        for words in (text.en, text.es) if text else ():
            for name in re.findall(r"{([^}]*)}", words):
                if name not in PLACEHOLDERS:
                    self._problem(path, needle, f"{{{name}}} cannot be filled in; use {', '.join(sorted(PLACEHOLDERS))}")


def conditions(condition: Condition | None) -> Iterator[tuple[str, object]]:
    """Yield (fact, value) for each value that a condition compares a fact with."""
    if condition is None:
        return
    if condition.fact is not None:
        values: Iterable[object] = condition.in_ if condition.in_ is not None else [_operand(condition)]
        for value in values:
            yield condition.fact, value
    for part in [*(condition.all or []), *(condition.any or []), *([condition.not_] if condition.not_ else [])]:
        yield from conditions(part)


def _operand(condition: Condition) -> object:
    for name in ("is_", "at_least", "less_than", "before", "after", "within_years"):
        value = getattr(condition, name)
        if value is not None:
            return value
    return None

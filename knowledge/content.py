"""All content files together: read, cross-checked, ready to be compiled."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from knowledge import yaml_file
from knowledge.errors import ContentError, Problem
from knowledge.moved import MovedPages
from knowledge.schema import (
    OPERATORS,
    Agency,
    AgencyFile,
    Condition,
    Event,
    Fact,
    FactFile,
    LocalUrl,
    MovedFile,
    Service,
    ServiceFile,
    StateTable,
    Text,
)
from knowledge.states import STATES

CONTENT = Path(__file__).parent / "content"
"""The content that ships with the package."""

Model = TypeVar("Model", bound=BaseModel)
Entry = TypeVar("Entry")
PLACEHOLDERS = {"office", "state", "relation"}
_OPERATORS_OF = {
    "bool": ("is_", "in_"),
    "choice": ("is_", "in_"),
    "state": ("is_", "in_"),
    "number": ("is_", "in_", "at_least", "less_than"),
    "date": ("before", "after", "within_years"),
}


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
        self.unread: dict[str, set[str]] = {}
        """Per kind, the ids in files that have problems of their own: what names them is not blamed."""

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

    def _collect(
        self, kind: str, paths: Iterable[Path], model: type[Model], entries: Callable[[Model], Iterable[tuple[str, Entry]]]
    ) -> dict[str, Entry]:
        found: dict[str, Entry] = {}
        for path in paths:
            try:
                file = yaml_file.read(path, model, self.root)
            except ContentError as error:
                self.problems += error.problems
                self.unread.setdefault(kind, set()).update(_ids_in(path))
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

    def _lacks(self, kind: str, name: str, known: Container[str]) -> bool:
        return name not in known and name not in self.unread.get(kind, ())

    def _moved(self) -> MovedPages:
        path = self.root / "moved_pages.yml"
        try:
            return MovedPages(yaml_file.read(path, MovedFile, self.root) if path.exists() else MovedFile())
        except ContentError as error:
            self.problems += error.problems
            return MovedPages(MovedFile())

    def _check_links(self, content: Content) -> None:
        moved = self._moved()

        def check(path: Path, needle: str, *links: LocalUrl | str | None) -> None:
            for url in [one for link in links for one in ((link.en, link.es) if isinstance(link, LocalUrl) else (link,)) if one]:
                place = moved.new_place(url)
                if place:
                    self._problem(path, needle, f"{url} has moved to {place}: write the page that holds now")

        for agency in content.agencies.values():
            check(self.places["agency", agency.id], agency.id, agency.url)
        for service in content.services.values():
            check(self.places["service", service.id], service.id, service.url, service.source, *(phone.source for phone in service.phones))
        for table in content.states.values():
            for state, office in table.rows.items():
                check(self.places["state table", table.program], state, office.url, office.source)

    def _cross_check(self, content: Content) -> None:
        self._check_links(content)
        for service in content.services.values():
            path = self.places["service", service.id]
            if self._lacks("agency", service.agency, content.agencies):
                self._problem(
                    path, service.id, f"service {service.id!r} names agency {service.agency!r}: add it to agencies.yml or correct it"
                )
            if service.state_program and self._lacks("state table", service.state_program, content.states):
                self._problem(
                    path,
                    service.id,
                    f"service {service.id!r} names state table {service.state_program!r}: add states/{service.state_program}.yml",
                )
        for event in content.events.values():
            self._check_event(event, content)

    def _check_event(self, event: Event, content: Content) -> None:
        path = self.places["event", event.slug]
        if path.stem != event.slug:
            self._problem(path, event.slug, f"the file of {event.slug!r} must be called {event.slug}.yml")
        for step in event.steps:
            if self._lacks("service", step.service, content.services):
                self._problem(path, step.id, f"step {step.id!r} names service {step.service!r}: add it to services/ or correct it")
            for test in _single_tests(step.who):
                self._check_test(path, step.id, test, content)
            for text in (step.do, step.why, step.say):
                self._check_placeholders(path, step.id, text)
        self._check_placeholders(path, event.slug, event.opening)
        for fact in event.ask:
            if self._lacks("fact", fact, content.facts):
                self._problem(path, fact, f"ask names fact {fact!r}: add it to facts/ or correct it")
            elif fact in content.facts and content.facts[fact].question is None:
                self._problem(path, fact, f"ask names fact {fact!r}, which has no question: write one in facts/")

    def _check_test(self, path: Path, step: str, test: Condition, content: Content) -> None:
        name = test.fact or ""
        fact = content.facts.get(name)
        if fact is None:
            if self._lacks("fact", name, content.facts):
                self._problem(path, step, f"step {step!r} tests fact {name!r}: add it to facts/ or correct it")
            return
        used = next(name for name in OPERATORS if getattr(test, name) is not None)
        if used not in _OPERATORS_OF[fact.kind]:
            tests = ", ".join(name.rstrip("_") for name in _OPERATORS_OF[fact.kind])
            self._problem(path, step, f"step {step!r} tests {name} with {used.rstrip('_')}; a {fact.kind} can be tested with {tests}")
            return
        for _, value in conditions(test):
            if fact.kind == "bool" and not isinstance(value, bool):
                self._problem(path, step, f"step {step!r} tests {name}: write true or false")
            elif fact.kind == "choice" and value not in fact.values:
                self._problem(path, step, f"step {step!r} tests {name} for {value!r}; it can be {', '.join(fact.values)}")
            elif fact.kind == "state" and value not in STATES:
                self._problem(path, step, f"step {step!r} tests {name} for {value!r}: write a two-letter postal code")
            elif fact.kind == "number" and (isinstance(value, bool) or not isinstance(value, int)):
                self._problem(path, step, f"step {step!r} tests {name} for {value!r}: write a whole number")

    def _check_placeholders(self, path: Path, needle: str, text: Text | None) -> None:
        for words in (text.en, text.es) if text else ():
            for name in re.findall(r"{([^}]*)}", words):
                if name not in PLACEHOLDERS:
                    self._problem(path, needle, f"{{{name}}} cannot be filled in; use {', '.join(sorted(PLACEHOLDERS))}")


def conditions(condition: Condition | None) -> Iterator[tuple[str, object]]:
    """Yield (fact, value) for each value that a condition compares a fact with."""
    for test in _single_tests(condition):
        values: Iterable[object] = test.in_ if test.in_ is not None else [_operand(test)]
        for value in values:
            yield test.fact or "", value


def _single_tests(condition: Condition | None) -> Iterator[Condition]:
    if condition is None:
        return
    if condition.fact is not None:
        yield condition
    for part in [*(condition.all or []), *(condition.any or []), *([condition.not_] if condition.not_ else [])]:
        yield from _single_tests(part)


def _ids_in(path: Path) -> set[str]:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return set()
    return set(re.findall(r"\b(?:id|program): *[\"']?(\w+)", text))


def _operand(condition: Condition) -> object:
    for name in ("is_", "at_least", "less_than", "before", "after", "within_years"):
        value = getattr(condition, name)
        if value is not None:
            return value
    return None

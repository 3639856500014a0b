"""Choose the one to three steps that help a person most, and say why each is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from knowledge.eligibility import Decision, Facts, Verdict, decide
from knowledge.grammar import with_article
from knowledge.reach import Reach, reach_of
from knowledge.schema import Event, Fact, Service, Step, Text
from knowledge.store import KnowledgeBase, Office
from knowledge.words import Words

MOST_STEPS = 3
_URGENCY = {"now": 0, "week": 1, "later": 2}


@dataclass(frozen=True)
class ServiceName:
    """Which service a step belongs to."""

    id: str
    name: str
    agency: str


@dataclass(frozen=True)
class Source:
    """Where a step's facts come from; dates are ISO 8601."""

    url: str
    reviewed_on: str
    review_by: str


@dataclass(frozen=True)
class TaskStep:
    """One step of a path, in one language."""

    number: int
    id: str
    do: str
    say: str
    """The spoken form of ``do``."""
    why: str
    because: str | None
    """Which of the person's facts brought it in, as a sentence."""
    when: str
    service: ServiceName
    reach: Reach
    bring: list[str]
    deadline: str | None
    cost: str | None
    takes: str | None
    note: str | None
    source: Source


@dataclass(frozen=True)
class TaskPath:
    """At most three steps for one life event, and what more there is."""

    event: str | None
    title: str
    facts: dict[str, Any]
    steps: list[TaskStep]
    more: int
    """How many further steps "what else?" can still give."""
    next_events: list[dict[str, str]]
    opening: str | None = None
    closing: str | None = None
    ask: str | None = None
    """The fact whose answer would change this path most, None when none would."""

    def as_json(self) -> dict[str, Any]:
        """Return the path as plain JSON data; it is made once and must not be changed."""
        return self._json

    @cached_property
    def _json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Candidate:
    """A step that may be shown, and why."""

    step: Step
    decision: Decision
    service: Service
    office: Office | None


def find_path(
    base: KnowledgeBase, slug: str, facts: Facts, language: str, today: dt.date, start: int = 0, skipped: Iterable[str] = ()
) -> TaskPath:
    """Return the path for the event ``slug`` and a person of whom ``facts`` are known.

    ``start`` is the number of steps that were given before ("what else?"); ``skipped`` are facts not to ask for again.
    Raises UnknownEvent and StoreError.
    """
    key = ("path", slug, frozenset(facts.items()), language, today, start, frozenset(skipped))
    return base.cached(key, lambda: _find_path(base, slug, facts, language, today, start, skipped))


def _find_path(base: KnowledgeBase, slug: str, facts: Facts, language: str, today: dt.date, start: int, skipped: Iterable[str]) -> TaskPath:
    event = base.event(slug)
    vocabulary = base.facts()
    chosen = candidates(base, event, facts, today)
    shown = chosen[start : start + MOST_STEPS]
    words = Words(vocabulary, facts, language)
    steps = [_task_step(base, number, candidate, words, today) for number, candidate in enumerate(shown, 1)]
    return TaskPath(
        event=slug,
        title=event.title.in_(language),
        facts=dict(facts),
        steps=steps,
        more=max(0, len(chosen) - start - len(shown)),
        next_events=[{"slug": name, "title": title.in_(language)} for name, title in base.event_titles(event.next_events).items()],
        opening=words.opening(event),
        closing=event.closing.in_(language) if event.closing else None,
        ask=next_question(base, event, facts, today, skipped),
    )


def candidates(
    base: KnowledgeBase, event: Event, facts: Facts, today: dt.date, decisions: Mapping[str, Decision] | None = None
) -> list[Candidate]:
    """Return every step of ``event`` that applies or may apply, in the order in which a person should take them.

    ``decisions`` are those of the steps, by id, where they are known already.
    """
    known = _decisions(event, facts, today) if decisions is None else decisions
    found: list[tuple[tuple[int, int, int, int], Candidate]] = []
    for position, step in enumerate(event.steps):
        decision = known[step.id]
        if decision.verdict is Verdict.NO or (decision.verdict is Verdict.UNKNOWN and step.if_unknown == "hide"):
            continue
        service = base.service(step.service)
        if service is None or not _is_offered(service, facts):
            continue
        office = _office_of(base, service, facts)
        if (office.review_by if office else service.review_by) < today:
            continue
        unsure = decision.verdict is Verdict.UNKNOWN and step.if_unknown == "later"
        personal = decision.verdict is Verdict.YES and step.who is not None
        rank = (int(unsure), _URGENCY[step.when], int(not personal), position)
        found.append((rank, Candidate(step, decision, service, office)))
    replaced = {name for _, c in found if c.decision.verdict is Verdict.YES for name in c.step.replaces}
    ordered = [candidate for _, candidate in sorted(found, key=lambda pair: pair[0]) if candidate.step.id not in replaced]
    return _prerequisites_first(ordered)


def next_question(base: KnowledgeBase, event: Event, facts: Facts, today: dt.date, skipped: Iterable[str] = ()) -> str | None:
    """Return the fact of ``event.ask`` whose answer changes the first three steps most, None when no answer does.

    The change is the mean number of steps, over the values that the answer can have, that come in or change their office.
    """
    vocabulary = base.facts()
    decisions = _decisions(event, facts, today)
    current = _fingerprint(candidates(base, event, facts, today, decisions))
    best, most = None, 0.0
    for name in event.ask:
        fact = vocabulary.get(name)
        if fact is None or fact.question is None or name in facts or name in set(skipped):
            continue
        change = _mean_change(base, event, facts, today, fact, current, decisions)
        if change > most + 0.01:
            best, most = name, change
    return best


def _mean_change(
    base: KnowledgeBase,
    event: Event,
    facts: Facts,
    today: dt.date,
    fact: Fact,
    current: set[tuple[str, str]],
    decisions: Mapping[str, Decision],
) -> float:
    """Return how many of the first steps change on average over the answers; answers with the same verdicts are tried once."""
    affected = [step for step in event.steps if step.who is not None and fact.id in step.who.facts()]
    changes: dict[tuple[Verdict, ...], int] = {}
    total, values = 0, _possible_values(event, fact)
    for value in values:
        trial = {**facts, fact.id: value}
        changed = {step.id: decide(step.who, trial, today) for step in affected}
        verdicts = tuple(decision.verdict for decision in changed.values())
        if verdicts not in changes:
            changes[verdicts] = len(_fingerprint(candidates(base, event, trial, today, {**decisions, **changed})) - current)
        total += changes[verdicts]
    return total / len(values) if values else 0.0


def _decisions(event: Event, facts: Facts, today: dt.date) -> dict[str, Decision]:
    return {step.id: decide(step.who, facts, today) for step in event.steps}


def _fingerprint(chosen: Sequence[Candidate]) -> set[tuple[str, str]]:
    return {(c.step.id, c.office.office.name.en if c.office else "") for c in chosen[:MOST_STEPS]}


def _possible_values(event: Event, fact: Fact) -> list[Any]:
    if fact.kind == "bool":
        return [True, False]
    if fact.kind == "choice":
        return list(fact.values)
    if fact.kind == "state":
        return ["TX"]
    limits = [n for step in event.steps if step.who for n in _limits(step.who, fact.id)]
    return sorted({value for limit in limits for value in (limit - 1, limit)})


def _limits(condition: Any, fact: str) -> list[int]:
    own = [n for n in (condition.at_least, condition.less_than) if n is not None and condition.fact == fact]
    inner = [*(condition.all or []), *(condition.any or []), *([condition.not_] if condition.not_ else [])]
    return own + [n for part in inner for n in _limits(part, fact)]


def _is_offered(service: Service, facts: Facts) -> bool:
    state = facts.get("state")
    return not service.service_area or state is None or state in service.service_area


def _office_of(base: KnowledgeBase, service: Service, facts: Facts) -> Office | None:
    state = facts.get("state")
    if not service.state_program or not isinstance(state, str):
        return None
    return base.office(service.state_program, state)


def _prerequisites_first(ordered: list[Candidate]) -> list[Candidate]:
    by_id = {candidate.step.id: candidate for candidate in ordered}
    result: dict[str, Candidate] = {}

    def place(candidate: Candidate, above: frozenset[str]) -> None:
        for name in candidate.step.after:
            if name in by_id and name not in result and name not in above:
                place(by_id[name], above | {candidate.step.id})
        result.setdefault(candidate.step.id, candidate)

    for candidate in ordered:
        place(candidate, frozenset())
    return list(result.values())


def _task_step(base: KnowledgeBase, number: int, candidate: Candidate, words: Words, today: dt.date) -> TaskStep:
    step, service, office = candidate.step, candidate.service, candidate.office
    language = words.language
    agency = base.agency(service.agency)
    name = office.office.name.in_(language) if office else service.name.in_(language)
    run_by = name if office else (agency.name.in_(language) if agency else service.agency)
    named = with_article(name, language) if office else name
    reasons = list(candidate.decision.because)
    if office:
        reasons.append("state")
    do = words.sentence(step.do.in_(language), named)
    say = words.sentence((step.say or step.do).in_(language), named)
    reviewed = (office.reviewed_on, office.review_by) if office else (service.reviewed_on, service.review_by)
    note = office.office.note if office else None
    return TaskStep(
        number=number,
        id=step.id,
        do=do,
        say=say,
        why=words.sentence(step.why.in_(language), named),
        because=words.because(list(dict.fromkeys(reasons))) if candidate.decision.verdict is Verdict.YES else None,
        when=step.when,
        service=ServiceName(service.id, name[:1].upper() + name[1:], run_by),
        reach=reach_of(step.reach, service, office, agency, language, base.dead_links()),
        bring=[words.sentence(line, named) for line in step.bring.in_(language)] if step.bring else [],
        deadline=_maybe(step.deadline, language),
        cost=_maybe(step.cost, language),
        takes=_maybe(step.takes, language),
        note=_maybe(note, language),
        source=Source(office.office.source if office else service.source, reviewed[0].isoformat(), reviewed[1].isoformat()),
    )


def _maybe(text: Text | None, language: str) -> str | None:
    return text.in_(language) if text else None

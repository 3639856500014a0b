"""Read the rules that USA.gov's benefit finder publishes, in our own terms, and compare them with our steps.

The file is what the finder serves for one life event: questions, benefits, and per benefit a list of criteria with the values that
qualify. ``benefit_finder.yml`` beside this module says which question is which fact and which benefit is which step.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from knowledge.content import Content
from knowledge.eligibility import Verdict, decide
from knowledge.errors import ContentError, Problem
from knowledge.schema import Condition, Scalar, Step

_YEARS = re.compile(r"([<>]=?)(\d+)years")
_DAY = re.compile(r"([<>]=?)(\d\d)-(\d\d)-(\d{4})")
Rule = dict[str, Any]


@dataclass(frozen=True)
class Benefit:
    """A published benefit and its rule as a condition on our facts."""

    title: str
    url: str
    agency: str
    who: Condition
    step: str | None
    """The step of ours that serves it, None when there is none yet."""


@dataclass(frozen=True)
class Comparison:
    """How often our step and the published benefits behind it agree."""

    step: str
    benefits: list[str]
    people: int
    differ: int
    explained: str | None
    """Why they may differ for those for whom they do; None when they may not."""


@dataclass(frozen=True)
class Form:
    """One published life event: the slug of ours and its benefits."""

    id: str
    slug: str
    benefits: list[Benefit]


def mapping() -> Rule:
    """Return what stands in ``benefit_finder.yml``."""
    found: Rule = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
    return found


def read(path: Path) -> Form:
    """Return the form in the file ``path``. Raises ContentError that says what is not as the finder publishes it."""
    known = mapping()
    problems: list[Problem] = []
    try:
        data = json.loads(path.read_text(encoding="utf-8"))["data"]
        name = data["lifeEventForm"]["id"]
        entries = [entry["benefit"] for entry in data["benefits"]]
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise ContentError([Problem(path.name, 1, f"is not a file of the benefit finder ({type(error).__name__}: {error})")]) from error
    if name not in known["events"]:
        names = ", ".join(known["events"])
        raise ContentError([Problem(path.name, 1, f"is the form {name!r}; known are {names}. Give the English file of one of these")])
    benefits = []
    for entry in entries:
        try:
            benefits.append(_benefit(entry, name, known))
        except (KeyError, TypeError, ValueError) as error:
            problems.append(Problem(path.name, 1, f"{entry.get('title', 'a benefit')}: {error}"))
    if problems:
        raise ContentError(problems)
    return Form(name, known["events"][name], benefits)


def compare(form: Form, content: Content, today: dt.date, people: int = 10_000, seed: str = "people") -> list[Comparison]:
    """Return, per step of ours, how it agrees with the published benefits on ``people`` random people who answered everything.

    Ages and dates are drawn near the limits of the rules as well as between them.
    """
    explained = mapping()["differences"].get(form.id, {})
    steps = {step.id: step for step in content.events[form.slug].steps}
    served: dict[str, list[Benefit]] = {}
    for benefit in form.benefits:
        if benefit.step in steps:
            served.setdefault(benefit.step, []).append(benefit)
    crowd = list(_people(form, [steps[name] for name in served], content, today, people, random.Random(seed)))
    return [_compared(name, steps[name], benefits, crowd, today, explained.get(name)) for name, benefits in served.items()]


def drafts(form: Form, only_new: bool = True) -> str:
    """Return the benefits as a YAML list of drafts of steps; the words are left for a designer to write."""
    found = [
        {
            "id": re.sub(r"\W+", "_", benefit.title.casefold()).strip("_"),
            "title": benefit.title,
            "agency": benefit.agency,
            "url": benefit.url,
            "who": benefit.who.model_dump(by_alias=True, exclude_none=True, mode="json"),
        }
        for benefit in form.benefits
        if benefit.step is None or not only_new
    ]
    return yaml.safe_dump({"event": form.slug, "steps": found}, allow_unicode=True, sort_keys=False, width=120)


def _benefit(entry: Rule, form: str, known: Rule) -> Benefit:
    parts = [_condition(line["criteriaKey"], line["acceptableValues"], form, known) for line in entry["eligibility"]]
    who = parts[0] if len(parts) == 1 else {"all": parts}
    agency = re.sub(r"\s*\(.*\)", "", str(entry["agency"]["title"])).strip()
    title = entry["title"].strip()
    return Benefit(title, entry["SourceLink"], agency, Condition.model_validate(who), known["steps"][form].get(title))


def _condition(question: str, values: list[str], form: str, known: Rule) -> Rule:
    if question in known["yes_or_no"]:
        other = known["about_the_applicant"].get(question) if form != "death" else None
        return _yes_or_no(other or known["yes_or_no"][question], values)
    if question in known["choices"]:
        choice = known["choices"][question]
        unknown = [value for value in values if value not in choice["values"]]
        if unknown:
            raise ValueError(f"{question} has the new answer {unknown[0]!r}: add it to benefit_finder.yml")
        return {"fact": choice["fact"], "in": list(dict.fromkeys(own for value in values for own in choice["values"][value]))}
    if question in known["ages"]:
        return _joined("all", [_age(known["ages"][question], value) for value in values])
    if question in known["dates"]:
        return _joined("any", [_date(known["dates"][question], value) for value in values])
    raise ValueError(f"the question {question!r} is not known: add it to benefit_finder.yml")


def _yes_or_no(fact: str, values: list[str]) -> Rule:
    if values not in (["Yes"], ["No"]):
        raise ValueError(f"{fact} is asked for {values}, which is neither yes nor no")
    return {"fact": fact, "is": values == ["Yes"]}


def _joined(how: str, parts: list[Rule]) -> Rule:
    return parts[0] if len(parts) == 1 else {how: parts}


def _age(fact: str, value: str) -> Rule:
    found = _YEARS.fullmatch(value)
    if not found:
        raise ValueError(f"an age is given as {value!r}; known are such as >=62years")
    sign, years = found[1], int(found[2])
    at_least = {">=": years, ">": years + 1}
    if sign in at_least:
        return {"fact": fact, "at_least": at_least[sign]}
    return {"fact": fact, "less_than": years if sign == "<" else years + 1}


def _date(fact: str, value: str) -> Rule:
    years, day = _YEARS.fullmatch(value), _DAY.fullmatch(value)
    if years and years[1] in ("<", "<="):
        return {"fact": fact, "within_years": int(years[2])}
    if not day:
        raise ValueError(f"a date is given as {value!r}; known are such as <2years and >=05-20-2020")
    when = dt.date(int(day[4]), int(day[2]), int(day[3]))
    limits: dict[str, Callable[[], Rule]] = {
        "<": lambda: {"fact": fact, "before": when},
        "<=": lambda: {"fact": fact, "before": when + dt.timedelta(days=1)},
        ">": lambda: {"fact": fact, "after": when},
        ">=": lambda: {"fact": fact, "after": when - dt.timedelta(days=1)},
    }
    return limits[day[1]]()


def _compared(
    name: str, step: Step, benefits: list[Benefit], crowd: list[dict[str, Scalar]], today: dt.date, explained: Rule | None
) -> Comparison:
    allowed = Condition.model_validate(explained["only"]) if explained else None
    differ, beyond = 0, 0
    for facts in crowd:
        theirs = any(decide(benefit.who, facts, today).verdict is Verdict.YES for benefit in benefits)
        if (decide(step.who, facts, today).verdict is Verdict.YES) != theirs:
            differ += 1
            beyond += allowed is None or decide(allowed, facts, today).verdict is not Verdict.YES
    why = explained["why"] if explained and not beyond else None
    return Comparison(name, [benefit.title for benefit in benefits], len(crowd), differ, why)


def _people(
    form: Form, steps: list[Step], content: Content, today: dt.date, people: int, chance: random.Random
) -> Iterator[dict[str, Scalar]]:
    conditions = [benefit.who for benefit in form.benefits] + [step.who for step in steps if step.who]
    names = list(dict.fromkeys(name for condition in conditions for name in condition.facts()))
    limits = [number for condition in conditions for number in _numbers(condition)]
    ages = sorted({age for limit in limits for age in (limit - 1, limit, limit + 1) if age >= 0})
    for _ in range(people):
        person: dict[str, Scalar] = {}
        for name in names:
            fact = content.facts[name]
            if fact.kind == "bool":
                person[name] = chance.random() < 0.7
            elif fact.kind == "number":
                person[name] = chance.choice([chance.randint(0, 100), chance.choice(ages or [18])])
            elif fact.kind == "date":
                person[name] = (today - dt.timedelta(days=chance.choice([chance.randint(0, 1000), chance.randint(0, 25_000)]))).isoformat()
            else:
                person[name] = chance.choice(list(fact.values))
        yield person


def _numbers(condition: Condition) -> Iterator[int]:
    for number in (condition.at_least, condition.less_than):
        if number is not None:
            yield number
    for part in [*(condition.all or []), *(condition.any or []), *([condition.not_] if condition.not_ else [])]:
        yield from _numbers(part)

"""Who a step is for, decided in three values, with the reason.

A condition holds, does not hold, or is not known yet. What is not known names the facts that would decide it, so that the one
question that changes most can be asked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from knowledge.schema import Condition, Scalar

Facts = Mapping[str, Scalar]
"""What is known: fact id to value. Dates are ISO 8601 text, ages whole years, states postal codes."""


class Verdict(Enum):
    """Whether a condition holds."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Decision:
    """A verdict and what it rests on."""

    verdict: Verdict
    because: tuple[str, ...] = ()
    """The facts that decided it, in the order of the condition."""
    missing: tuple[str, ...] = ()
    """The facts that would decide it, when it is not known."""


EVERYBODY = Decision(Verdict.YES)


def decide(condition: Condition | None, facts: Facts, today: dt.date) -> Decision:
    """Return whether ``condition`` holds for a person of whom ``facts`` are known on ``today``."""
    if condition is None:
        return EVERYBODY
    if condition.fact is not None:
        return _test(condition, facts, today)
    if condition.not_ is not None:
        inner = decide(condition.not_, facts, today)
        return Decision(_OPPOSITE[inner.verdict], inner.because, inner.missing)
    if condition.all is not None:
        return _combine([decide(part, facts, today) for part in condition.all], decisive=Verdict.NO, otherwise=Verdict.YES)
    return _combine([decide(part, facts, today) for part in condition.any or []], decisive=Verdict.YES, otherwise=Verdict.NO)


_OPPOSITE = {Verdict.YES: Verdict.NO, Verdict.NO: Verdict.YES, Verdict.UNKNOWN: Verdict.UNKNOWN}


def _combine(parts: list[Decision], decisive: Verdict, otherwise: Verdict) -> Decision:
    for part in parts:
        if part.verdict is decisive:
            return Decision(decisive, part.because)
    because = _unique(fact for part in parts for fact in part.because)
    if any(part.verdict is Verdict.UNKNOWN for part in parts):
        return Decision(Verdict.UNKNOWN, because, _unique(fact for part in parts for fact in part.missing))
    return Decision(otherwise, because)


def _unique(names: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))  # type: ignore[call-overload]


def _test(condition: Condition, facts: Facts, today: dt.date) -> Decision:
    fact = condition.fact or ""
    value = facts.get(fact)
    holds = None if value is None else _holds(condition, value, today)
    if holds is None:
        return Decision(Verdict.UNKNOWN, (), (fact,))
    return Decision(Verdict.YES if holds else Verdict.NO, (fact,))


def _holds(condition: Condition, value: Scalar, today: dt.date) -> bool | None:
    if condition.is_ is not None:
        return value == condition.is_
    if condition.in_ is not None:
        return value in condition.in_
    if condition.at_least is not None or condition.less_than is not None:
        if isinstance(value, bool) or not isinstance(value, int):
            return None
        return value >= condition.at_least if condition.at_least is not None else value < (condition.less_than or 0)
    day = _day(value)
    if day is None:
        return None
    compare: dict[str, Callable[[], bool]] = {
        "before": lambda: condition.before is not None and day < condition.before,
        "after": lambda: condition.after is not None and day > condition.after,
    }
    for name, run in compare.items():
        if getattr(condition, name) is not None:
            return run()
    return day >= _years_before(today, condition.within_years or 0)


def _day(value: Scalar) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        return None


def _years_before(today: dt.date, years: int) -> dt.date:
    try:
        return today.replace(year=today.year - years)
    except ValueError:  # 29 February
        return today.replace(year=today.year - years, day=28)

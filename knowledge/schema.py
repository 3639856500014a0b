"""The shape of the content files, and readable errors when a file does not have it.

Field names follow Open Referral HSDS 3 where it has them (service, phone, hours, languages,
required documents as ``bring``, cost, service area, assured date as ``reviewed_on``). What HSDS lacks is
ours: the life event, the order of its steps, who a step is for, and the words.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, TypeAdapter, field_validator, model_validator

from knowledge.states import STATES

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = ("en", "es")
Scalar = bool | int | str

SLUG = r"^[a-z][a-z0-9_]*$"


class Strict(BaseModel):
    """Refuse keys that the schema does not know, so that a misspelt key is found."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Text(Strict):
    """The same words in each language."""

    en: str = Field(min_length=1)
    es: str = Field(min_length=1)

    def in_(self, language: str) -> str:
        """Return the words in ``language``, English when there is no such language."""
        return self.es if language == "es" else self.en


class Texts(Strict):
    """The same list of short lines in each language."""

    en: list[str] = Field(min_length=1)
    es: list[str] = Field(min_length=1)

    @model_validator(mode="after")
    def _same_length(self) -> Texts:
        if len(self.en) != len(self.es):
            raise ValueError(f"en has {len(self.en)} lines and es has {len(self.es)}: write each line in both languages")
        return self

    def in_(self, language: str) -> list[str]:
        """Return the lines in ``language``, English when there is no such language."""
        return self.es if language == "es" else self.en


class Keywords(Strict):
    """Words that people use, in each language; the two lists need not match."""

    en: list[str] = Field(min_length=1)
    es: list[str] = Field(min_length=1)

    def in_(self, language: str) -> list[str]:
        """Return the words in ``language``, English when there is no such language."""
        return self.es if language == "es" else self.en


_URL = TypeAdapter(HttpUrl)


def _web_address(value: str) -> str:
    _URL.validate_python(value)
    if not value.startswith("https://"):
        raise ValueError(f"write a web address that starts with https:// (found {value!r})")
    return value


def _phone_number(value: str) -> str:
    if re.fullmatch(r"[2-9]11|988", value):
        return value
    if not re.fullmatch(r"[2-9][0-9]{2}-[2-9][0-9]{2}-[0-9]{4}", value):
        raise ValueError(f"write a telephone number as 800-772-1213, or a short code such as 211 (found {value!r})")
    return value


Url = Annotated[str, AfterValidator(_web_address)]
PhoneNumber = Annotated[str, AfterValidator(_phone_number)]
Slug = Annotated[str, Field(pattern=SLUG)]


class LocalUrl(Strict):
    """One official page; ``es`` is given only where the agency keeps a Spanish one."""

    en: Url
    es: Url | None = None

    def in_(self, language: str) -> str:
        """Return the page in ``language``, the English one when there is no other."""
        return self.es if language == "es" and self.es else self.en


class Phone(Strict):
    """A telephone number (HSDS ``phone``)."""

    number: PhoneNumber
    extension: str | None = None
    tty: PhoneNumber | Literal["711"] | None = None
    hours: Text | None = None
    languages: list[Literal["en", "es", "interpreters"]] = ["en"]
    press: Text | None = None
    """What to press or say to reach the right desk, in words."""
    source: Url
    """A second official page, or list, that gives the same number."""


class Reviewed(Strict):
    """Where a fact comes from and until when it may be handed out."""

    source: Url
    reviewed_on: dt.date
    review_by: dt.date

    @model_validator(mode="after")
    def _in_order(self) -> Reviewed:
        if self.review_by <= self.reviewed_on:
            raise ValueError("review_by must be later than reviewed_on")
        return self


class Agency(Strict):
    """An organization that runs services (HSDS ``organization``)."""

    id: Slug
    name: Text
    short: str | None = None
    """The abbreviation that people know, such as SSA."""
    url: LocalUrl


class Service(Reviewed):
    """One official service at one official place (HSDS ``service``)."""

    id: Slug
    agency: Slug
    name: Text
    summary: Text
    """One plain sentence: what a person gets from it. The search reads it."""
    keywords: Keywords | None = None
    """Other words that people use for it. The search reads them too."""
    url: LocalUrl
    phones: list[Phone] = []
    address: Text | None = None
    """A postal or street address, when mail or a visit is how it is done."""
    state_program: Slug | None = None
    """Name of a table in content/states: the row of the person's state then gives name, page and telephone."""
    service_area: list[str] = []
    """Postal codes of the states where it is offered; empty means everywhere."""
    unconfirmed: list[str] = []
    """Names of fields that could not be confirmed by a second source."""
    shares_page_with: list[Slug] = []
    """Other services that this one shares its page with on purpose: the page serves several purposes."""

    @field_validator("service_area")
    @classmethod
    def _known_states(cls, value: list[str]) -> list[str]:
        for code in value:
            if code not in STATES:
                raise ValueError(f"{code!r} is not a state or territory; write its two-letter postal code")
        return value


class StateOffice(Strict):
    """The office of one state or territory that runs a programme."""

    name: Text
    url: LocalUrl
    phone: PhoneNumber | None = None
    tty: PhoneNumber | Literal["711"] | None = None
    note: Text | None = None
    source: Url
    finder: bool = False
    """True when ``url`` is the official national finder because the office's own page is not certain."""
    unconfirmed: list[str] = []


class StateTable(Strict):
    """One programme that each state runs itself: a row for each of the 56."""

    program: Slug
    name: Text
    reviewed_on: dt.date
    review_by: dt.date
    rows: dict[str, StateOffice]

    @field_validator("rows")
    @classmethod
    def _all_states(cls, value: dict[str, StateOffice]) -> dict[str, StateOffice]:
        unknown, missing = sorted(set(value) - set(STATES)), sorted(set(STATES) - set(value))
        if unknown:
            raise ValueError(f"these are not postal codes of states or territories: {', '.join(unknown)}")
        if missing:
            raise ValueError(f"write a row for each of: {', '.join(missing)}")
        return value


class MovedPage(Strict):
    """Pages of one site that moved."""

    host: str
    path: str
    """A regular expression on the path."""
    to: str
    """Where they are now: a path of the same site or a whole address; ``\\1`` is what the first group found."""

    @field_validator("path")
    @classmethod
    def _is_a_pattern(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"{value!r} is not a regular expression: {error}") from error
        return value


class MovedFile(Strict):
    """content/moved_pages.yml."""

    closed_hosts: list[str] = []
    pages: list[MovedPage] = []


class Fact(Strict):
    """Something about the person's situation that changes the path."""

    id: Slug
    kind: Literal["bool", "choice", "number", "date", "state"]
    question: Text | None = None
    """How to ask for it; ``{relation}`` becomes "your father" or "the person". Absent: never asked."""
    because: dict[str, Text] = {}
    """Per value, what ends the sentence "because you said that ...". For numbers and dates: the key "any"."""
    values: dict[str, Text] = {}
    """Per value of a choice, its label on a button. Yes and no are built in."""

    @model_validator(mode="after")
    def _values_of_choices(self) -> Fact:
        if self.kind == "choice" and not self.values:
            raise ValueError(f"fact {self.id!r} is a choice: list its values")
        known = {"choice": set(self.values), "bool": {"yes", "no"}}.get(self.kind, {"any"})
        for value in self.because:
            if value not in known:
                raise ValueError(f"because of fact {self.id!r} names {value!r}; it can be {', '.join(sorted(known))}")
        return self


class FactFile(Strict):
    """A file in content/facts."""

    facts: list[Fact]


class ServiceFile(Strict):
    """A file in content/services."""

    services: list[Service]


class AgencyFile(Strict):
    """content/agencies.yml."""

    agencies: list[Agency]


class Condition(Strict):
    """Who a step is for: one test of one fact, or ``all`` / ``any`` / ``not`` of further conditions."""

    all: list[Condition] | None = None
    any: list[Condition] | None = None
    not_: Condition | None = Field(default=None, alias="not")
    fact: Slug | None = None
    is_: Scalar | None = Field(default=None, alias="is")
    in_: list[Scalar] | None = Field(default=None, alias="in")
    at_least: int | None = None
    less_than: int | None = None
    before: dt.date | None = None
    after: dt.date | None = None
    within_years: int | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> Condition:
        groups = [name for name in ("all", "any", "not_") if getattr(self, name) is not None]
        tests = [name for name in OPERATORS if getattr(self, name) is not None]
        if self.fact is None:
            if len(groups) != 1 or tests:
                raise ValueError("write either all, any or not; or a fact with one test such as {fact: age, at_least: 62}")
        elif groups or len(tests) != 1:
            raise ValueError(f"fact {self.fact!r} needs exactly one test of: is, in, at_least, less_than, before, after, within_years")
        return self

    def facts(self) -> list[str]:
        """Return the ids of the facts that this condition reads, in order of appearance."""
        if self.fact is not None:
            return [self.fact]
        inner = [*(self.all or []), *(self.any or []), *([self.not_] if self.not_ else [])]
        return list(dict.fromkeys(fact for part in inner for fact in part.facts()))


OPERATORS = ("is_", "in_", "at_least", "less_than", "before", "after", "within_years")


class Step(Strict):
    """A single thing to do at a single official place."""

    id: Slug
    service: Slug
    do: Text
    """Starts with a verb, at most 20 words. ``{office}``, ``{state}`` and ``{relation}`` are filled in."""
    why: Text
    say: Text | None = None
    """The spoken form, where reading ``do`` aloud would not sound right."""
    when: Literal["now", "week", "later"]
    after: list[Slug] = []
    """Steps of this event that come before this one."""
    who: Condition | None = None
    """Who it is for; absent means everybody."""
    if_unknown: Literal["show", "later", "hide"] = "later"
    """What to do while it is not known whether ``who`` holds: treat as yes, put after the sure ones, or leave out."""
    replaces: list[Slug] = []
    """Steps of this event that are left out when this one surely applies."""
    reach: Literal["web", "phone", "in_person", "mail"] = "web"
    bring: Texts | None = None
    deadline: Text | None = None
    cost: Text | None = None
    takes: Text | None = None
    source: Url | None = None
    """A second page that gives the figures of this step (deadline, cost, time, age), besides the source of its service."""


class Event(Strict):
    """A life event or top task: what it is called and the steps that help."""

    slug: Slug
    kind: Literal["life_event", "top_task", "crisis"]
    title: Text
    opening: Text | None = None
    """One plain line before the steps, such as a condolence; ``{relation}`` is filled in."""
    opening_neutral: Text | None = None
    """What is said in place of ``opening`` while the relation is not known."""
    about: Literal["self", "other"] = "self"
    """Whom "was in the navy" is about when the person does not say: themselves, or somebody else."""
    ask: list[Slug] = []
    """Facts worth asking for, most telling first. What changes the path most is asked; the order breaks ties."""
    closing: Text | None = None
    """What happens next, one sentence; a general one is used when it is absent."""
    keywords: Keywords | None = None
    steps: list[Step] = Field(min_length=1)
    next_events: list[Slug] = []

    @model_validator(mode="after")
    def _steps_fit(self) -> Event:
        ids = [step.id for step in self.steps]
        for name in ids:
            if ids.count(name) > 1:
                raise ValueError(f"two steps are called {name!r}; give each its own id")
        for step in self.steps:
            for other in [*step.after, *step.replaces]:
                if other not in ids:
                    raise ValueError(f"step {step.id!r} names step {other!r}, which this event does not have")
        return self


def as_scalar(value: Any) -> Scalar | None:
    """Return ``value`` when it is a plain fact value, else None."""
    return value if isinstance(value, bool | int | str) else None

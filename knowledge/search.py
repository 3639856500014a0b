"""Full-text search over services and life events: the net under everything."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, Literal

from knowledge.eligibility import Facts
from knowledge.reach import reach_of
from knowledge.store import KnowledgeBase
from knowledge.task_path import ServiceName, Source, TaskPath, TaskStep
from knowledge.words import Words

_STOP = frozenset(
    "a an and are as at be but by can do does for from get go had has have he her his how i if im in is it its just me my need not of on or our "
    "she should so some someone that the their them there they this to us want was we what when where who why will with would you your "
    "al algo como con cual cuando de del donde el ella en es eso esta este estoy fue ha hay la las le lo los me mi mis muy necesito no o para "
    "pero por porque que quien quiero se ser si sin soy su sus tengo un una y ya yo".split()
)
_SHORTEST_BEGINNING = 3
_QUERY = {
    "sqlite": (
        "SELECT kind, id FROM (SELECT kind, id, bm25(search, 0, 0, 0, 6.0, 1.0) AS rank FROM search WHERE search MATCH :match "
        "AND language = :language AND (:kind IS NULL OR kind = :kind) LIMIT 5000) ORDER BY rank LIMIT :limit"
    ),
    "postgresql": (
        "SELECT kind, id FROM (SELECT kind, id, document, query FROM search, to_tsquery(CAST(:config AS regconfig), :match) AS query "
        "WHERE document @@ query AND language = :language AND (CAST(:kind AS text) IS NULL OR kind = :kind) LIMIT 5000) AS found "
        "ORDER BY ts_rank('{0.1, 0.2, 0.4, 1.0}', document, query, 1) DESC, id LIMIT :limit"
    ),
}
"""Per database. At most 5,000 matches are ranked, so that a common word costs little more than a rare one."""
_WORD = re.compile(r"\d\(\w\)|\w+(?:-\w+)+|\w{2,}")
"""Words, and the names of forms and programs such as W-7 and 8(a)."""


def content_words(text: str) -> list[str]:
    """Return the words of ``text`` that say what it is about, in small letters."""
    return [word for word in _WORD.findall(text.casefold()) if word not in _STOP]


@dataclass(frozen=True)
class Hit:
    """One entry that the search found."""

    kind: Literal["service", "event"]
    id: str


def find(base: KnowledgeBase, query: str, language: str, limit: int = 5, kind: str | None = None) -> list[Hit]:
    """Return the entries that fit ``query`` best, best first. Raises StoreError."""
    words = content_words(query)[:24]
    if not words:
        return []
    for match in (_any_of(base, words), _any_of(base, [word for word in words if len(word) > _SHORTEST_BEGINNING], beginnings=True)):
        rows = _rows(base, match, language, kind, limit)
        if rows:
            return [Hit(row.kind, row.id) for row in rows]
    return []


def _any_of(base: KnowledgeBase, words: list[str], beginnings: bool = False, names_only: bool = False) -> str:
    """Return the query for "any of these words" in the language of the database."""
    if base.dialect == "postgresql":
        marks = ("*" if beginnings else "") + ("A" if names_only else "")
        return " | ".join(f"'{word}'" + (f":{marks}" if marks else "") for word in words)
    query = " OR ".join(f'"{word}"' + ("*" if beginnings else "") for word in words)
    return f"name : ({query})" if names_only and query else query


def _rows(base: KnowledgeBase, match: str, language: str, kind: str | None, limit: int) -> list[Any]:
    if not match:
        return []
    parameters: dict[str, Any] = {"match": match, "language": language, "kind": kind, "limit": limit}
    if base.dialect == "postgresql":
        parameters["config"] = "front_door_es" if language == "es" else "front_door_en"
    return base.rows(_QUERY[base.dialect], parameters)


def find_event(base: KnowledgeBase, query: str, language: str) -> str | None:
    """Return the slug of the life event whose title or keywords ``query`` names, None when it names none. Raises StoreError."""
    words = content_words(query)[:24]
    rows = _rows(base, _any_of(base, words, names_only=True), language, "event", 1)
    return str(rows[0].id) if rows else None


def services_path(base: KnowledgeBase, query: str, facts: Facts, language: str, today: dt.date, limit: int = 3) -> TaskPath:
    """Return the services that fit ``query`` as steps of a path without an event; expired ones are left out. Raises StoreError."""
    words = Words(base.facts(), facts, language)
    steps: list[TaskStep] = []
    for hit in find(base, query, language, limit=limit * 3, kind="service"):
        service = base.service(hit.id)
        if service is None or len(steps) == limit:
            continue
        state = facts.get("state")
        office = base.office(service.state_program, str(state)) if service.state_program and state else None
        review_by = office.review_by if office else service.review_by
        if review_by < today or (service.service_area and state and state not in service.service_area):
            continue
        agency = base.agency(service.agency)
        name = office.office.name.in_(language) if office else service.name.in_(language)
        reviewed_on = office.reviewed_on if office else service.reviewed_on
        named = name.removesuffix(".")  # a name such as "Servicio Postal de EE. UU." has its own full stop
        do = f"Vea: {named}." if language == "es" else f"See {named}."
        steps.append(
            TaskStep(
                number=len(steps) + 1,
                id=service.id,
                do=do,
                say=do,
                why=words.fill(service.summary.in_(language), name),
                because=None,
                when="later",
                service=ServiceName(service.id, name, agency.name.in_(language) if agency else service.agency),
                reach=reach_of("web", service, office, agency, language, base.dead_links()),
                bring=[],
                deadline=None,
                cost=None,
                takes=None,
                note=None,
                source=Source(office.office.source if office else service.source, reviewed_on.isoformat(), review_by.isoformat()),
            )
        )
    title = "Lo que encontré" if language == "es" else "What I found"
    return TaskPath(event=None, title=title, facts=dict(facts), steps=steps, more=0, next_events=[])

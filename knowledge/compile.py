"""Compile the content files into the knowledge base, all or nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.util.exc import CommandError
from sqlalchemy.orm import Session

from knowledge import models
from knowledge.content import CONTENT, Content, load
from knowledge.database import migrate, open_engine
from knowledge.errors import StoreError
from knowledge.schema import LANGUAGES, Event, Service

MIGRATIONS = Path(__file__).parent / "migrations"
CHUNK = 2000
"""Rows that are written at once."""
_INSERT_SEARCH = sa.text("INSERT INTO search (kind, id, language, name, words) VALUES (:kind, :id, :language, :name, :words)")
_ENTRY = sa.Table(
    "search_entry",
    sa.MetaData(),
    *(sa.Column(name, sa.Text) for name in ("kind", "id", "language", "name", "words")),
    prefixes=["TEMPORARY"],
)
"""Where PostgreSQL takes the words from; gone with the transaction."""
_INDEX_ENTRIES = """
INSERT INTO search (kind, id, language, document)
SELECT kind, id, language, setweight(to_tsvector(config, name), 'A') || setweight(to_tsvector(config, words), 'D')
FROM (SELECT *, CAST('front_door_' || language AS regconfig) AS config FROM search_entry) AS entries
"""
Row = dict[str, Any]
_TABLES = (
    models.StepRow,
    models.EventRow,
    models.PhoneRow,
    models.ServiceArea,
    models.ServiceRow,
    models.Organization,
    models.StateOfficeRow,
    models.FactRow,
    models.Build,
)


def digest_of(root: Path = CONTENT) -> str:
    """Return the SHA-256 of all content files below ``root`` and of the code that compiles them."""
    sha = hashlib.sha256()
    for path in [*sorted(root.rglob("*.yml")), Path(__file__), Path(models.__file__)]:
        sha.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return sha.hexdigest()


def compile_into(url: str, root: Path = CONTENT) -> str:
    """Write the content below ``root`` into the database at ``url`` in one transaction; return its digest.

    Nothing is written when a content file has a problem (ContentError), and a crash leaves the content of the last good compile.
    Raises StoreError when the database cannot be written.
    """
    digest = digest_of(root)
    content = load(root)
    engine = open_engine(url)
    try:
        fill(engine, content, digest)
    except (sa.exc.SQLAlchemyError, sqlite3.Error, CommandError) as error:
        raise StoreError(f"the knowledge base cannot be written: {_plain(error)}") from error
    finally:
        engine.dispose()
    return digest


def fill(engine: sa.Engine, content: Content, digest: str) -> None:
    """Replace what is in ``engine`` by ``content``, in one transaction."""
    if engine.dialect.name == "sqlite" and engine.url.database not in (None, "", ":memory:"):
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    migrate(engine, MIGRATIONS)
    with Session(engine) as session, session.begin():
        for table in _TABLES:
            session.execute(sa.delete(table))
        for model, rows in _rows(content):
            for chunk in batched(rows, CHUNK):
                session.execute(sa.insert(model), chunk)
        session.execute(sa.text("DELETE FROM search"))
        if engine.dialect.name == "postgresql":
            _ENTRY.create(session.connection())
            for chunk in batched(search_entries(content), CHUNK):
                session.execute(sa.insert(_ENTRY), chunk)
            session.execute(sa.text(_INDEX_ENTRIES))
            _ENTRY.drop(session.connection())
        else:
            for chunk in batched(search_entries(content), CHUNK):
                session.execute(_INSERT_SEARCH, chunk)
        session.add(models.Build(id=1, digest=digest, built_at=dt.datetime.now(dt.UTC).replace(tzinfo=None)))
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")


def batched(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Yield ``rows`` in lists of at most ``size``, so that memory does not grow with their number."""
    left = iter(rows)
    while chunk := list(islice(left, size)):
        yield chunk


def _plain(error: Exception) -> str:
    return str(getattr(error, "orig", error))


def _rows(content: Content) -> Iterator[tuple[type[models.Base], Iterable[Row]]]:
    """Yield each table with its rows, parents first."""
    yield models.Organization, (agency.model_dump() for agency in content.agencies.values())
    yield models.ServiceRow, (_service(service) for service in content.services.values())
    yield (
        models.ServiceArea,
        ({"service_id": service.id, "state": state} for service in content.services.values() for state in service.service_area),
    )
    yield (
        models.PhoneRow,
        (
            {"service_id": service.id, "position": position, **phone.model_dump()}
            for service in content.services.values()
            for position, phone in enumerate(service.phones)
        ),
    )
    yield (
        models.StateOfficeRow,
        (
            {
                "program": table.program,
                "state": state,
                "assured_date": table.reviewed_on,
                "review_by": table.review_by,
                **office.model_dump(),
            }
            for table in content.states.values()
            for state, office in table.rows.items()
        ),
    )
    yield (
        models.FactRow,
        (
            {"id": fact.id, "position": position, "definition": fact.model_dump(by_alias=True, mode="json")}
            for position, fact in enumerate(content.facts.values())
        ),
    )
    yield models.EventRow, (_event(event, position) for position, event in enumerate(content.events.values()))
    yield (
        models.StepRow,
        (
            {
                "event_slug": event.slug,
                "id": step.id,
                "position": position,
                "service_id": step.service,
                "definition": step.model_dump(by_alias=True, mode="json", exclude_none=True),
            }
            for event in content.events.values()
            for position, step in enumerate(event.steps)
        ),
    )


def _service(service: Service) -> Row:
    return {
        "id": service.id,
        "organization_id": service.agency,
        "name": service.name.model_dump(),
        "summary": service.summary.model_dump(),
        "url": service.url.model_dump(),
        "address": service.address.model_dump() if service.address else None,
        "state_program": service.state_program,
        "source": service.source,
        "assured_date": service.reviewed_on,
        "review_by": service.review_by,
        "unconfirmed": service.unconfirmed,
    }


def _event(event: Event, position: int) -> Row:
    return {
        "slug": event.slug,
        "position": position,
        "kind": event.kind,
        "title": event.title.model_dump(),
        "words": event.model_dump(include={"opening", "opening_neutral", "closing"}),
        "about": event.about,
        "ask": event.ask,
        "next_events": event.next_events,
    }


def search_entries(content: Content) -> Iterator[Row]:
    """Yield one row for each event and service in each language, as the full-text index holds them.

    A service is also found by the life events that it serves and by what it is needed for there.
    """
    for language in LANGUAGES:
        served: dict[str, list[str]] = defaultdict(list)
        for event in content.events.values():
            names = [event.title.in_(language), *(event.keywords.in_(language) if event.keywords else [])]
            yield _entry("event", event.slug, language, names, [step.do.in_(language) for step in event.steps])
            for step in event.steps:
                served[step.service] += [event.title.in_(language), step.do.in_(language), step.why.in_(language)]
        for service in content.services.values():
            agency = content.agencies[service.agency]
            keywords = service.keywords.in_(language) if service.keywords else []
            words = [service.summary.in_(language), *keywords, agency.name.in_(language), *dict.fromkeys(served.pop(service.id, []))]
            yield _entry("service", service.id, language, [service.name.in_(language)], words)


def _entry(kind: str, name: str, language: str, names: list[str], words: list[str]) -> Row:
    return {"kind": kind, "id": name, "language": language, "name": " ".join(names), "words": " ".join(words)}

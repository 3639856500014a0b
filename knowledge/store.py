"""Read the compiled knowledge base."""

from __future__ import annotations

import datetime as dt
import logging
import sqlite3
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from knowledge import models
from knowledge.compile import MIGRATIONS, compile_into, digest_of, fill
from knowledge.content import CONTENT, load
from knowledge.database import migrate, open_engine, url_of
from knowledge.errors import ContentError, StoreError, UnknownEvent
from knowledge.schema import Agency, Event, Fact, Service, StateOffice, Text

log = logging.getLogger(__name__)
Entry = TypeVar("Entry")
RECHECK_SECONDS = 1.0
"""How long an answer may rest on what was read before, until the database is asked whether it was compiled anew."""

CACHED = 4096
KEPT = 50_000
"""Rows that are kept in memory."""
WARMED = 5_000
"""More events than this are not read before the first question."""


@dataclass(frozen=True)
class Office:
    """The office of one state for one programme, and its review dates."""

    office: StateOffice
    reviewed_on: dt.date
    review_by: dt.date


class KnowledgeBase:
    """Events, services, offices and facts as the last good compile left them.

    What was read once is kept, so that answers go on when the database is locked or gone; a new compile is noticed
    within ``RECHECK_SECONDS``.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._kept: dict[tuple[str, ...], Any] = {}
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()
        self._digest = ""
        self._checked = 0.0

    @property
    def dialect(self) -> str:
        """The kind of database: sqlite or postgresql."""
        return self.engine.dialect.name

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()

    def digest(self) -> str:
        """Return the digest of the content that was compiled; empty when nothing was."""
        try:
            with Session(self.engine) as session:
                return session.scalar(sa.select(models.Build.digest)) or ""
        except sa.exc.SQLAlchemyError as error:
            raise StoreError(f"the knowledge base cannot be read: {getattr(error, 'orig', error)}") from error

    def event(self, slug: str) -> Event:
        """Return the life event called ``slug``. Raises UnknownEvent."""
        event = self._keep(("event", slug), partial(self._read_event, slug))
        if event is None:
            raise UnknownEvent(slug)
        return event

    def events(self) -> list[Event]:
        """Return all life events, by slug."""

        def read(session: Session) -> list[Event]:
            rows = session.scalars(sa.select(models.EventRow).order_by(models.EventRow.slug))
            return [event for row in rows if (event := _event(row)) is not None]

        return self._keep(("events",), read)

    def event_titles(self, slugs: Iterable[str]) -> dict[str, Text]:
        """Return the titles of those of ``slugs`` that are events, in the same order."""
        titles = {slug: self._keep(("title", slug), partial(_title, slug)) for slug in slugs}
        return {slug: title for slug, title in titles.items() if title is not None}

    def service(self, name: str) -> Service | None:
        """Return the service called ``name``, None when there is none."""
        return self._keep(("service", name), lambda session: _service(session.get(models.ServiceRow, name)))

    def agency(self, name: str) -> Agency | None:
        """Return the agency called ``name``, None when there is none."""
        return self._keep(("agency", name), lambda session: _agency(session.get(models.Organization, name)))

    def office(self, program: str, state: str) -> Office | None:
        """Return the office of ``state`` for ``program``, None when there is none."""
        return self._keep(("office", program, state), lambda session: _office(session.get(models.StateOfficeRow, (program, state))))

    def facts(self) -> dict[str, Fact]:
        """Return all facts that can be known of a person, by id."""

        def read(session: Session) -> dict[str, Fact]:
            rows = session.scalars(sa.select(models.FactRow).order_by(models.FactRow.position))
            return {row.id: Fact.model_validate(row.definition) for row in rows}

        return self._keep(("facts",), read)

    def dead_links(self) -> frozenset[str]:
        """Return the web addresses that the last check found dead: nobody is sent there."""
        statement = sa.select(models.LinkRow.url).where(models.LinkRow.dead)
        return self._keep(("dead links",), lambda session: frozenset(session.scalars(statement)))

    def rows(self, statement: str, parameters: dict[str, Any]) -> list[Any]:
        """Return the rows of a read-only ``statement``. Raises StoreError."""
        try:
            with Session(self.engine) as session:
                return list(session.execute(sa.text(statement), parameters))
        except sa.exc.SQLAlchemyError as error:
            raise StoreError(f"the knowledge base cannot be read: {getattr(error, 'orig', error)}") from error

    def cached(self, key: Hashable, make: Callable[[], Entry]) -> Entry:
        """Return what ``make`` gave for ``key`` before, as long as nothing was compiled since; at most ``CACHED`` answers are kept."""
        self._notice_new_build()
        if key in self._answers:
            self._answers.move_to_end(key)
            return self._answers[key]  # type: ignore[no-any-return]
        answer = self._answers[key] = make()
        if len(self._answers) > CACHED:
            self._answers.popitem(last=False)
        return answer

    def forget(self) -> None:
        """Drop all that was read, so that the next answer comes from the database."""
        self._kept.clear()
        self._answers.clear()

    def warm(self) -> None:
        """Read everything once, so that no later turn waits for the disk and a lost database is survived."""
        self.facts()
        self.dead_links()
        with Session(self.engine) as session:
            if (session.scalar(sa.select(sa.func.count()).select_from(models.EventRow)) or 0) > WARMED:
                return
        for event in self.events():
            self.event(event.slug)
            for step in event.steps:
                service = self.service(step.service)
                if service is not None:
                    self.agency(service.agency)
        for program, state in self.rows("SELECT program, state FROM state_office", {}):
            self.office(program, state)

    def _read_event(self, slug: str, session: Session) -> Event | None:
        """Read an event and, with the same few queries, the services and agencies of its steps."""
        row = session.get(models.EventRow, slug)
        for step in row.steps if row else []:
            if ("service", step.service_id) not in self._kept:
                self._kept["service", step.service_id] = _service(step.service)
                self._kept["agency", step.service.organization_id] = _agency(step.service.organization)
        return _event(row)

    def _stamp(self) -> str:
        """Return what changes with each compile and with each link that dies or comes back."""
        changed = sa.select(sa.func.max(models.LinkRow.changed_at)).scalar_subquery()
        try:
            with Session(self.engine) as session:
                row = session.execute(sa.select(models.Build.digest, changed)).first()
        except sa.exc.SQLAlchemyError as error:
            raise StoreError(f"the knowledge base cannot be read: {getattr(error, 'orig', error)}") from error
        return f"{row[0]} {row[1]}" if row else ""

    def _keep(self, key: tuple[str, ...], read: Callable[[Session], Entry]) -> Entry:
        self._notice_new_build()
        if key in self._kept:
            return self._kept[key]  # type: ignore[no-any-return]
        try:
            with Session(self.engine) as session:
                entry = read(session)
        except sa.exc.SQLAlchemyError as error:
            raise StoreError(f"the knowledge base cannot be read: {getattr(error, 'orig', error)}") from error
        if len(self._kept) >= KEPT:
            self._kept.clear()
        self._kept[key] = entry
        return entry

    def _notice_new_build(self) -> None:
        now = time.monotonic()
        if now - self._checked < RECHECK_SECONDS:
            return
        self._checked = now
        try:
            digest = self._stamp()
        except StoreError as error:
            log.warning("%s; answering from what was read before", error)
            self._checked = now + 10 * RECHECK_SECONDS
            return
        if digest != self._digest:
            self._digest = digest
            self.forget()


def open_knowledge(data_dir: Path, root: Path = CONTENT) -> KnowledgeBase:
    """Return the knowledge base in ``data_dir``, compiled anew when the content has changed.

    Content with problems leaves the last good compile in use (the problems are logged). A folder that cannot be
    written gets a knowledge base in memory. Raises ContentError or StoreError when there is nothing good to answer from.
    """
    url = url_of(data_dir / "knowledge.db")
    problem: Exception | None = None
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        if _digest_at(url, data_dir / "knowledge.db") != digest_of(root):
            compile_into(url, root)
        return KnowledgeBase(open_engine(url))
    except ContentError as error:
        problem = error
        log.error("content has problems, the last good compile stays in use:\n%s", error)
    except (StoreError, OSError) as error:
        problem = error
        log.warning("%s", error)
    base = KnowledgeBase(open_engine(url))
    try:
        if (data_dir / "knowledge.db").exists() and base.digest() and not isinstance(problem, StoreError):
            migrate(base.engine, MIGRATIONS)  # an older version of this program may have compiled it
            return base
    except (StoreError, sa.exc.SQLAlchemyError) as error:
        log.warning("%s", error)
    base.close()
    if isinstance(problem, ContentError):
        raise problem
    log.warning("the folder %s cannot be used for the knowledge base: it is kept in memory for this run", data_dir)
    return in_memory(root)


def in_memory(root: Path = CONTENT) -> KnowledgeBase:
    """Return a knowledge base of the content below ``root`` that leaves no file. Raises ContentError."""
    engine = sa.create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    fill(engine, load(root), digest_of(root))
    return KnowledgeBase(engine)


def _digest_at(url: str, path: Path) -> str:
    if not path.exists():
        return ""
    if not _is_sound(path):
        path.replace(path.with_suffix(".damaged"))
        return ""
    base = KnowledgeBase(open_engine(url))
    try:
        return base.digest()
    except StoreError:
        return ""
    finally:
        base.close()


def _is_sound(path: Path) -> bool:
    try:
        connection = sqlite3.connect(path, timeout=1)
        try:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
        finally:
            connection.close()
    except sqlite3.OperationalError:
        return True  # locked, not damaged
    except sqlite3.DatabaseError:
        return False


def _title(slug: str, session: Session) -> Text | None:
    title = session.scalar(sa.select(models.EventRow.title).where(models.EventRow.slug == slug))
    return Text.model_validate(title) if title else None


def _agency(row: models.Organization | None) -> Agency | None:
    if row is None:
        return None
    return Agency.model_validate({"id": row.id, "name": row.name, "short": row.short, "url": row.url})


def _service(row: models.ServiceRow | None) -> Service | None:
    if row is None:
        return None
    phone_fields = ("number", "extension", "tty", "hours", "languages", "press", "source")
    return Service.model_validate(
        {
            "id": row.id,
            "agency": row.organization_id,
            "name": row.name,
            "summary": row.summary,
            "url": row.url,
            "address": row.address,
            "state_program": row.state_program,
            "service_area": [area.state for area in row.areas],
            "phones": [{name: getattr(phone, name) for name in phone_fields} for phone in row.phones],
            "source": row.source,
            "reviewed_on": row.assured_date,
            "review_by": row.review_by,
            "unconfirmed": row.unconfirmed,
        }
    )


def _office(row: models.StateOfficeRow | None) -> Office | None:
    if row is None:
        return None
    fields = ("name", "url", "phone", "tty", "note", "source", "finder", "unconfirmed")
    office = StateOffice.model_validate({name: getattr(row, name) for name in fields})
    return Office(office, row.assured_date, row.review_by)


def _event(row: models.EventRow | None) -> Event | None:
    if row is None:
        return None
    fields = ("slug", "kind", "title", "about", "ask", "next_events")
    data = {name: getattr(row, name) for name in fields} | row.words
    return Event.model_validate(data | {"steps": [step.definition for step in row.steps]})

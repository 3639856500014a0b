"""Keep conversations in SQL, writing little: new events are appended, and the live tracker is kept at hand.

Rasa's SQLTrackerStore reads all events of a conversation before each write. Here the number of events that are stored is known, so that
a turn costs one small query and one transaction.
"""

from __future__ import annotations

import json
import logging
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SerializedTrackerAsText, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.pool import StaticPool

log = logging.getLogger(__name__)
metadata = sa.MetaData()
events = sa.Table(
    "events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("sender_id", sa.String(255), nullable=False, index=True),
    sa.Column("type_name", sa.String(255), nullable=False),
    sa.Column("timestamp", sa.Float),
    sa.Column("intent_name", sa.String(255)),
    sa.Column("action_name", sa.String(255)),
    sa.Column("data", sa.Text),
)
"""The table of Rasa's own SQL tracker store, so that tools which read it go on working."""

LIVE = 2000
"""How many trackers are kept at hand."""
BUSY_SECONDS = 0.3
"""How long a write waits for a locked SQLite file; what could not be written is written with the next turn."""


class SqlTrackerStore(TrackerStore, SerializedTrackerAsText):
    """Store trackers in any database that SQLAlchemy reaches; SQLite runs in write-ahead mode."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        host: str | None = None,
        db: str = "var/conversations.db",
        url: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Open the database at ``url``, or the SQLite file ``db``."""
        kwargs = {name: value for name, value in kwargs.items() if name not in ("dialect", "port", "username", "password", "query", "login_db")}
        super().__init__(domain, event_broker, **kwargs)
        self.engine = open_conversations(url or (host if host and "://" in host else f"sqlite:///{db}"))
        self._live: OrderedDict[str, tuple[DialogueStateTracker, int, int]] = OrderedDict()
        self._ready = False
        self._insert = sa.insert(events)
        self._newest = sa.select(sa.func.max(events.c.id)).where(events.c.sender_id == sa.bindparam("sender"))
        self._prepare()

    def _prepare(self) -> bool:
        if not self._ready:
            try:
                metadata.create_all(self.engine)
                self._ready = True
            except sa.exc.SQLAlchemyError as error:
                log.warning("conversations cannot be stored right now (%s); they are kept in memory", getattr(error, "orig", error))
        return self._ready

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append the events that are not stored yet; when the database is busy they are kept and written with the next turn."""
        await self.stream_events(tracker)
        sender = tracker.sender_id
        _, stored, newest = self._live.get(sender, (tracker, 0, 0))
        pending = list(tracker.events)[stored:]
        try:
            if pending and self._prepare():
                with self.engine.begin() as connection:
                    connection.execute(self._insert, [_row(sender, event) for event in pending])
                    newest = connection.execute(self._newest, {"sender": sender}).scalar() or 0
                stored += len(pending)
        except sa.exc.SQLAlchemyError as error:
            log.warning("a conversation could not be stored (%s); it is written with the next turn", getattr(error, "orig", error))
        self._live[sender] = (tracker, stored, newest)
        self._live.move_to_end(sender)
        while len(self._live) > LIVE:
            self._live.popitem(last=False)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the tracker of the latest session, None when there is none."""
        live = self._live.get(sender_id)
        if live is None:
            return self._read(sender_id, whole=False)
        tracker, _, newest = live
        try:
            with self.engine.connect() as connection:
                if (connection.execute(self._newest, {"sender": sender_id}).scalar() or 0) == newest:
                    return tracker
        except sa.exc.SQLAlchemyError as error:
            log.warning("conversations cannot be read right now (%s)", getattr(error, "orig", error))
            return tracker
        del self._live[sender_id]
        return self._read(sender_id, whole=False)

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """Return the tracker with the events of all sessions, None when there is none."""
        return self._read(conversation_id, whole=True)

    async def keys(self) -> Iterable[str]:
        """Return the ids of all conversations."""
        with self.engine.connect() as connection:
            return list(connection.execute(sa.select(events.c.sender_id).distinct()).scalars())

    async def delete(self, sender_id: str) -> None:
        """Remove everything about one conversation."""
        self.forget(sender_id)
        if self._prepare():
            with self.engine.begin() as connection:
                connection.execute(sa.delete(events).where(events.c.sender_id == sender_id))

    def forget(self, sender_id: str) -> None:
        """Drop the live tracker, so that the next turn starts from what is stored."""
        self._live.pop(sender_id, None)

    def _read(self, sender_id: str, whole: bool) -> DialogueStateTracker | None:
        try:
            with self.engine.connect() as connection:
                query = sa.select(events.c.id, events.c.type_name, events.c.data).where(events.c.sender_id == sender_id).order_by(events.c.id)
                rows = list(connection.execute(query))
        except sa.exc.SQLAlchemyError as error:
            log.warning("conversations cannot be read right now (%s)", getattr(error, "orig", error))
            return None
        if not rows or self.domain is None:
            return None
        newest = rows[-1].id
        if not whole:
            starts = [index for index, row in enumerate(rows) if row.type_name == SessionStarted.type_name]
            rows = rows[starts[-1] :] if starts else rows
        tracker = DialogueStateTracker.from_dict(sender_id, [json.loads(row.data) for row in rows], self.domain.slots)
        if not whole:
            self._live[sender_id] = (tracker, len(tracker.events), newest)
        return tracker


def _row(sender: str, event: Event) -> dict[str, Any]:
    data = event.as_dict()
    if isinstance(event, BotUttered):
        data = {**data, "data": {**(data.get("data") or {}), "custom": None, "buttons": None}}
    return {
        "sender_id": sender,
        "type_name": event.type_name,
        "timestamp": event.timestamp,
        "intent_name": (data.get("parse_data") or {}).get("intent", {}).get("name"),
        "action_name": data.get("name") if event.type_name == "action" else None,
        "data": json.dumps(data, ensure_ascii=False),
    }


def open_conversations(url: str) -> sa.Engine:
    """Return an engine for the conversations' database; SQLite gets write-ahead logging and a short wait for locks."""
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_pre_ping=True)
    in_memory = "mode=memory" in url or url == "sqlite://"
    pool = StaticPool if in_memory else None
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, poolclass=pool)

    @sa.event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA secure_delete=ON")
        except Exception as error:  # a folder that cannot be written: the file is read as it is
            log.debug("write-ahead mode could not be set: %s", error)

    return engine

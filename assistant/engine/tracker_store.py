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
from rasa.shared.core.events import BotUttered, Event, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.database import open_conversations, rasa_events, rasa_metadata

log = logging.getLogger(__name__)
LIVE = 2000
"""How many trackers are kept at hand."""


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
        kwargs = {
            name: value for name, value in kwargs.items() if name not in ("dialect", "port", "username", "password", "query", "login_db")
        }
        super().__init__(domain, event_broker, **kwargs)
        self.engine = open_conversations(url or (host if host and "://" in host else f"sqlite:///{db}"))
        self._live: OrderedDict[str, tuple[DialogueStateTracker, int, int]] = OrderedDict()
        self._ready = False
        self._insert = sa.insert(rasa_events)
        self._newest = sa.select(sa.func.max(rasa_events.c.id)).where(rasa_events.c.sender_id == sa.bindparam("sender"))
        self._prepare()

    def _prepare(self) -> bool:
        if not self._ready:
            try:
                rasa_metadata.create_all(self.engine)
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
            return list(connection.execute(sa.select(rasa_events.c.sender_id).distinct()).scalars())

    def forget(self, sender_id: str) -> None:
        """Drop the live tracker, so that the next turn starts from what is stored."""
        self._live.pop(sender_id, None)

    def _read(self, sender_id: str, whole: bool) -> DialogueStateTracker | None:
        try:
            with self.engine.connect() as connection:
                query = (
                    sa.select(rasa_events.c.id, rasa_events.c.type_name, rasa_events.c.data)
                    .where(rasa_events.c.sender_id == sender_id)
                    .order_by(rasa_events.c.id)
                )
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
    if isinstance(event, UserUttered) and (event.intent_name or "").startswith("crisis_"):
        data = {**data, "text": "", "parse_data": {**data["parse_data"], "text": ""}}  # what is said in a crisis is not stored
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

"""What is kept of conversations: redacted turns, offered choices and feedback, until they are deleted or their time is over."""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from assistant.database import open_conversations, rasa_events, rasa_metadata
from assistant.errors import UnknownConversation

log = logging.getLogger(__name__)
metadata = sa.MetaData()
conversations = sa.Table(
    "conversation",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("created_at", sa.Float, nullable=False, index=True),
)
turns = sa.Table(
    "turn",
    metadata,
    sa.Column("conversation_id", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("outcome", sa.String(16), nullable=False, index=True),
    sa.Column("event", sa.String(64)),
    sa.Column("text", sa.Text),
    sa.Column("reply", sa.Text, nullable=False),
    sa.Column("choices", sa.Text, nullable=False),
)
feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("conversation_id", sa.String(64), nullable=False, index=True),
    sa.Column("turn", sa.Integer, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("event", sa.String(64)),
    sa.Column("language", sa.String(8)),
    sa.Column("helped", sa.Boolean, nullable=False),
    sa.Column("reason", sa.String(64)),
    sa.Column("answers", sa.Text, nullable=False),
    sa.Column("comment", sa.Text),
)
LIVE = 5000


@dataclass
class Conversation:
    """One conversation at hand."""

    id: str
    channel: str
    language: str
    count: int = 0
    """Number of turns so far; the greeting is turn 0."""
    choices: dict[str, str] = field(default_factory=dict)
    """Opaque id to what the choice stands for, of every choice offered so far."""
    unsaved: list[sa.Executable] = field(default_factory=list)
    """Writes that the database was too busy for."""


class ConversationStore:
    """Keep conversations; a database that is busy or gone makes them live in memory until it is back."""

    def __init__(self, url: str) -> None:
        self.engine = open_conversations(url)
        self._live: OrderedDict[str, Conversation] = OrderedDict()
        self._ready = False
        self._newest = sa.select(sa.func.max(turns.c.number)).where(turns.c.conversation_id == sa.bindparam("name"))
        self._prepare()

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()

    def is_ready(self) -> bool:
        """Return whether the database answers."""
        try:
            with self.engine.connect() as connection:
                connection.execute(sa.select(sa.func.count()).select_from(conversations))
            return True
        except sa.exc.SQLAlchemyError:
            return False

    def create(self, conversation: Conversation, now: float) -> None:
        """Keep a new conversation."""
        self._remember(conversation)
        values = {"id": conversation.id, "channel": conversation.channel, "language": conversation.language, "created_at": now}
        self._write(conversation, sa.insert(conversations).values(values))

    def get(self, name: str) -> Conversation:
        """Return the conversation called ``name``. Raises UnknownConversation."""
        live = self._live.get(name)
        if live is not None and self._is_current(live):
            self._live.move_to_end(name)
            return live
        try:
            with self.engine.connect() as connection:
                row = connection.execute(sa.select(conversations).where(conversations.c.id == name)).first()
                if row is None:
                    raise UnknownConversation(name)
                rows = list(
                    connection.execute(sa.select(turns.c.number, turns.c.choices, turns.c.language).where(turns.c.conversation_id == name))
                )
        except sa.exc.SQLAlchemyError as error:
            log.warning("conversations cannot be read right now (%s)", getattr(error, "orig", error))
            raise UnknownConversation(name) from error
        found = Conversation(
            row.id, row.channel, rows[-1].language if rows else row.language, max((r.number for r in rows), default=-1) + 1
        )
        for entry in rows:
            found.choices |= json.loads(entry.choices)
        self._remember(found)
        return found

    def _is_current(self, live: Conversation) -> bool:
        """Return whether no other process took a turn of ``live`` or deleted it."""
        if live.unsaved:
            return True
        try:
            with self.engine.connect() as connection:
                newest = connection.execute(self._newest, {"name": live.id}).scalar()
        except sa.exc.SQLAlchemyError as error:
            log.warning("conversations cannot be read right now (%s)", getattr(error, "orig", error))
            return True
        return newest is not None and newest + 1 == live.count

    def add_turn(self, conversation: Conversation, at: float, text: str | None, reply: dict[str, Any], choices: dict[str, str]) -> int:
        """Keep one turn, its text already redacted, and return its number."""
        number = conversation.count
        conversation.count += 1
        conversation.choices |= choices
        values = {
            "conversation_id": conversation.id,
            "number": number,
            "at": at,
            "language": reply["language"],
            "outcome": reply["outcome"],
            "event": reply["event"],
            "text": text,
            "reply": json.dumps(reply, ensure_ascii=False),
            "choices": json.dumps(choices),
        }
        self._write(conversation, sa.insert(turns).values(values))
        return number

    def turns(self, name: str) -> list[dict[str, Any]]:
        """Return the turns of a conversation, oldest first."""
        self.get(name)
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(turns).where(turns.c.conversation_id == name).order_by(turns.c.number))
            return [{"number": row.number, "at": _iso(row.at), "text": row.text, "reply": json.loads(row.reply)} for row in rows]

    def add_feedback(self, conversation: Conversation, at: float, values: dict[str, Any]) -> None:
        """Keep what a person said about one turn."""
        with self.engine.connect() as connection:
            where = (turns.c.conversation_id == conversation.id) & (turns.c.number == values["turn"])
            row = connection.execute(sa.select(turns.c.event, turns.c.language).where(where)).first()
        about = {"event": row.event if row else None, "language": row.language if row else conversation.language}
        self._write(conversation, sa.insert(feedback).values(conversation_id=conversation.id, at=at, **values, **about))

    def delete(self, name: str) -> None:
        """Remove everything about a conversation. Raises UnknownConversation."""
        self.get(name)
        with self.engine.begin() as connection:
            connection.execute(sa.delete(feedback).where(feedback.c.conversation_id == name))
            connection.execute(sa.delete(turns).where(turns.c.conversation_id == name))
            connection.execute(sa.delete(rasa_events).where(rasa_events.c.sender_id == name))
            connection.execute(sa.delete(conversations).where(conversations.c.id == name))
        self._live.pop(name, None)

    def older_than(self, moment: float) -> list[str]:
        """Return the ids of the conversations that began before ``moment``."""
        with self.engine.connect() as connection:
            return list(connection.execute(sa.select(conversations.c.id).where(conversations.c.created_at < moment)).scalars())

    def figures(self) -> dict[str, Any]:
        """Return counts for the public performance page: turns by outcome and event, and how often it helped."""
        with self.engine.connect() as connection:
            by_outcome = connection.execute(sa.select(turns.c.outcome, sa.func.count()).where(turns.c.number > 0).group_by(turns.c.outcome))
            outcomes: dict[str, int] = {row[0]: row[1] for row in by_outcome}
            by_event = connection.execute(
                sa.select(turns.c.event, sa.func.count()).where(turns.c.outcome == "path", turns.c.number > 0).group_by(turns.c.event)
            )
            events = {row[0]: row[1] for row in by_event if row[0]}
            by_help = connection.execute(sa.select(feedback.c.helped, sa.func.count()).group_by(feedback.c.helped))
            helped: dict[bool, int] = {bool(row[0]): row[1] for row in by_help}
            total = connection.execute(sa.select(sa.func.count()).select_from(conversations)).scalar()
        return {
            "conversations": total,
            "turns_by_outcome": outcomes,
            "paths_by_event": events,
            "feedback": {"helped": helped.get(True, 0), "not_helped": helped.get(False, 0)},
        }

    def _remember(self, conversation: Conversation) -> None:
        self._live[conversation.id] = conversation
        while len(self._live) > LIVE:
            self._live.popitem(last=False)

    def _prepare(self) -> bool:
        if not self._ready:
            try:
                metadata.create_all(self.engine)
                rasa_metadata.create_all(self.engine)
                self._ready = True
            except sa.exc.SQLAlchemyError as error:
                log.warning("conversations cannot be stored right now (%s); they are kept in memory", getattr(error, "orig", error))
        return self._ready

    def _write(self, conversation: Conversation, statement: sa.Executable) -> None:
        conversation.unsaved.append(statement)
        try:
            if self._prepare():
                with self.engine.begin() as connection:
                    for waiting in conversation.unsaved:
                        connection.execute(waiting)
                conversation.unsaved.clear()
        except sa.exc.SQLAlchemyError as error:
            log.warning("a turn could not be stored (%s); it is written with the next one", getattr(error, "orig", error))


def _iso(at: float) -> str:
    return dt.datetime.fromtimestamp(at, dt.UTC).isoformat(timespec="seconds")

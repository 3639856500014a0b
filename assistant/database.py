"""Open the database of conversations."""

from __future__ import annotations

import logging
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

log = logging.getLogger(__name__)
BUSY_SECONDS = 0.3
"""How long a write waits for a locked SQLite file; what could not be written is written with the next turn."""

rasa_metadata = sa.MetaData()
rasa_events = sa.Table(
    "events",
    rasa_metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("sender_id", sa.String(255), nullable=False, index=True),
    sa.Column("type_name", sa.String(255), nullable=False),
    sa.Column("timestamp", sa.Float),
    sa.Column("intent_name", sa.String(255)),
    sa.Column("action_name", sa.String(255)),
    sa.Column("data", sa.Text),
)
"""The table of Rasa's own SQL tracker store, so that tools which read it go on working."""


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

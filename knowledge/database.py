"""Open the compiled knowledge base and bring its tables to the newest revision."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa


def url_of(path: Path) -> str:
    """Return the SQLAlchemy URL of the SQLite file at ``path``."""
    return f"sqlite:///{path}"


def open_engine(url: str) -> sa.Engine:
    """Return an engine for ``url``; SQLite gets foreign keys, and waits at most one second for a lock."""
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_pre_ping=True)
    engine = sa.create_engine(url, connect_args={"timeout": 1, "check_same_thread": False})

    @sa.event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA foreign_keys=ON")

    return engine


def migrate(engine: sa.Engine, scripts: Path) -> None:
    """Run the Alembic migrations in the folder ``scripts`` on ``engine``, up to the newest."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts))
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # else sqlite3 commits each CREATE TABLE by itself, and a crash leaves half
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

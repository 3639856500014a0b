"""The migrations make exactly the tables that the models describe, and can be taken back."""

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from knowledge.compile import MIGRATIONS
from knowledge.database import migrate, open_engine, url_of
from knowledge.models import Base


@pytest.fixture
def engine(tmp_path):
    engine = open_engine(url_of(tmp_path / "knowledge.db"))
    yield engine
    engine.dispose()


@pytest.fixture
def config():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def tables(engine):
    return {name for name in sa.inspect(engine).get_table_names() if name != "alembic_version"}


def is_ours(item, name, kind, reflected, compare_to):
    """Leave out the tables in which SQLite keeps the full-text index: no model describes them."""
    return not (kind == "table" and (name == "search" or name.startswith("search_")))


def test_the_tables_after_all_migrations_are_those_of_the_models(engine):
    migrate(engine, MIGRATIONS)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_ours, "compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_full_text_index_is_made(engine):
    migrate(engine, MIGRATIONS)
    with engine.connect() as connection:
        statement = connection.execute(sa.text("SELECT sql FROM sqlite_master WHERE name = 'search'")).scalar()
    assert "fts5" in statement
    assert "remove_diacritics 2" in statement


def test_migrating_twice_changes_nothing(engine):
    migrate(engine, MIGRATIONS)
    before = tables(engine)
    migrate(engine, MIGRATIONS)
    assert tables(engine) == before


def test_every_revision_can_be_taken_back_and_made_again(engine, config):
    revisions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    migrate(engine, MIGRATIONS)
    before = tables(engine)
    for _ in revisions:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.downgrade(config, "-1")
    assert tables(engine) == set()
    migrate(engine, MIGRATIONS)
    assert tables(engine) == before


def test_there_is_one_newest_revision(config):
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1

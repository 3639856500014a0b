"""The knowledge base in PostgreSQL: the same paths and a search like that of SQLite. A real server is started for the run."""

import datetime as dt
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa

from knowledge.compile import compile_into
from knowledge.content import load
from knowledge.database import open_engine
from knowledge.search import find, find_event, services_path
from knowledge.store import KnowledgeBase
from knowledge.task_path import find_path

TODAY = dt.date(2026, 11, 23)
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not shutil.which("postgres"), reason="postgres is not installed")]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pg")
    programs = Path(os.path.realpath(shutil.which("postgres"))).parent
    as_user = []
    if not os.getuid():  # the server refuses to run as root
        as_user = ["runuser", "-u", "postgres", "--"]
        for place in (folder, *list(folder.parents)[:3]):
            place.chmod(0o755)
        shutil.chown(folder, "postgres")
    data, port = folder / "data", "54331"
    subprocess.run([*as_user, programs / "initdb", "-D", data, "-U", "tests", "-A", "trust"], check=True, capture_output=True)
    control = [*as_user, programs / "pg_ctl", "-D", data, "-w"]
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    subprocess.run([*control, "-o", options, "-l", folder / "log", "start"], check=True, capture_output=True)
    subprocess.run([programs / "createdb", "-h", "127.0.0.1", "-p", port, "-U", "tests", "knowledge"], check=True, capture_output=True)
    yield f"postgresql+psycopg2://tests@127.0.0.1:{port}/knowledge"
    subprocess.run([*control, "-m", "immediate", "stop"], check=False, capture_output=True)


@pytest.fixture(scope="module")
def large(server):
    compile_into(server)
    base = KnowledgeBase(open_engine(server))
    base.warm()
    yield base
    base.close()


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_event_has_the_same_path_as_in_sqlite(base, large, language):
    for event in base.events():
        for facts in ({}, {"state": "TX"}, {"state": "PR", "age": 67, "served": True}):
            assert find_path(large, event.slug, facts, language, TODAY) == find_path(base, event.slug, facts, language, TODAY)


@pytest.mark.parametrize(
    ("query", "language"),
    [("lost passport", "en"), ("pasaporte perdido", "es"), ("funeral", "en"), ("desempleo", "es"), ("8(a) W-7", "en")],
)
def test_the_search_finds_much_of_the_same(base, large, query, language):
    one, other = ([hit.id for hit in find(where, query, language, limit=5)] for where in (base, large))
    assert set(one) & set(other)
    assert services_path(large, query, {}, language, TODAY).steps


def test_the_search_knows_word_forms_and_accents(large):
    assert find(large, "jubilacion", "es") == find(large, "jubilación", "es")
    assert find(large, "passports", "en")
    assert find_event(large, "moving", "en") == "moving"
    assert find(large, "'; DROP TABLE search; --", "en") is not None
    assert find(large, "a | & ! ( ) : * <->", "en") == []


def test_compiling_again_replaces_and_a_mistake_changes_nothing(server, large, copy_of_content):
    before = large.digest()
    path = copy_of_content / "events" / "moving.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("when: now", "when: soon", 1), encoding="utf-8")
    with pytest.raises(Exception, match=r"moving\.yml"):
        compile_into(server, copy_of_content)
    assert large.digest() == before
    compile_into(server)
    with large.engine.connect() as connection:
        counted = connection.execute(sa.text("SELECT count(*) FROM search")).scalar()
    content = load()
    assert counted == 2 * (len(content.events) + len(content.services))


def test_the_tables_can_be_taken_back_and_made_again(server):
    from alembic import command
    from alembic.config import Config

    from knowledge.compile import MIGRATIONS

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = open_engine(server)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        assert sa.inspect(connection).get_table_names() == ["alembic_version"]
    engine.dispose()
    compile_into(server)

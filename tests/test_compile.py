"""The knowledge base is compiled all or nothing, and answers even when its file or folder cannot be used."""

import multiprocessing
import os
import sqlite3

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from knowledge.compile import MIGRATIONS, compile_into, digest_of
from knowledge.content import load
from knowledge.database import open_engine, url_of
from knowledge.errors import ContentError, StoreError, UnknownEvent
from knowledge.search import find
from knowledge.store import in_memory, open_knowledge
from knowledge.task_path import find_path

MOVING = "events/moving.yml"


@pytest.fixture
def var(tmp_path):
    return tmp_path / "var"


def opened(var, folder):
    """Return the title of the event in the base of ``var``, its digest, and whether the base is in memory."""
    base = open_knowledge(var, folder.root)
    try:
        return base.event("moving").title.en, base.digest(), base.engine.url.database in (None, "")
    finally:
        base.close()


def retitle(folder, old, new):
    folder.change(MOVING, f"title: {{en: {old},", f"title: {{en: {new},")


def test_what_is_read_from_the_base_is_what_the_content_says(base, content):
    for event in content.events.values():
        assert base.event(event.slug) == event.model_copy(update={"keywords": None})
    for service in content.services.values():
        assert base.service(service.id) == service.model_copy(update={"keywords": None, "shares_page_with": []})
    for agency in content.agencies.values():
        assert base.agency(agency.id) == agency
    for table in content.states.values():
        for state, office in table.rows.items():
            assert base.office(table.program, state).office == office
    assert base.facts() == content.facts
    assert list(base.facts()) == list(content.facts)
    assert [event.slug for event in base.events()] == sorted(content.events)


def test_what_does_not_exist_is_not_made_up(base):
    with pytest.raises(UnknownEvent):
        base.event("winning_the_lottery")
    assert base.service("lottery") is None
    assert base.agency("lottery") is None
    assert base.office("lottery", "TX") is None


def test_the_digest_changes_with_a_file_and_only_then(folder):
    before = digest_of(folder.root)
    assert digest_of(folder.root) == before
    folder.change(MOVING, "Moving", "Relocating")
    assert digest_of(folder.root) != before


def test_changed_content_is_compiled_when_the_base_is_opened(folder, var):
    assert opened(var, folder)[0] == "Moving"
    retitle(folder, "Moving", "Relocating")
    title, digest, in_ram = opened(var, folder)
    assert (title, digest, in_ram) == ("Relocating", digest_of(folder.root), False)


def test_unchanged_content_is_not_compiled_again(folder, var):
    opened(var, folder)
    before = (var / "knowledge.db").read_bytes()
    opened(var, folder)
    assert (var / "knowledge.db").read_bytes() == before


def test_a_running_base_notices_a_new_compile(folder, var):
    base = open_knowledge(var, folder.root)
    assert base.event("moving").title.en == "Moving"
    retitle(folder, "Moving", "Relocating")
    compile_into(url_of(var / "knowledge.db"), folder.root)
    base._checked = 0.0  # as if RECHECK_SECONDS had passed
    assert base.event("moving").title.en == "Relocating"
    base.close()


def test_content_with_a_mistake_leaves_the_last_good_compile_in_use(folder, var):
    _, good, _ = opened(var, folder)
    folder.change(MOVING, "when: now", "when: soon")
    assert opened(var, folder) == ("Moving", good, False)


def test_content_with_a_mistake_and_no_compile_before_raises_all_problems(folder, var):
    folder.change(MOVING, "when: now", "when: soon")
    with pytest.raises(ContentError):
        open_knowledge(var, folder.root)


def start(work, *arguments):
    """Start another process that does ``work``."""
    process = multiprocessing.get_context("fork").Process(target=work, args=arguments)
    process.start()
    return process


def compile_and_die(var, folder, statement):
    """Compile in another process that is gone, without a goodbye, right after it ran ``statement``."""

    def work():
        @sa.event.listens_for(sa.Engine, "after_cursor_execute")
        def kill(connection, cursor, executed, *_):
            if executed.lstrip().startswith(statement):
                os._exit(9)

        compile_into_var(var, folder)

    process = start(work)
    process.join(60)
    assert process.exitcode == 9


def test_a_good_compile_of_an_older_version_is_brought_up_to_date(folder, var):
    """Content with a mistake after an update: the tables that the update added are made, and the old content answers."""
    open_knowledge(var, folder.root).close()
    engine = open_engine(url_of(var / "knowledge.db"))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
    engine.dispose()
    folder.change(MOVING, "when: now", "when: soon")
    base = open_knowledge(var, folder.root)
    base.warm()
    assert base.events()
    assert base.dead_links() == frozenset()
    base.close()


@pytest.mark.parametrize("statement", ["DELETE FROM step", "INSERT INTO life_event", "INSERT INTO search", "INSERT INTO build"])
def test_a_process_killed_in_the_middle_leaves_the_last_good_compile(folder, var, statement):
    good = compile_into_var(var, folder)
    retitle(folder, "Moving", "Relocating")
    compile_and_die(var, folder, statement)
    with sqlite3.connect(var / "knowledge.db") as connection:
        assert connection.execute("SELECT digest FROM build").fetchall() == [(good,)]
        assert connection.execute("SELECT json_extract(title, '$.en') FROM life_event").fetchall() == [("Moving",)]
        assert connection.execute("SELECT count(*) FROM search WHERE search MATCH 'relocating'").fetchone() == (0,)
    assert opened(var, folder) == ("Relocating", digest_of(folder.root), False)


def compile_into_var(var, folder):
    var.mkdir(exist_ok=True)
    return compile_into(url_of(var / "knowledge.db"), folder.root)


@pytest.mark.parametrize("statement", ["CREATE TABLE phone", "CREATE VIRTUAL TABLE search"])
def test_a_process_killed_while_the_tables_are_made_does_not_spoil_the_file(folder, var, statement):
    compile_and_die(var, folder, statement)
    assert opened(var, folder) == ("Moving", digest_of(folder.root), False)


def test_two_processes_that_start_at_once_both_get_a_base(folder, var):
    running = [start(opened, var, folder) for _ in range(2)]
    for process in running:
        process.join(60)
    assert [process.exitcode for process in running] == [0, 0]
    assert opened(var, folder) == ("Moving", digest_of(folder.root), False)


def spoil_all(data):
    return b"this is not a database" * 50


def spoil_the_end(data):
    return data[: len(data) // 2]


def spoil_the_middle(data):
    return data[:4096] + os.urandom(len(data) - 8192) + data[-4096:]


def spoil_the_header(data):
    return b"\0" * 100 + data[100:]


@pytest.mark.parametrize("spoil", [spoil_all, spoil_the_end, spoil_the_middle, spoil_the_header])
def test_a_damaged_file_is_set_aside_and_built_anew(folder, var, spoil):
    opened(var, folder)
    path = var / "knowledge.db"
    damaged = spoil(path.read_bytes())
    path.write_bytes(damaged)
    assert opened(var, folder) == ("Moving", digest_of(folder.root), False)
    assert (var / "knowledge.damaged").read_bytes() == damaged


def test_an_empty_file_is_filled(folder, var):
    var.mkdir()
    (var / "knowledge.db").touch()
    assert opened(var, folder) == ("Moving", digest_of(folder.root), False)


def test_a_file_of_a_newer_release_does_not_stop_an_older_one(folder, var):
    opened(var, folder)
    with sqlite3.connect(var / "knowledge.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.execute("UPDATE build SET digest = 'newer'")
    connection.close()
    assert opened(var, folder)[0] == "Moving"


def test_a_folder_that_cannot_be_made_falls_back_to_memory(folder, tmp_path):
    (tmp_path / "file").touch()
    title, digest, in_ram = opened(tmp_path / "file" / "var", folder)
    assert (title, digest, in_ram) == ("Moving", digest_of(folder.root), True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_write_permission_falls_back_to_memory(folder, var):
    var.mkdir()
    var.chmod(0o555)
    title, _, in_ram = opened(var, folder)
    assert (title, in_ram) == ("Moving", True)


def test_a_folder_in_the_place_of_the_file_falls_back_to_memory(folder, var):
    (var / "knowledge.db").mkdir(parents=True)
    assert opened(var, folder) == ("Moving", digest_of(folder.root), True)


def test_a_base_in_memory_leaves_no_file_and_can_be_searched(folder):
    before = sorted(folder.root.rglob("*"))
    base = in_memory(folder.root)
    assert [hit.id for hit in find(base, "address", "en", kind="service")] == ["forwarding"]
    assert sorted(folder.root.rglob("*")) == before
    base.close()


@pytest.fixture
def lock(var):
    """Return a function that locks the file of the base for writing, or also for reading."""
    held = []

    def take(exclusive):
        connection = sqlite3.connect(var / "knowledge.db", isolation_level=None)
        if exclusive:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE build SET built_at = built_at")
        held.append(connection)

    yield take
    for connection in held:
        connection.rollback()
        connection.close()


def test_a_base_that_another_process_writes_to_still_answers(folder, var, lock, today):
    base = open_knowledge(var, folder.root)
    lock(exclusive=False)
    assert find_path(base, "moving", {}, "en", today).steps
    assert find(base, "mail", "en")
    base.close()


def test_a_base_that_is_locked_goes_on_with_what_it_read_before(folder, var, lock, today):
    base = open_knowledge(var, folder.root)
    base.warm()
    base.engine.dispose()
    lock(exclusive=True)
    base._checked = 0.0  # as if RECHECK_SECONDS had passed
    assert [step.id for step in find_path(base, "moving", {"served": True}, "en", today).steps] == ["forward_mail", "va_address"]
    base.close()


def test_a_base_that_vanishes_goes_on_with_what_it_read_before(folder, var, today):
    base = open_knowledge(var, folder.root)
    base.warm()
    base.engine.dispose()
    for path in var.iterdir():
        path.unlink()
    var.rmdir()
    base._checked = 0.0  # as if RECHECK_SECONDS had passed
    assert find_path(base, "moving", {}, "en", today).steps
    base.close()


def test_a_search_that_meets_a_lock_says_so_with_an_error_of_ours(folder, var, lock):
    base = open_knowledge(var, folder.root)
    base.engine.dispose()
    lock(exclusive=True)
    with pytest.raises(StoreError, match="locked"):
        find(base, "mail", "en")
    base.close()


@pytest.mark.parametrize("exclusive", [False, True])
def test_opening_a_locked_base_with_new_content_does_not_raise(folder, var, lock, exclusive):
    opened(var, folder)
    retitle(folder, "Moving", "Relocating")
    lock(exclusive)
    assert opened(var, folder)[::2] == ("Relocating", True)


def test_a_compile_into_a_locked_base_raises_an_error_of_ours(folder, var, lock):
    compile_into_var(var, folder)
    lock(exclusive=False)
    with pytest.raises(StoreError, match="cannot be written"):
        compile_into_var(var, folder)


def test_the_file_is_in_wal_mode_so_that_readers_never_wait_for_a_compile(folder, var):
    opened(var, folder)
    with sqlite3.connect(var / "knowledge.db") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_every_foreign_key_of_the_compiled_base_is_met(base):
    with base.engine.connect() as connection:
        assert connection.execute(sa.text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(sa.text("PRAGMA foreign_key_check")).fetchall() == []
        assert connection.execute(sa.text("PRAGMA integrity_check")).scalar() == "ok"


def test_the_compiled_base_holds_nothing_that_the_content_does_not(base, content):
    with base.engine.connect() as connection:
        counts = {
            name: connection.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar()
            for name in ("organization", "service", "fact", "life_event", "step", "state_office", "search", "build")
        }
    assert counts == {
        "organization": len(content.agencies),
        "service": len(content.services),
        "fact": len(content.facts),
        "life_event": len(content.events),
        "step": sum(len(event.steps) for event in content.events.values()),
        "state_office": sum(len(table.rows) for table in content.states.values()),
        "search": 2 * (len(content.services) + len(content.events)),
        "build": 1,
    }


def test_content_is_loaded_in_the_order_in_which_it_is_written(folder):
    assert [step.id for step in load(folder.root).events["moving"].steps] == ["forward_mail", "va_address"]

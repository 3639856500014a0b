"""Whatever is broken, a turn ends in an answer within two seconds, and a crisis is still answered."""

import asyncio
import shutil
import sqlite3
import time

import pytest

from assistant.application import assemble
from assistant.engine import model_file
from assistant.engine.runtime import State
from assistant.settings import Settings
from knowledge.errors import ContentError

SECONDS = 2.0


async def answered(parts, text="my father died in Texas", outcome="floor"):
    name, _ = parts.conversations.begin()
    started = time.monotonic()
    reply = await parts.conversations.turn(name, text)
    assert time.monotonic() - started < SECONDS
    assert reply["outcome"] == outcome
    assert reply["messages"][0]["text"]
    assert reply["speech"]
    return reply


async def crisis_is_answered(parts):
    reply = await answered(parts, "I want to kill myself", "crisis")
    assert "988" in reply["messages"][0]["text"]


@pytest.fixture
def put_together(models, tmp_path):
    made = []

    def make(actions=None, models_dir=None, data_dir=tmp_path):
        parts = assemble(Settings(data_dir=data_dir, models_dir=models_dir or models), actions=actions)
        made.append(parts)
        parts.engine.start()
        parts.engine.wait(60)
        return parts

    yield make
    for parts in made:
        parts.close()


async def test_a_missing_model_is_answered_by_search(put_together, tmp_path):
    parts = put_together(models_dir=tmp_path / "none")
    assert parts.engine.state is State.BROKEN
    assert "assistant train" in parts.engine.problem
    reply = await answered(parts, "passport renewal")
    assert any("travel.state.gov" in step["reach"]["url"] for step in reply["path"]["steps"])
    assert "844-872-4681" in " ".join(message["text"] for message in reply["messages"])
    await crisis_is_answered(parts)


@pytest.mark.parametrize("damage", ["cut", "changed", "no checksum", "empty"])
async def test_a_corrupt_model_is_never_loaded(put_together, models, tmp_path, damage):
    folder = tmp_path / "models"
    folder.mkdir()
    for path in models.glob(f"{model_file.NAME}*"):
        shutil.copy(path, folder / path.name)
    model = folder / model_file.NAME
    whole = model.read_bytes()
    changed = {"cut": whole[: len(whole) // 2], "changed": whole[:-9] + b"malicious", "no checksum": whole, "empty": b""}[damage]
    model.write_bytes(changed)
    if damage == "no checksum":
        (folder / f"{model_file.NAME}.json").unlink()
    parts = put_together(models_dir=folder)
    assert parts.engine.state is State.BROKEN
    await answered(parts)
    await crisis_is_answered(parts)


async def test_while_the_model_loads_turns_are_answered_by_search(models, tmp_path):
    parts = assemble(Settings(data_dir=tmp_path, models_dir=models))
    try:
        await answered(parts)
        await crisis_is_answered(parts)
    finally:
        parts.close()


async def test_an_action_that_raises_gives_the_floor_answer(put_together):
    async def raising(dispatcher, tracker, domain):
        raise RuntimeError("broken on purpose")

    parts = put_together({"action_find_path": raising})
    await answered(parts)
    await crisis_is_answered(parts)
    await answered(parts, "hello there", "smalltalk")


async def test_an_action_that_hangs_gives_the_floor_answer(put_together):
    async def hanging(dispatcher, tracker, domain):
        await asyncio.sleep(60)

    parts = put_together({"action_find_path": hanging})
    await answered(parts)
    await crisis_is_answered(parts)


async def test_an_action_that_blocks_its_thread_gives_the_floor_answer(put_together):
    async def blocking(dispatcher, tracker, domain):
        time.sleep(4)

    parts = put_together({"action_find_path": blocking})
    await answered(parts)
    await crisis_is_answered(parts)
    await answered(parts)


async def test_a_lost_database_is_survived(put_together, tmp_path):
    parts = put_together()
    await answered(parts, outcome="path")
    for path in tmp_path.glob("*.db*"):
        path.unlink()
    await answered(parts, outcome="path")
    await crisis_is_answered(parts)


async def test_a_locked_database_is_waited_for_and_nothing_is_lost(put_together, tmp_path):
    parts = put_together()
    name, _ = parts.conversations.begin()
    with sqlite3.connect(tmp_path / "conversations.db", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        started = time.monotonic()
        reply = await parts.conversations.turn(name, "my father died in Texas")
        assert time.monotonic() - started < SECONDS
        assert reply["outcome"] == "path"
        other.execute("COMMIT")
    await parts.conversations.turn(name, "what else")
    assert [turn["number"] for turn in parts.conversations.store.turns(name)] == [0, 1, 2]


async def test_a_data_folder_that_cannot_be_written_is_worked_without(put_together, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("a file where the folder should be")
    parts = put_together(data_dir=blocked / "data")
    await answered(parts, outcome="path")
    await crisis_is_answered(parts)


def test_content_that_cannot_be_read_is_an_error_when_there_is_no_good_compile(tmp_path):
    content = tmp_path / "content"
    shutil.copytree("knowledge/content", content)
    (content / "events" / "moving.yml").write_bytes(b"\xff\xfe\x00 not text")
    with pytest.raises(ContentError, match=r"events/moving\.yml:1"):
        assemble(Settings(data_dir=tmp_path / "data"), content)


async def test_content_that_cannot_be_read_leaves_the_last_good_compile(models, tmp_path):
    content = tmp_path / "content"
    shutil.copytree("knowledge/content", content)
    settings = Settings(data_dir=tmp_path / "data", models_dir=models)
    assemble(settings, content).close()
    (content / "events" / "moving.yml").write_text("slug: [", encoding="utf-8")
    parts = assemble(settings, content)
    try:
        assert parts.base.event("moving").slug == "moving"
    finally:
        parts.close()


async def test_switched_off_it_names_a_person(models, tmp_path):
    """C08."""
    parts = assemble(Settings(data_dir=tmp_path, models_dir=models, enabled=False))
    try:
        name, _ = parts.conversations.begin()
        reply = await parts.conversations.turn(name, "my father died")
        assert reply["outcome"] == "floor"
        assert "844-872-4681" in " ".join(message["text"] for message in reply["messages"])
    finally:
        parts.close()


async def test_two_turns_at_once_in_one_conversation_do_not_wait_for_a_second(talking):
    name, _ = talking.conversations.begin()
    started = time.monotonic()
    await asyncio.gather(*(talking.conversations.turn(name, "passport") for _ in range(4)))
    assert time.monotonic() - started < SECONDS

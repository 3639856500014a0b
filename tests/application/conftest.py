"""The whole application, as a person meets it: a trained model, real SQLite, a real HTTP server."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from assistant.application import Parts, assemble, build
from assistant.engine import training
from assistant.engine.runtime import State
from assistant.settings import Settings
from assistant.web.keys import ENGINE

ROOT = Path(__file__).resolve().parents[2]


SMALL = ("support", "crisis", "out_of_scope", "other_topics", "person_facts", "places", "passport", "moving", "death_of_loved_one")


def small_project(folder: Path) -> Path:
    """Make a project in ``folder`` that trains in a quarter of the time: the files of three events and of what is no event."""
    for name in ("domain.yml", "config.yml", "endpoints.yml"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "nlu" / "dialogue", folder / "nlu" / "dialogue")
    for language in ("en", "es"):
        (folder / "nlu" / language).mkdir()
        for name in SMALL:
            path = ROOT / "nlu" / language / f"{name}.yml"
            if path.exists():
                shutil.copy(path, folder / "nlu" / language / path.name)
    return folder


@pytest.fixture(scope="session")
def models() -> Path:
    """The folder of a model that fits what is in the project now."""
    training.ensure(ROOT, ROOT / "models", lambda _: None)
    return ROOT / "models"


@pytest.fixture(scope="session")
def talking(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """The parts of the application with a model that is ready, shared by all tests that only talk."""
    parts = assemble(Settings(data_dir=tmp_path_factory.mktemp("talking"), models_dir=models, turn_seconds=5))
    parts.engine.start()
    assert parts.engine.wait(120) is State.READY, parts.engine.problem
    yield parts
    parts.close()


@pytest.fixture
async def client(models: Path, tmp_path: Path) -> AsyncIterator[TestClient]:
    """A client of a server of its own, ready."""
    app = build(Settings(data_dir=tmp_path, models_dir=models, turn_seconds=5))
    async with TestClient(TestServer(app)) as client:
        while app[ENGINE].state is State.STARTING:
            await asyncio.sleep(0.05)
        assert app[ENGINE].state is State.READY, app[ENGINE].problem
        yield client


class Person:
    """Somebody in a conversation."""

    def __init__(self, parts: Parts, language: str = "en") -> None:
        self.parts = parts
        self.name, self.reply = parts.conversations.begin(language, "api")

    async def say(self, text: str) -> dict:
        """Say something and return the reply."""
        self.reply = await self.parts.conversations.turn(self.name, text)
        return self.reply

    async def choose(self, label: str) -> dict:
        """Take the offered choice with this label and return the reply."""
        choice = next(choice["id"] for choice in self.reply["choices"] if choice["label"] == label)
        self.reply = await self.parts.conversations.turn(self.name, "", choice)
        return self.reply

    def steps(self) -> list[str]:
        """Return the ids of the steps on show."""
        return [step["id"] for step in self.reply["path"]["steps"]]

    def text(self) -> str:
        """Return all bubbles of the last reply."""
        return "\n".join(message["text"] for message in self.reply["messages"])


@pytest.fixture
def person(talking: Parts) -> Person:
    """A person who speaks English."""
    return Person(talking)


@pytest.fixture
def persona(talking: Parts) -> Person:
    """A person who speaks Spanish."""
    return Person(talking, "es")

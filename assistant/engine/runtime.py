"""The engine: a Rasa agent in a thread of its own, so that nothing it does can hold up the rest of the application."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import logging
import threading
from collections.abc import Callable, Coroutine
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from actions.rendering.reply import Reply
from assistant.engine import lean, model_file
from assistant.errors import ModelError
from knowledge.store import KnowledgeBase

log = logging.getLogger(__name__)
Result = TypeVar("Result")


class State(Enum):
    """What the engine is able to do."""

    STARTING = "starting"
    READY = "ready"
    BROKEN = "broken"


class Engine:
    """Answer messages with Rasa. ``turn`` never raises: without an answer in time it returns None."""

    def __init__(
        self, model: Path, base: KnowledgeBase, conversations_url: str, seconds: float = 1.5, actions: dict[str, Any] | None = None
    ) -> None:
        """Keep what is needed to load ``model``; ``actions`` run in place of ours of the same name."""
        self.state = State.STARTING
        self.problem = ""
        self._model, self._base, self._url, self._seconds = model, base, conversations_url, seconds
        self._actions = actions or {}
        self._agent: Any = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._loaded = threading.Event()

    def start(self, prepare: Callable[[], None] | None = None) -> None:
        """Start loading the model, after ``prepare`` (which may train it); the state says when it is ready."""
        self._prepare = prepare
        self._thread.start()

    def wait(self, seconds: float | None = None) -> State:
        """Wait until the model is loaded, or cannot be, and return the state."""
        self._loaded.wait(seconds)
        return self.state

    def stop(self) -> None:
        """End the thread."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(2)

    async def turn(self, conversation: str, text: str, metadata: dict[str, Any]) -> Reply | None:
        """Return the reply to ``text``, None when Rasa gave none in time."""
        if self.state is not State.READY:
            return None
        return await self._in_thread(self._turn(conversation, text, metadata), self._seconds)

    def forget(self, conversation: str) -> None:
        """Drop what is kept of ``conversation`` in memory; its stored events are the conversation store's to delete."""
        if self._agent is not None:
            self._loop.call_soon_threadsafe(self._store.forget, conversation)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            if self._prepare:
                self._prepare()
            self._load()
            self.state = State.READY
        except Exception as error:
            self.state, self.problem = State.BROKEN, str(error) or type(error).__name__
            log.error("the model cannot be used, answering by search: %s", self.problem, exc_info=not isinstance(error, ModelError))
        finally:
            self._loaded.set()
        self._loop.run_forever()

    def _load(self) -> None:
        model_file.check(self._model)
        lean.install()
        lean.quiet()
        import rasa.core.processor
        from rasa.core.agent import Agent

        from assistant.engine.in_process import InProcessActions, compile_validator, executor_for
        from assistant.engine.lock_store import WakingLockStore
        from assistant.engine.runner import InOrderRunner
        from assistant.engine.tracker_store import SqlTrackerStore

        rasa.core.processor.DaskGraphRunner = InOrderRunner
        compile_validator()
        executor = executor_for(self._base)
        executor.actions.update(self._actions)
        endpoint = InProcessActions(executor, self._seconds)
        store = SqlTrackerStore(url=self._url)
        self._agent = Agent.load(self._model, tracker_store=store, lock_store=WakingLockStore(), action_endpoint=endpoint)
        # Facts are listed in knowledge/, not in the domain: Rasa need not warn of each entity.
        self._agent.processor._check_for_unseen_features = lambda parse_data: None
        self._store = store
        self._loop.run_until_complete(self._warm_up())
        _give_memory_back()

    async def _warm_up(self) -> None:
        for text in ("hello", "my father died", "necesito un pasaporte"):
            await self._agent.parse_message(text)

    async def _turn(self, conversation: str, text: str, metadata: dict[str, Any]) -> Reply | None:
        from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

        channel = CollectingOutputChannel()
        try:
            await self._agent.handle_message(UserMessage(text, channel, sender_id=conversation, metadata=metadata))
        except Exception:
            self._store.forget(conversation)
            log.exception("a turn failed")
        for message in channel.messages:
            if "custom" in message:
                return Reply.from_json(message["custom"])
        return None

    async def _in_thread(self, work: Coroutine[Any, Any, Result], seconds: float) -> Result | None:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), seconds)
        except TimeoutError:
            log.error("Rasa gave no answer within %.1f seconds", seconds)
        except Exception:
            log.exception("Rasa failed")
        return None


def _give_memory_back() -> None:
    """Return what loading needed and nothing uses any more to the system, where the C library can (glibc)."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)

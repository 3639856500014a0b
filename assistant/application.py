"""The one place that wires the application together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from assistant.conversation.conversations import Conversations
from assistant.conversation.crisis import CrisisScreen
from assistant.conversation.floor import FloorAnswers
from assistant.conversation.stages import Stages
from assistant.conversation.store import ConversationStore
from assistant.engine import model_file
from assistant.engine.runtime import Engine
from assistant.settings import Settings
from assistant.web import api, page
from assistant.web.keys import CONVERSATIONS, ENGINE, KNOWLEDGE, SETTINGS
from assistant.web.problems import answer_with_problems
from knowledge.content import CONTENT
from knowledge.crisis import load_crisis
from knowledge.store import KnowledgeBase, open_knowledge

log = logging.getLogger(__name__)
LARGEST_REQUEST = 16 * 1024
_PURGE_SECONDS = 3600.0
PERSON = "usagov_contact_center"


@dataclass(frozen=True)
class Parts:
    """What an application is made of; the command line uses them without a web server."""

    settings: Settings
    base: KnowledgeBase
    engine: Engine
    conversations: Conversations

    def close(self) -> None:
        """Stop the engine and close the databases."""
        self.engine.stop()
        self.conversations.store.close()
        self.base.close()


def assemble(settings: Settings, content: Path = CONTENT, actions: dict[str, Any] | None = None) -> Parts:
    """Return the parts, the engine not yet started; ``actions`` run in place of ours of the same name.

    Raises KnowledgeError when there is nothing good to answer from.
    """
    base = open_knowledge(settings.data_dir, content)
    base.warm()
    url = _writable(settings)
    engine = Engine(model_file.path_in(settings.models_dir), base, url, settings.turn_seconds, actions)
    crisis = load_crisis(content)
    line = {language: crisis["crisis_self_harm"].messages[language][0] for language in ("en", "es")}
    spoken = {language: crisis["crisis_self_harm"].speech[language] for language in ("en", "es")}
    floor = FloorAnswers(base, base.service(PERSON), line, spoken)
    stages = Stages(CrisisScreen(), crisis, engine, floor, settings.most_typed)
    return Parts(settings, base, engine, Conversations(stages, ConversationStore(url), settings.enabled))


def build(settings: Settings, prepare: Callable[[], None] | None = None, content: Path = CONTENT) -> web.Application:
    """Return the web application; the engine starts with it, after ``prepare`` (which may train the model)."""
    parts = assemble(settings, content)
    app = web.Application(middlewares=[answer_with_problems], client_max_size=LARGEST_REQUEST)
    app[SETTINGS], app[KNOWLEDGE], app[ENGINE], app[CONVERSATIONS] = settings, parts.base, parts.engine, parts.conversations
    app.add_routes(api.routes)
    app.add_routes(page.routes)

    async def run(app: web.Application) -> AsyncIterator[None]:
        parts.engine.start(prepare)
        purge = asyncio.create_task(_purge_now_and_then(parts.conversations, settings.keep_days))
        yield
        purge.cancel()
        with suppress(asyncio.CancelledError):
            await purge
        parts.close()

    app.cleanup_ctx.append(run)
    return app


async def _purge_now_and_then(conversations: Conversations, keep_days: int) -> None:
    while True:
        try:
            await conversations.purge(keep_days)
        except Exception as error:
            log.warning("old conversations could not be deleted (%s); tried again in an hour", error)
        await asyncio.sleep(_PURGE_SECONDS)


def _writable(settings: Settings) -> str:
    """Return the URL of the conversations' database; one in memory when the data folder cannot be written."""
    if settings.database_url:
        return settings.database_url
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        probe = settings.data_dir / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        log.warning("the folder %s cannot be written (%s): conversations are kept in memory only", settings.data_dir, error.strerror)
        return "sqlite:///file:conversations?mode=memory&cache=shared&uri=true"
    return settings.conversations_url

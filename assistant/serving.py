"""Serve the application: one process, or several that share a port."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import signal
import socket
import sys

from aiohttp import web

from assistant.application import build
from assistant.engine import training
from assistant.engine.runtime import State
from assistant.errors import AssistantError, TrainingFailed
from assistant.settings import Settings
from assistant.web.keys import ENGINE

log = logging.getLogger(__name__)


def progress(text: str) -> None:
    """Print one line of progress on stderr."""
    print(text, file=sys.stderr, flush=True)


def run(settings: Settings, workers: int = 1) -> None:
    """Serve until the process is told to stop. Raises AssistantError when the port cannot be had."""
    listening = _listen(settings.host, settings.port)
    host, port = listening.getsockname()[:2]
    progress(f"the front door is open: http://{host}:{port}/ (stop it with Ctrl+C)")
    if workers == 1:
        asyncio.run(_serve(settings, listening, train=True))
        return
    try:
        training.ensure(settings.root, settings.models_dir, progress)
    except TrainingFailed as error:
        log.error("the model could not be trained, answering by search: %s", error)
    children = [multiprocessing.get_context("fork").Process(target=_child, args=(settings, listening)) for _ in range(workers)]
    for child in children:
        child.start()

    def stop(*_: object) -> None:
        for child in children:
            child.terminate()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    for child in children:
        child.join()


def _child(settings: Settings, listening: socket.socket) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    asyncio.run(_serve(settings, listening, train=False))


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise AssistantError(f"{host}:{port} cannot be used ({error.strerror}): choose another port with --port") from error
    listening.listen(128)
    listening.setblocking(False)
    return listening


async def _serve(settings: Settings, listening: socket.socket, train: bool) -> None:
    def prepare() -> None:
        training.ensure(settings.root, settings.models_dir, progress)

    app = build(settings, prepare if train else None)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    tell = asyncio.create_task(_tell_when_ready(app))
    await stop.wait()
    tell.cancel()
    await runner.cleanup()


async def _tell_when_ready(app: web.Application) -> None:
    engine = app[ENGINE]
    while engine.state is State.STARTING:
        await asyncio.sleep(0.1)
    progress("ready" if engine.state is State.READY else f"answering by search only: {engine.problem}")

"""The two sides that benchmarks/turn.py compares: how each is started, asked, watched and stopped. Loopback only."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from turn_questions import Dialogue, Question

ROOT = Path(__file__).resolve().parent.parent
STOCK = ROOT / "benchmarks" / "stock"
STOCK_PYTHON = STOCK / ".venv" / "bin" / "python"
INSTALL_STOCK = "uv sync --project benchmarks/stock"
LOOPBACK = "127.0.0.1"
_START_SECONDS = 240.0
_STOP_SECONDS = 10.0
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class BenchmarkError(Exception):
    """The measurement cannot go on; the message says what to do."""


@dataclass(frozen=True)
class Answer:
    """What one side replied."""

    outcome: str | None
    event: str | None
    text: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said."""
        return not self.text.strip()


class Program:
    """A process, with its children, in a session of its own; its output goes to a file."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], folder: Path) -> None:
        self.name, self.log = name, folder / f"{name.replace(' ', '-')}.log"
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=os.environ | environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def check(self) -> None:
        """Raise BenchmarkError when the process has ended."""
        if self._process.poll() is not None:
            raise BenchmarkError(f"{self.name} ended with code {self._process.returncode}; the end of what it said:\n{self.last_words()}")

    def last_words(self) -> str:
        """Return the last lines of its output."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])

    def stop(self) -> None:
        """End the process and its children."""
        for name, seconds in ((signal.SIGTERM, _STOP_SECONDS), (signal.SIGKILL, _STOP_SECONDS)):
            if self._process.poll() is not None and not _stats(self._process.pid):
                return
            try:
                os.killpg(self._process.pid, name)
            except ProcessLookupError:
                return
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue

    def rss_bytes(self) -> int:
        """Return the memory in use, with children."""
        return sum(int(fields[21]) for fields in _stats(self._process.pid)) * _PAGE

    def cpu_seconds(self) -> float:
        """Return the processor time used so far, with children."""
        return sum(int(fields[11]) + int(fields[12]) for fields in _stats(self._process.pid)) / _TICKS


def _stats(session: int) -> list[list[str]]:
    """Return the fields of /proc/PID/stat after the name, for each live process of ``session``."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(fields)
    return found


def machine_cpu_seconds() -> float:
    """Return the processor time that the whole machine has used since it was started."""
    user, nice, system, _, _, irq, softirq, steal = (int(word) for word in Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / _TICKS


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


class Side(ABC):
    """A server with all its processes."""

    name = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True)
        self.programs: list[Program] = []
        self.ready_s = 0.0

    async def start(self) -> None:
        """Start the processes and wait for the first answered turn."""
        begun = time.perf_counter()
        self.launch()
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(60)) as http:
            while not await self.answers(http):
                for program in self.programs:
                    program.check()
                self.ready_s = time.perf_counter() - begun
                if self.ready_s > _START_SECONDS:
                    words = "\n".join(program.last_words() for program in self.programs)
                    raise BenchmarkError(f"{self.name}: no answer within {_START_SECONDS:.0f} s; the end of what was said:\n{words}")
                await asyncio.sleep(0.1)
        self.ready_s = time.perf_counter() - begun

    def stop(self) -> None:
        """End the processes."""
        for program in self.programs:
            program.stop()

    def rss_mb(self) -> float:
        """Return the memory of all processes, in MB."""
        return sum(program.rss_bytes() for program in self.programs) / 1e6

    def cpu_seconds(self) -> float:
        """Return the processor time of all processes."""
        return sum(program.cpu_seconds() for program in self.programs)

    @abstractmethod
    def launch(self) -> None:
        """Start the processes."""

    @abstractmethod
    async def answers(self, http: aiohttp.ClientSession) -> bool:
        """Return whether a turn is answered by the model."""

    @abstractmethod
    async def begin(self, http: aiohttp.ClientSession, dialogue: Dialogue) -> str:
        """Return the id of a new conversation."""

    @abstractmethod
    async def ask(self, http: aiohttp.ClientSession, conversation: str, question: Question) -> Answer:
        """Return the answer to a question."""


class Ours(Side):
    """`assistant serve`: one process."""

    name = "ours"

    def __init__(self, folder: Path, models: Path) -> None:
        super().__init__(folder)
        self._models, self._port = models, free_port()
        self._url = f"http://{LOOPBACK}:{self._port}"

    def launch(self) -> None:
        """Start the server with databases of its own."""
        command = [sys.executable, "-m", "assistant", "serve", "--host", LOOPBACK, "--port", str(self._port)]
        self.programs.append(Program("assistant serve", command, environment(self.folder, self._models), self.folder))

    async def answers(self, http: aiohttp.ClientSession) -> bool:
        """Return whether the model is loaded and a turn was answered."""
        try:
            async with http.get(f"{self._url}/readyz") as response:
                if response.status != 200:
                    return False
        except aiohttp.ClientError:
            return False
        if "training the model" in self.programs[0].log.read_text(errors="replace"):
            raise BenchmarkError("what the model is trained on changed during the run: run it again")
        question = Question("my father died", {})
        answer = await self.ask(http, await self.begin(http, Dialogue(0, "en", (question,))), question)
        return not answer.is_empty and answer.outcome != "floor"

    async def begin(self, http: aiohttp.ClientSession, dialogue: Dialogue) -> str:
        """Return the id of a new conversation."""
        async with http.post(f"{self._url}/api/conversations", json={"language": dialogue.language, "channel": "api"}) as response:
            data = await _json(response, 201)
        return str(data["id"])

    async def ask(self, http: aiohttp.ClientSession, conversation: str, question: Question) -> Answer:
        """Return the answer to a question."""
        async with http.post(f"{self._url}/api/conversations/{conversation}/turns", json={"text": question.text}) as response:
            reply = (await _json(response, 200))["reply"]
        return Answer(reply["outcome"], reply["event"], " ".join(message["text"] for message in reply["messages"]))


class Stock(Side):
    """`rasa run` with Rasa's own SQL tracker store, and rasa-sdk's action server."""

    name = "stock"

    def __init__(self, folder: Path, models: Path) -> None:
        super().__init__(folder)
        self._model = models / "front-door.tar.gz"
        self._models, self._port, self._actions_port = models, free_port(), free_port()
        self._count = 0

    def launch(self) -> None:
        """Start both servers at once."""
        endpoints = self.folder / "endpoints.yml"
        endpoints.write_text(
            f'action_endpoint:\n  url: "http://{LOOPBACK}:{self._actions_port}/webhook"\n'
            f'tracker_store:\n  type: SQL\n  dialect: sqlite\n  db: "{self.folder / "rasa.db"}"\n'
        )
        variables = environment(self.folder, self._models) | {
            "SANIC_HOST": LOOPBACK,
            "TF_CPP_MIN_LOG_LEVEL": "2",
            "CUDA_VISIBLE_DEVICES": "",
        }
        actions = [sys.executable, str(STOCK / "action_server.py"), "--actions", "actions", "--port", str(self._actions_port)]
        self.programs.append(Program("action server", actions, variables, self.folder))
        server = [str(STOCK_PYTHON), "-m", "rasa", "run", "--enable-api", "--interface", LOOPBACK, "--port", str(self._port)]
        server += ["--model", str(self._model), "--endpoints", str(endpoints), "--credentials", str(ROOT / "credentials.yml")]
        self.programs.append(Program("rasa run", server, variables, self.folder))

    async def answers(self, http: aiohttp.ClientSession) -> bool:
        """Return whether both servers answer a turn."""
        question = Question("my father died", {"language": "en", "channel": "api"})
        try:
            answer = await self.ask(http, await self.begin(http, Dialogue(0, "en", (question,))), question)
        except aiohttp.ClientConnectionError:
            return False
        return not answer.is_empty

    async def begin(self, http: aiohttp.ClientSession, dialogue: Dialogue) -> str:
        """Return the id of a new conversation."""
        self._count += 1
        return f"benchmark-{dialogue.number}-{self._count}"

    async def ask(self, http: aiohttp.ClientSession, conversation: str, question: Question) -> Answer:
        """Return the answer to a question."""
        body = {"sender": conversation, "message": question.text, "metadata": question.metadata}
        async with http.post(f"http://{LOOPBACK}:{self._port}/webhooks/rest/webhook", json=body) as response:
            messages: list[dict[str, Any]] = await _json(response, 200)
        custom = next((message["custom"] for message in messages if "custom" in message), {})
        return Answer(custom.get("outcome"), custom.get("event"), " ".join(message.get("text", "") for message in messages))


def environment(data_dir: Path, models: Path) -> dict[str, str]:
    """Return the environment variables that both sides share."""
    return {
        "PYTHONPATH": str(ROOT),
        "ASSISTANT_ROOT": str(ROOT),
        "ASSISTANT_DATA_DIR": str(data_dir),
        "ASSISTANT_MODELS_DIR": str(models),
        "RASA_TELEMETRY_ENABLED": "false",
    }


async def _json(response: aiohttp.ClientResponse, expected: int) -> Any:
    body = await response.read()
    if response.status != expected:
        raise BenchmarkError(f"{response.url} answered {response.status}: {body[:300].decode(errors='replace')}")
    return json.loads(body)

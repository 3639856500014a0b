"""Measure a turn of ours against stock Rasa 3.6.21: the same trained model, the same questions, in one run on one machine.

Ours is `assistant serve`, asked through POST /api/conversations/{id}/turns. Stock is `rasa run --enable-api` in an environment of its own
(benchmarks/stock), asked through POST /webhooks/rest/webhook, with Rasa's own SQL tracker store and rasa-sdk's action server. Both keep
conversations in SQLite files. The sides take turns, block by block. docs/benchmarks.md says what is compared and what is not.

    uv run python benchmarks/turn.py [--json] [--turns N] [--skip-stock]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from turn_questions import TURNS, Dialogue, dialogues
from turn_servers import (
    INSTALL_STOCK,
    ROOT,
    STOCK,
    STOCK_PYTHON,
    Answer,
    BenchmarkError,
    Ours,
    Side,
    Stock,
    environment,
    machine_cpu_seconds,
)

from knowledge.store import open_knowledge

CALLERS = (1, 16)
_WARM_UP = 16
"""Dialogues that each side answers before anything is measured."""
_BLOCKS = 8
_SHOWN = 5


@dataclass
class Figures:
    """What was measured of one side with a number of callers."""

    times_ms: list[float] = field(default_factory=list)
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    rss_mb: float = 0.0
    answers: dict[tuple[int, int], Answer] = field(default_factory=dict)
    """Answers by dialogue and turn."""

    def as_json(self, ready_s: float) -> dict[str, float]:
        """Return the figures: milliseconds, turns a second, megabytes, seconds."""
        ordered = sorted(self.times_ms)
        return {
            "p50_ms": round(statistics.median(ordered), 2),
            "p99_ms": round(ordered[math.ceil(0.99 * len(ordered)) - 1], 2),
            "turns_per_s": round(len(ordered) / self.seconds, 2),
            "cpu_ms": round(1000 * self.cpu_seconds / len(ordered), 2),
            "rss_mb": round(self.rss_mb, 1),
            "ready_s": round(ready_s, 2),
        }


def main() -> int:
    """Run the measurement and print what it found; return the exit code."""
    parser = argparse.ArgumentParser(description="Measure a turn of ours against stock Rasa with the same model.")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    parser.add_argument("--turns", type=int, default=640, metavar="N", help="turns measured on each side, with 1 caller and with 16 (640)")
    parser.add_argument("--skip-stock", action="store_true", help="measure ours alone")
    options = parser.parse_args()
    if options.turns < TURNS:
        parser.error(f"--turns must be at least {TURNS}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if not options.skip_stock:
            _check_stock()
        with _folder() as folder:
            report = asyncio.run(_measure(_prepare(folder, not options.skip_stock), options.turns))
    except BenchmarkError as error:
        print(f"benchmarks/turn.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(json.dumps(report, indent=2) if options.json else _table(report))
    if report["replies"]["empty"]:
        print(f"benchmarks/turn.py: {report['replies']['empty']} replies were empty", file=sys.stderr)
        return 1
    return 0


def _check_stock() -> None:
    """Raise BenchmarkError when stock Rasa is not installed."""
    packages = STOCK / ".venv" / "lib" / "python3.11" / "site-packages"
    if not STOCK_PYTHON.exists() or not all((packages / name).is_dir() for name in ("rasa", "tensorflow")):
        raise BenchmarkError(
            f"stock Rasa is not installed. Install it (3 GB, Linux on x86_64): {INSTALL_STOCK}\n"
            "Or measure ours alone: uv run python benchmarks/turn.py --skip-stock"
        )


def _prepare(folder: Path, with_stock: bool) -> list[Side]:
    """Return the sides, not yet started, with the model trained and the knowledge base compiled for each."""
    models = _model(folder)
    sides: list[Side] = [Ours(folder / "ours", models)]
    if with_stock:
        sides.append(Stock(folder / "stock", models))
        _say("reading the files of stock Rasa once, so that both sides start from memory")
        subprocess.run([str(STOCK_PYTHON), "-W", "ignore", "-c", "import rasa.core.agent"], cwd=ROOT, capture_output=True, timeout=300)
    for side in sides:
        open_knowledge(side.folder).close()
    return sides


async def _measure(sides: Sequence[Side], turns: int) -> dict[str, Any]:
    asked = dialogues(ROOT / "tests" / "sentences", math.ceil(turns / TURNS) + _WARM_UP)
    with ExitStack() as stack:
        for side in sides:
            stack.callback(side.stop)
            await side.start()
            _say(f"{side.name} is ready after {side.ready_s:.1f} s")
        for side in sides:
            await _drive(side, asked[:_WARM_UP], 4, Figures())
        begun, used = time.perf_counter(), _used_by_others(sides)
        figures = {callers: await _take_turns(sides, asked[_WARM_UP:], callers) for callers in CALLERS}
        others = (_used_by_others(sides) - used) / (time.perf_counter() - begun) / (os.cpu_count() or 1)
    return _report(sides, figures, others)


def _used_by_others(sides: Sequence[Side]) -> float:
    """Return the processor seconds used by everything on this machine but this benchmark."""
    return machine_cpu_seconds() - sum(side.cpu_seconds() for side in sides) - time.process_time()


async def _take_turns(sides: Sequence[Side], asked: list[Dialogue], callers: int) -> dict[str, Figures]:
    """Let the sides answer block after block, each first as often as the other."""
    found = {side.name: Figures() for side in sides}
    count = max(1, min(_BLOCKS, len(asked) // (2 * callers)))
    size = math.ceil(len(asked) / count)
    for number, start in enumerate(range(0, len(asked), size)):
        for side in sides if number % 2 == 0 else reversed(sides):
            await _drive(side, asked[start : start + size], callers, found[side.name])
    for side in sides:
        found[side.name].rss_mb = side.rss_mb()
        _say(f"{side.name}, {callers} at once: {len(found[side.name].times_ms)} turns in {found[side.name].seconds:.1f} s")
    return found


async def _drive(side: Side, asked: Sequence[Dialogue], callers: int, figures: Figures) -> None:
    """Have ``callers`` people at once go through the dialogues, each its own conversation."""
    waiting = deque(asked)
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout) as http:

        async def caller() -> None:
            while waiting:
                dialogue = waiting.popleft()
                conversation = await side.begin(http, dialogue)
                for number, question in enumerate(dialogue.questions):
                    asked_at = time.perf_counter()
                    answer = await side.ask(http, conversation, question)
                    figures.times_ms.append(1000 * (time.perf_counter() - asked_at))
                    figures.answers[dialogue.number, number] = answer

        begun, cpu = time.perf_counter(), side.cpu_seconds()
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(callers):
                    group.create_task(caller())
        except* (aiohttp.ClientError, TimeoutError) as errors:
            for program in side.programs:
                program.check()
            raise BenchmarkError(f"{side.name} stopped answering: {errors.exceptions[0]!r}\n{side.programs[-1].last_words()}") from errors
        figures.seconds += time.perf_counter() - begun
        figures.cpu_seconds += side.cpu_seconds() - cpu


def _report(sides: Sequence[Side], figures: dict[int, dict[str, Figures]], others: float) -> dict[str, Any]:
    by_callers: dict[str, dict[str, Any]] = {}
    for callers, found in figures.items():
        rows = {side.name: found[side.name].as_json(side.ready_s) for side in sides}
        ours, stock = rows["ours"], rows.get("stock")
        ratio = {name: round(ours[name] / stock[name], 4) for name in ours} if stock else None
        by_callers[str(callers)] = {"ours": ours, "stock": stock, "ratio": ratio}
    return by_callers["1"] | {
        "at_16": by_callers["16"],
        "callers": by_callers,
        "ratio_is": "ours / stock",
        "replies": _replies(figures),
        "turns": {str(callers): len(found["ours"].times_ms) for callers, found in figures.items()},
        "machine": {
            "cpus": os.cpu_count(),
            "python": platform.python_version(),
            "system": platform.platform(),
            "used_by_others": round(others, 3),
        },
    }


def _replies(figures: dict[int, dict[str, Figures]]) -> dict[str, Any]:
    """Return how many replies were empty or the floor answer, and how many of both sides agree in outcome and event."""
    every = [answer for found in figures.values() for side in found.values() for answer in side.answers.values()]
    pairs = [
        (callers, place, answer, found["stock"].answers[place])
        for callers, found in figures.items()
        if "stock" in found
        for place, answer in found["ours"].answers.items()
    ]
    apart = [
        {
            "callers": callers,
            "dialogue": place[0],
            "turn": place[1],
            "ours": [one.outcome, one.event],
            "stock": [other.outcome, other.event],
        }
        for callers, place, one, other in pairs
        if (one.outcome, one.event) != (other.outcome, other.event)
    ]
    return {
        "all": len(every),
        "empty": sum(answer.is_empty for answer in every),
        "floor": sum(answer.outcome == "floor" for answer in every),
        "compared": len(pairs),
        "agree": len(pairs) - len(apart),
        "differ": apart[:_SHOWN],
    }


def _table(report: dict[str, Any]) -> str:
    lines = [f"{'':<24}{'ours':>10}{'stock':>10}{'ours/stock':>12}"]
    for callers, rows in report["callers"].items():
        lines.append(f"{callers} at once")
        for name, ours in rows["ours"].items():
            stock = f"{rows['stock'][name]:>10}{rows['ratio'][name]:>12.3f}" if rows["stock"] else ""
            lines.append(f"  {name:<22}{ours:>10}{stock}")
    said = report["replies"]
    lines.append(f"{said['all']} replies: {said['empty']} empty, {said['floor']} floor answers")
    if said["compared"]:
        lines.append(f"{said['agree']} of {said['compared']} replies have the same outcome and event on both sides")
        lines += [f"  differs: {row}" for row in said["differ"]]
    lines.append(f"other programs used {100 * report['machine']['used_by_others']:.0f} % of this machine meanwhile")
    return "\n".join(lines)


def _model(folder: Path) -> Path:
    """Return a folder that holds the current model; it is trained when the project's own is not current."""
    models = folder / "models"
    models.mkdir()
    for path in (ROOT / "models").glob("front-door.tar.gz*"):
        shutil.copy2(path, models)
    command = [sys.executable, "-m", "assistant", "train", "--if-needed"]
    _say("making sure that the model is up to date")
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environment(folder, models), capture_output=True, text=True, timeout=900)
    if done.returncode != 0:
        raise BenchmarkError(f"the model could not be trained:\n{done.stderr[-2000:]}")
    return models


@contextmanager
def _folder() -> Iterator[Path]:
    """Give a folder on the project's own disk, for databases and logs, and remove it in the end."""
    results = ROOT / "results"
    results.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="turn-", dir=results) as name:
        yield Path(name)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())

"""Measure the knowledge base as it grows: 1,000, 100,000 and 1,000,000 services, in SQLite and in PostgreSQL.

For each size: how long the compile takes, how large the database is, how long a path takes that nobody asked for before (and one that
somebody did), how long a search takes, and how much memory the process that answers needs. The services and events are made of the
shipped ones, with other names; each event has ten steps, as large ones have.

    uv run python benchmarks/knowledge.py [--sizes 1000,100000,1000000] [--databases sqlite,postgresql] [--json]

PostgreSQL is started for the run in a temporary folder, where initdb and postgres are installed; else it is left out.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this file has the name of the package that it measures

from knowledge.compile import fill
from knowledge.content import Content, load
from knowledge.database import open_engine, url_of
from knowledge.schema import Event, Service
from knowledge.search import find
from knowledge.store import KnowledgeBase
from knowledge.task_path import find_path

STEPS = 10
ASKED = 400
TODAY = dt.date(2026, 11, 23)
Entry = TypeVar("Entry")


class Made(Mapping[str, Entry]):
    """Entries that are made when they are asked for, so that a million of them need no memory."""

    def __init__(self, size: int, prefix: str, make: Any) -> None:
        self._size, self._prefix, self._make = size, prefix, make

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[str]:
        return (f"{self._prefix}{number}" for number in range(self._size))

    def __getitem__(self, name: str) -> Entry:
        made: Entry = self._make(int(name.removeprefix(self._prefix)))
        return made


def catalogue(size: int) -> Content:
    """Return a content of ``size`` services and a tenth as many events, made of the shipped ones."""
    real = load()
    services = [service for service in real.services.values() if not service.state_program]
    events = sorted(real.events.values(), key=lambda event: -len(event.steps))[:12]

    def service(number: int) -> Service:
        kind = services[number % len(services)]
        name = kind.name.model_copy(update={"en": f"{kind.name.en} {number}", "es": f"{kind.name.es} {number}"})
        return kind.model_copy(update={"id": f"service{number}", "name": name})

    def event(number: int) -> Event:
        kind = events[number % len(events)]
        steps = [
            step.model_copy(update={"service": f"service{(number * STEPS + place) % size}", "after": [], "replaces": []})
            for place, step in enumerate(kind.steps[:STEPS])
        ]
        title = kind.title.model_copy(update={"en": f"{kind.title.en} {number}", "es": f"{kind.title.es} {number}"})
        return kind.model_copy(update={"slug": f"event{number}", "title": title, "steps": steps, "next_events": []})

    made: Any = (Made(size, "service", service), Made(max(1, size // STEPS), "event", event))
    return Content(real.agencies, real.facts, made[0], real.states, made[1])


def measure(url: str, size: int, content: Content) -> dict[str, Any]:
    """Compile ``content`` into the database at ``url`` and return what was measured; times in milliseconds."""
    started = time.perf_counter()
    engine = open_engine(url)
    fill(engine, content, f"benchmark {size}")
    compiled = time.perf_counter() - started
    engine.dispose()
    # another process answers, so that its memory is not that of the compile
    asked = subprocess.run(
        [sys.executable, __file__, "--answer", url, "--sizes", str(size)], capture_output=True, text=True, check=True, env=os.environ
    )
    return {"services": size, "compile_s": round(compiled, 1), **json.loads(asked.stdout)}


def answer(url: str, size: int) -> dict[str, Any]:
    """Return how long paths and searches take in a process that read nothing before, and its memory in MB."""
    base, chance = KnowledgeBase(open_engine(url)), random.Random(size)
    events = max(1, size // STEPS)
    numbers = [chance.randrange(events) for _ in range(ASKED)]
    facts = [{"state": chance.choice(["TX", "PR", "OH"]), "age": chance.randrange(18, 90)} for _ in numbers]
    find_path(base, "event0", {}, "en", TODAY)
    first = []
    for number, known in zip(numbers, facts, strict=True):
        base.forget()
        base.facts()
        first.append(timed(partial(find_path, base, f"event{number}", known, "en", TODAY)))
    for number, known in zip(numbers, facts, strict=True):
        find_path(base, f"event{number}", known, "en", TODAY)
    again = [timed(partial(find_path, base, f"event{number}", known, "en", TODAY)) for number, known in zip(numbers, facts, strict=True)]
    queries = ["replace a lost passport", "funeral", "help with rent", f"widow pension {numbers[0]}", "vaccines for my child", "farm loan"]
    found = [timed(partial(find, base, query, "en")) for query in queries * 10]
    return {
        "path_ms": round(statistics.median(first), 3),
        "path_p99_ms": round(statistics.quantiles(first, n=100)[98], 3),
        "path_again_ms": round(statistics.median(again), 4),
        "search_ms": round(statistics.median(found), 2),
        "memory_mb": round(resident()),
    }


def timed(run: Any) -> float:
    """Return the milliseconds that ``run`` takes."""
    started = time.perf_counter()
    run()
    return (time.perf_counter() - started) * 1000


def resident() -> float:
    """Return the memory of this process in MB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """Start a PostgreSQL server in ``folder`` for one run; yield the URL of an empty database."""
    programs = Path(os.path.realpath(shutil.which("postgres") or "")).parent
    as_user = [] if os.getuid() else ["runuser", "-u", "postgres", "--"]
    if not os.getuid():
        shutil.chown(folder, "postgres")
        folder.chmod(0o755)
    data, port = folder / "data", "54329"
    subprocess.run([*as_user, str(programs / "initdb"), "-D", str(data), "-U", "bench", "-A", "trust"], check=True, capture_output=True)
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c shared_buffers=256MB -c max_wal_size=4GB"
    control = [*as_user, str(programs / "pg_ctl"), "-D", str(data), "-w"]
    subprocess.run([*control, "-o", options, "-l", str(folder / "log"), "start"], check=True, capture_output=True)
    try:
        subprocess.run(
            [str(programs / "createdb"), "-h", "127.0.0.1", "-p", port, "-U", "bench", "knowledge"], check=True, capture_output=True
        )
        yield f"postgresql+psycopg2://bench@127.0.0.1:{port}/knowledge"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, capture_output=True)


def main() -> None:
    """Run the benchmark and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sizes", default="1000,100000,1000000")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--answer", help=argparse.SUPPRESS)
    given = parser.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]
    if given.answer:
        print(json.dumps(answer(given.answer, sizes[0])))
        return
    results = []
    for database in given.databases.split(","):
        if database == "postgresql" and not shutil.which("postgres"):
            print("postgres is not installed: left out", file=sys.stderr)
            continue
        for size in sizes:
            with tempfile.TemporaryDirectory() as folder:
                content = catalogue(size)
                if database == "sqlite":
                    path = Path(folder) / "knowledge.db"
                    found = measure(url_of(path), size, content)
                    found["database_mb"] = round(path.stat().st_size / 1e6)
                else:
                    with postgresql(Path(folder)) as url:
                        found = measure(url, size, content)
            results.append({"database": database, **found})
            print(results[-1], file=sys.stderr)
    for database in {entry["database"] for entry in results}:
        same = [entry for entry in results if entry["database"] == database]
        ratio = same[-1]["path_ms"] / same[0]["path_ms"]
        print(f"{database}: a path at {same[-1]['services']:,} services takes {ratio:.2f} times what it takes at {same[0]['services']:,}")
    if given.json:
        print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()

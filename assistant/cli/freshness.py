"""knowledge freshness: are the links alive, is a review due."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli import console
from assistant.freshness.checker import Checker, Manners
from assistant.freshness.run import findings, run
from knowledge.compile import MIGRATIONS
from knowledge.content import load
from knowledge.database import migrate, open_engine, url_of
from knowledge.links import Link
from knowledge.store import open_knowledge


def freshness(
    host: Annotated[list[str] | None, typer.Option("--host", help="Only links of this site. Can be given several times.")] = None,
    hours: Annotated[float, typer.Option("--hours", min=0, help="Leave alone what was looked at within so many hours.")] = 20.0,
    days: Annotated[int, typer.Option("--days", min=0, help="Also list what must be reviewed within so many days.")] = 30,
    delay: Annotated[float, typer.Option("--delay", min=0.1, help="Seconds between two requests to one site.")] = 1.0,
    report_only: Annotated[bool, typer.Option("--report", help="Open no page: list what the last checks found.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    data_dir: Annotated[Path | None, typer.Option("--data-dir", help="Folder for the databases. Default: var in the project.")] = None,
) -> None:
    """Check the links and the review dates of the content.

    It can be stopped at any time and goes on where it was. Exit code 1 when something is to be mended.
    """
    settings = console.settings_with(data_dir)
    with console.told():
        content = load()
        open_knowledge(settings.data_dir).close()
        engine = open_engine(url_of(settings.data_dir / "knowledge.db"))
        migrate(engine, MIGRATIONS)
        if not report_only:
            checker = Checker(Manners(delay=delay))
            try:
                report = asyncio.run(run(engine, content, checker, dt.timedelta(hours=hours), host or (), _tell))
                print(f"{report.checked} links checked, {report.skipped} looked at before", file=sys.stderr)
            except KeyboardInterrupt:
                print("stopped; what was found is kept, and the next run goes on from here", file=sys.stderr)
        found = findings(engine, content, dt.date.today(), dt.timedelta(days=days))
        engine.dispose()
    if as_json:
        print(json.dumps([asdict(entry) for entry in found], ensure_ascii=False, indent=1))
    else:
        for entry in found:
            print(f"{entry.what}\n  {entry.why}\n  owner: {entry.owner}; used by {', '.join(entry.users)}")
    if found:
        raise typer.Exit(console.PROBLEM)


def _tell(done: int, total: int, link: Link) -> None:
    if link.state.value != "ok" or done % 25 == 0 or done == total:
        print(f"{done}/{total} {link.state.value:12} {link.url} {link.note}", file=sys.stderr)

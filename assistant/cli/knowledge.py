"""knowledge compile, show, paths, search and doubts; export and import stand in exchange."""

from __future__ import annotations

import datetime as dt
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from actions.rendering import text
from actions.rendering.phrases import phrases
from assistant.cli import console, exchange, freshness
from knowledge.compile import compile_into
from knowledge.content import load
from knowledge.database import url_of
from knowledge.doubts import with_places
from knowledge.search import services_path
from knowledge.situations import every_path, faults
from knowledge.store import KnowledgeBase, open_knowledge
from knowledge.task_path import find_path

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="What the assistant knows: compile it, look at it, search it.")
app.command("export")(exchange.export)
app.command("freshness")(freshness.freshness)
app.add_typer(exchange.importing, name="import")

Language = Annotated[console.Language, typer.Option("--language", help="The language of the words.")]
State = Annotated[
    str | None,
    typer.Option("--state", metavar="CODE", callback=console.state_code, help="Postal code of a state or territory, such as TX."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Folder for the databases. Default: var in the project.")]


@app.command("compile")
def compile_(data_dir: DataDir = None) -> None:
    """Compile the content files into the database.

    Problems are listed by file and line, and the last good compile stays.
    """
    settings = console.settings_with(data_dir)
    with console.told():
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        digest = compile_into(url_of(settings.data_dir / "knowledge.db"))
        content = load()
    print(f"{len(content.events)} events, {len(content.services)} services, {len(content.states)} state tables: {digest[:12]}")


@app.command()
def show(
    slug: Annotated[str, typer.Argument(help="A life event, such as moving.")],
    language: Language = console.Language.EN,
    state: State = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Show every step of one life event.

    They come in the order in which they are given to somebody of whom nothing else is known.
    """
    settings = console.settings_with(data_dir)
    with console.told():
        base = open_knowledge(settings.data_dir)
        if slug not in [event.slug for event in base.events()]:
            typer.echo(f"no life event is called {slug!r}; there are {', '.join(event.slug for event in base.events())}", err=True)
            raise typer.Exit(console.USAGE)
        found = _whole(base, slug, language, state)
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    print(found["title"])
    for step in found["steps"]:
        print(f"\n[{step['when']}] {step['id']}: {step['do']}\n  {step['why']}\n  {step['reach']['url']} {step['reach']['phone'] or ''}")


@app.command()
def paths(
    language: Language = console.Language.EN,
    state: State = None,
    every: Annotated[
        bool, typer.Option("--every", help="Both languages, all 56 places and each value of the facts that matter; name what is wrong.")
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Print the path of every life event.

    With --every each path is checked (one to three steps, each with somewhere to go, a source and dates); exit code 1 when one is not so.
    With --json as well, each is printed on a line of its own.
    """
    settings = console.settings_with(data_dir)
    with console.told():
        base = open_knowledge(settings.data_dir)
        if every:
            _every_path(base, as_json)
            return
        facts = {"state": state} if state else {}
        found = [find_path(base, event.slug, facts, language, dt.date.today()) for event in base.events()]
    if as_json:
        print(json.dumps([path.as_json() for path in found], ensure_ascii=False, indent=2))
        return
    for path in found:
        print(f"\n{path.title} ({path.event})\n{text.steps(path, phrases(language)).text}")


def _every_path(base: KnowledgeBase, as_json: bool) -> None:
    total, wrong, offices = 0, 0, set()
    for language, path in every_path(base, dt.date.today()):
        total += 1
        offices.add(path.facts.get("state"))
        missing = faults(path)
        wrong += bool(missing)
        if as_json:
            print(json.dumps({"language": language, **path.as_json()}, ensure_ascii=False))
        elif missing:
            print(f"{path.event} {language} {path.facts}: {'; '.join(missing)}")
    print(f"{total} paths of {len(base.events())} events in {len(offices) - 1} places, {wrong} with a fault", file=sys.stderr)
    if wrong:
        raise typer.Exit(console.PROBLEM)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="Words to search for.")],
    language: Language = console.Language.EN,
    state: State = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Search the services."""
    settings = console.settings_with(data_dir)
    with console.told():
        base = open_knowledge(settings.data_dir)
        found = services_path(base, query, {"state": state} if state else {}, language, dt.date.today(), limit=10)
    if as_json:
        print(json.dumps(found.as_json()["steps"], ensure_ascii=False, indent=2))
        return
    print(text.steps(found, phrases(language)).text or "nothing found")
    if not found.steps:
        raise typer.Exit(console.PROBLEM)


@app.command("doubts")
def list_doubts(
    first: Annotated[bool, typer.Option("--first", help="Only what stands among the first three steps of a path.")] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """List what could not be confirmed by a second source, and count it."""
    settings = console.settings_with(data_dir)
    with console.told():
        found = with_places(load(), open_knowledge(settings.data_dir), dt.date.today())
    shown = [doubt for doubt in found if doubt.first or not first]
    if as_json:
        print(json.dumps([asdict(doubt) for doubt in shown], ensure_ascii=False, indent=1))
        return
    for doubt in shown:
        print(f"{doubt.where}: {doubt.field} {doubt.why}{'' if doubt.handed_out else ' (not handed out)'}")
    handed = sum(doubt.handed_out for doubt in shown)
    print(f"{len(shown)} doubts, {handed} of them handed out, {sum(doubt.first for doubt in shown)} among first steps", file=sys.stderr)


def _whole(base: Any, slug: str, language: str, state: str | None) -> dict[str, Any]:
    facts, start, steps = ({"state": state} if state else {}), 0, []
    while True:
        path = find_path(base, slug, facts, language, dt.date.today(), start)
        steps += path.as_json()["steps"]
        start += len(path.steps)
        if not path.more or not path.steps:
            return path.as_json() | {"steps": steps}

"""knowledge export and import: the formats of other people."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.cli import console
from knowledge import task_path
from knowledge.content import Content, load
from knowledge.interchange import benefit_finder, content_files, cpsv_ap, hsds, schema_org
from knowledge.store import in_memory

importing = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Read what other people publish.")
Output = Annotated[Path | None, typer.Option("--output", help="File to write. Default: print it.")]
To = Annotated[Path | None, typer.Option("--to", help="New folder for the content files or drafts. Default: only report.")]
Input = Annotated[Path, typer.Argument(help="The file to read.", exists=True, dir_okay=False)]


class Format(StrEnum):
    """What can be written."""

    HSDS = "hsds"
    CPSV_AP = "cpsv-ap"
    SCHEMA_ORG = "schema-org"


def _all_paths(content: Content) -> Any:
    base, today = in_memory(), dt.date.today()
    return [
        schema_org.path(task_path.find_path(base, slug, {}, language, today), language)
        for slug in content.events
        for language in ("en", "es")
    ]


_EXPORTS: dict[Format, Callable[[Content], Any]] = {
    Format.HSDS: hsds.export,
    Format.CPSV_AP: cpsv_ap.export,
    Format.SCHEMA_ORG: _all_paths,
}


def export(
    kind: Annotated[Format, typer.Argument(metavar="FORMAT", help="hsds, cpsv-ap or schema-org.")],
    output: Output = None,
) -> None:
    """Write the content in a format of other people: HSDS 3.0, CPSV-AP 3.2 or schema.org JSON-LD."""
    with console.told():
        text = json.dumps(_EXPORTS[kind](load()), ensure_ascii=False, indent=1)
    if output is None:
        print(text)
        return
    half = output.with_name(output.name + ".half")
    half.write_text(text + "\n", encoding="utf-8")
    half.replace(output)


@importing.command("hsds")
def import_hsds(file: Input, to: To = None) -> None:
    """Read services of HSDS 3.0.

    With --to, they are written as content files. What nobody has reviewed may be handed out for a day only.
    """
    with console.told():
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
        except (UnicodeDecodeError, ValueError) as error:
            typer.echo(f"{file.name} is not JSON: {error}", err=True)
            raise typer.Exit(console.PROBLEM) from error
        found = hsds.import_(document if isinstance(document, dict) else {"services": document}, dt.date.today())
    print(
        f"{len(found.services)} services of {len(found.agencies)} agencies, {len(found.states)} state tables, {len(found.drafts)} drafts of steps"
    )
    if to is not None:
        try:
            for path in content_files.write(found, to):
                print(path)
        except OSError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(console.PROBLEM) from error


@importing.command("benefit-finder")
def import_benefit_finder(
    file: Input,
    to: To = None,
    people: Annotated[int, typer.Option("--people", min=1, help="How many random people to compare the rules on.")] = 10_000,
) -> None:
    """Read the rules of USA.gov's benefit finder for one life event and compare them with ours.

    Exit code 1 when a published benefit has no step, or when a step is for other people without an explanation.
    With --to, drafts of the missing steps are written.
    """
    with console.told():
        form = benefit_finder.read(file)
        found = benefit_finder.compare(form, load(), dt.date.today(), people)
    missing = [benefit for benefit in form.benefits if benefit.step is None]
    unexplained = [entry for entry in found if entry.differ and not entry.explained]
    print(f"{form.slug}: {len(form.benefits)} published benefits, {len(found)} steps compared on {people} people")
    for entry in found:
        if entry.differ:
            print(f"  {entry.step}: differs for {entry.differ}. {entry.explained or 'NOT EXPLAINED: ' + '; '.join(entry.benefits)}")
    for benefit in missing:
        print(f"  new: {benefit.title} ({benefit.agency}, {benefit.url})")
    if to is not None:
        to.mkdir(parents=True, exist_ok=True)
        draft = to / f"{form.slug}.yml"
        if draft.exists():
            typer.echo(f"{draft} exists: give a new folder", err=True)
            raise typer.Exit(console.PROBLEM)
        draft.write_text(benefit_finder.drafts(form), encoding="utf-8")
        print(draft)
    if missing or unexplained:
        raise typer.Exit(console.PROBLEM)

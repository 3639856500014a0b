"""check and new-event."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.cli import console
from assistant.designing import check as checking
from assistant.designing import new_event as scaffolding


def check() -> None:
    """Check content, training data and test sentences.

    Each problem is printed with its file, its line and its cure.
    """
    settings = console.settings_with()
    console.progress("checking content, training data and test sentences")
    problems = checking.check(settings.root)
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems" if problems else "everything is in order")
    if problems:
        raise typer.Exit(console.PROBLEM)


def new_event(slug: Annotated[str, typer.Argument(help="Name of the event, such as getting_married.")]) -> None:
    """Make the content files of a new life event."""
    settings = console.settings_with()
    with console.told():
        for path in scaffolding.new_event(settings.root, slug):
            print(path.relative_to(settings.root))
    print("now fill them in, and run `assistant check`")

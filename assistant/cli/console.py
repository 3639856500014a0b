"""What the commands share: settings, progress on stderr, and errors that say what to do."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

import typer

from assistant.application import Parts, assemble
from assistant.engine import training
from assistant.errors import AssistantError
from assistant.serving import progress
from assistant.settings import Settings
from knowledge.errors import KnowledgeError
from knowledge.states import STATES

__all__ = ["PROBLEM", "USAGE", "Language", "progress", "quiet_logs", "running", "settings_with", "state_code", "told"]
USAGE, PROBLEM = 2, 1


class Language(StrEnum):
    """The languages that the command line takes."""

    EN = "en"
    ES = "es"


def state_code(value: str | None) -> str | None:
    """Return a postal code in capitals; refuse what is not one of the 56."""
    if value is not None and value.upper() not in STATES:
        raise typer.BadParameter(f"{value!r} is not a state or territory: write its two-letter postal code, such as TX")
    return value.upper() if value else None


def quiet_logs(level: int = logging.WARNING) -> None:
    """Show warnings and worse, one line each."""
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)


@contextmanager
def told() -> Iterator[None]:
    """Turn our errors into one message and exit code 1."""
    try:
        yield
    except (AssistantError, KnowledgeError) as error:
        print(str(error), file=sys.stderr)
        raise typer.Exit(PROBLEM) from error


def settings_with(data_dir: Path | None = None, **changes: object) -> Settings:
    """Return the settings with what the command line gave."""
    given = {name: value for name, value in changes.items() if value is not None}
    if data_dir is not None:
        given["data_dir"] = data_dir
    return Settings(**given)  # type: ignore[arg-type]


@contextmanager
def running(settings: Settings) -> Iterator[Parts]:
    """Give the parts with a model that is ready, trained first when needed; a model that cannot be is worked without."""
    progress("loading the model")
    parts = assemble(settings)

    def prepare() -> None:
        training.ensure(settings.root, settings.models_dir, progress)

    try:
        parts.engine.start(prepare)
        parts.engine.wait()
        yield parts
    finally:
        parts.close()

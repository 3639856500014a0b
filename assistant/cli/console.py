"""What the commands share: settings, progress on stderr, and errors that say what to do."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from assistant.application import Parts, assemble
from assistant.engine import training
from assistant.errors import AssistantError
from assistant.serving import progress
from assistant.settings import Settings
from knowledge.errors import KnowledgeError

__all__ = ["PROBLEM", "USAGE", "progress", "quiet_logs", "running", "settings_with", "told"]
USAGE, PROBLEM = 2, 1


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
    parts = assemble(settings)

    def prepare() -> None:
        training.ensure(settings.root, settings.models_dir, progress)

    try:
        parts.engine.start(prepare)
        parts.engine.wait()
        yield parts
    finally:
        parts.close()

"""train."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.cli import console
from assistant.engine import training


def train(
    if_needed: Annotated[bool, typer.Option("--if-needed", help="Do nothing when the model is up to date.")] = False,
) -> None:
    """Train the model from nlu/, domain.yml and config.yml."""
    console.quiet_logs()
    settings = console.settings_with()
    with console.told():
        if if_needed and training.is_current(settings.root, settings.models_dir):
            console.progress("the model is up to date")
            return
        training.train(settings.root, settings.models_dir, console.progress)

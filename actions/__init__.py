"""What the assistant does in a turn: thin Rasa actions over the knowledge base."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType


def load_modules() -> list[ModuleType]:
    """Return all modules of this package, imported."""
    return [importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]

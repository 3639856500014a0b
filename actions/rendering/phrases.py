"""What the assistant itself says, by language."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "phrases"


class Phrases:
    """The phrases of one language."""

    def __init__(self, language: str, entries: dict[str, Any]) -> None:
        self.language, self._entries = language, entries

    def line(self, key: str, **values: object) -> str:
        """Return one line, with ``values`` filled in."""
        entry = self._entries[key]
        text = entry[0] if isinstance(entry, list) else entry
        return str(text).format(**values)

    def lines(self, key: str) -> list[str]:
        """Return all lines of an entry."""
        entry = self._entries[key]
        return [str(line) for line in entry] if isinstance(entry, list) else [str(entry)]

    def __contains__(self, key: str) -> bool:
        return key in self._entries


@lru_cache(maxsize=4)
def phrases(language: str) -> Phrases:
    """Return the phrases of ``language``, the English ones when there are no others."""
    path = FOLDER / f"{language}.yml"
    if not path.exists():
        path = FOLDER / "en.yml"
    return Phrases(path.stem, yaml.safe_load(path.read_text(encoding="utf-8")))

"""Split a message into the clauses that may each tell of something."""

from __future__ import annotations

import re

_BREAK = re.compile(
    r"[.!?;:\n]+|,|\s+(?:and|but|also|plus|then|so|because|pero|ademas|además|tambien|también|entonces|porque|luego|y)\s+", re.IGNORECASE
)
_FEWEST_WORDS = 3
_MOST = 6


def clauses(text: str) -> list[str]:
    """Return the clauses of ``text`` with at least three words, at most six; empty when it has only one."""
    parts = [part.strip() for part in _BREAK.split(text)]
    long_enough = [part for part in parts if len(part.split()) >= _FEWEST_WORDS]
    return long_enough[:_MOST] if len(parts) > 1 else []

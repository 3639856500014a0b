"""What a page says of itself: that it is not there, or that it is only the front page."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

READ_BYTES = 131_072
"""How much of a page is read: the title and the first heading stand at its beginning."""

_TITLE = re.compile(r"<(title|h1)\b[^>]*>(.*?)</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_NOT_THERE = re.compile(
    r"\b404\b|page (?:was |is |could )?(?:not|no longer|n't)(?: be)? (?:found|available|exists?)|page (?:doesn.t|does not) exist|"
    r"(?:can.?t|cannot|could ?n.?t) find (?:that|the|this|your) page|content (?:is )?not (?:found|available)|page (?:has been|was) removed|"
    r"p[aá]gina no (?:encontrada|existe|disponible|se encuentra)|no (?:encontramos|se encontr[oó]|pudimos encontrar) (?:la|esta|esa) p[aá]gina",
    re.IGNORECASE,
)
_FRONT = re.compile(r"^/?(?:(?:en|es|espanol|home|index|default)(?:\.\w+)?/?)?$", re.IGNORECASE)


def says_not_there(html: str) -> bool:
    """Return whether the title or a main heading of ``html`` says that there is no such page."""
    return any(_NOT_THERE.search(_TAG.sub(" ", match[2])) for match in _TITLE.finditer(html))


def is_front_page(url: str) -> bool:
    """Return whether ``url`` is the front page of its site."""
    parts = urlsplit(url)
    return bool(_FRONT.match(parts.path)) and not parts.query

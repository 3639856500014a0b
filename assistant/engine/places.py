"""Find the state or territory that a text names: by name, by postal code in capitals, by ZIP code."""

from __future__ import annotations

import re

from assistant.engine.normal_text import same_length
from assistant.engine.numbers import zip_codes
from assistant.engine.phrases import Found
from knowledge.states import STATES

_WORDS_TOO = frozenset("AL AS CO DE HI ID IN LA MA ME MI MO MS OH OK OR PA VA".split())
"""Postal codes that are words or names in English or Spanish, or an agency: they count only after a comma or a city."""
_CODE = re.compile(r"\b([A-Z]{2})\b")
_PAST = re.compile(
    r"(?:\bnot (?:in |from )?|\bno (?:en |de |era en )"
    r"|(?:moved|moving|came|coming|move|relocat\w+|left|mude|mudo|mudamos|mudando|vine|vengo)\s+(?:\w+ )?(?:from|desde|de|out of) )$"
)
"""What stands before a place that is no longer the person's, or never was."""
_WHERE_TO = re.compile(r"(?:\b(?:to|hacia|para|a|into)\s+(?:[\w.]+,?\s){0,2})$")
"""What stands before the place that somebody moves to, when two are named."""
_ALIASES = {
    "washington dc": "DC", "washington d.c.": "DC", "washington, dc": "DC", "d.c.": "DC", "calif": "CA", "cali": "CA", "penn": "PA", "nyc": "NY",
    "new york city": "NY", "northern marianas": "MP", "saipan": "MP", "virgin islands": "VI", "islas virgenes": "VI", "st. thomas": "VI",
    "estado de nueva york": "NY", "carolina norte": "NC", "carolina sur": "SC", "tejas": "TX", "filadelfia": "PA", "samoa": "AS",
    "washington state": "WA", "estado de washington": "WA", "n. carolina": "NC", "s. carolina": "SC", "mass": "MA",
}  # fmt: skip


class Places:
    """Find states; longer names win ("West Virginia" is not Virginia)."""

    def __init__(self, zips: bytes) -> None:
        self._zips, self._states = zips, list(STATES)
        names = {same_length(name): code for code, pair in STATES.items() for name in pair} | _ALIASES
        self._codes = names
        longest_first = sorted(names, key=len, reverse=True)
        self._names = re.compile(r"(?<!\w)(" + "|".join(re.escape(name) for name in longest_first) + r")(?!\w)")

    def find(self, text: str) -> list[Found]:
        """Return the states that ``text`` names, in order of place. A place after "not" or "moved from" does not count."""
        plain = same_length(text)
        found = [Found("state", self._codes[match.group(1)], *match.span(1)) for match in self._names.finditer(plain)]
        shouting = text.isupper()
        for match in _CODE.finditer(text):
            code = match.group(1)
            before = text[: match.start()].rstrip()
            placed = before.endswith(",") or re.search(r"\b(?:in|from|en|de|to|a)$", before, re.IGNORECASE) is not None
            if (
                code in STATES
                and (placed or (code not in _WORDS_TOO and not shouting))
                and not (code in ("VA", "DE", "LA", "ME", "OR", "IN") and not before.endswith(","))
            ):
                found.append(Found("state", code, *match.span(1)))
        for code, start, end in zip_codes(text):
            state = self.state_of_zip(code)
            if state:
                found.append(Found("state", state, start, end))
        kept = sorted((item for item in found if not _PAST.search(plain[: item.start])), key=lambda item: item.start)
        where_to = [item for item in kept if _WHERE_TO.search(plain[: item.start])]
        return where_to if where_to and len({item.value for item in kept}) > 1 else kept

    def state_of_zip(self, code: str) -> str | None:
        """Return the postal code of the state or territory of a ZIP code, None when there is none."""
        place = self._zips[int(code)] if len(self._zips) == 100_000 else 0
        return self._states[place - 1] if place else None


def zip_table() -> bytes:
    """Return one byte for each of the 100,000 ZIP codes: the place of its state in ``STATES`` plus one, 0 for none.

    Source: the package zipcodes.
    """
    import zipcodes

    table, number = bytearray(100_000), {code: place for place, code in enumerate(STATES, 1)}
    for row in zipcodes.list_all():
        table[int(row["zip_code"][:5])] = number.get(row["state"], 0)
    return bytes(table)

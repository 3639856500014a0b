"""One plain form of a text, so that case, accents, apostrophes and odd spaces make no difference."""

from __future__ import annotations

import re
import unicodedata

_SAME = {"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " ", "ñ": "n", "Ñ": "n"}
_SPACES = re.compile(r"\s+")
_MARKS = re.compile(r"[^\w\s'$%-]")


def same_length(text: str) -> str:
    """Return ``text`` in lower case without accents, one character for each, so that places in it stay the same."""
    return "".join(_plain(character) for character in text)


def _plain(character: str) -> str:
    if character.isascii():
        return character.lower()
    if character in _SAME:
        return _SAME[character]
    base = unicodedata.normalize("NFD", character)[0]
    lower = base.lower()
    return lower if len(lower) == 1 else base


def words(text: str) -> str:
    """Return the words of ``text`` in plain form, apart by one space: what exact matches are looked up by."""
    plain = _MARKS.sub(" ", same_length(text)).replace("'", "")
    return _SPACES.sub(" ", plain).strip()

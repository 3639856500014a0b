"""Find the language of one message; a short or mixed one is read in the language of the conversation."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from assistant.engine.normal_text import words

LANGUAGES = "en es fr pt ht vi zh ko ja ar ru uk de it pl hi ur bn fa tl so am sw".split()
"""What is told apart: English, Spanish, and the further languages that are spoken most at home in the United States."""
SURE = 0.8
SURE_FOREIGN = 0.9
_FEWEST_FOREIGN_WORDS = 4
_TO_SPANISH = re.compile(r"\b(?:espanol|spanish|castellano)\b")
_TO_ENGLISH = re.compile(r"\b(?:ingles|english)\b")
_MOST_WORDS_OF_REQUEST = 8
_OTHER_SCRIPT = re.compile(r"[^\W\d_a-zA-Z\u00c0-\u024f]")
_LETTER = re.compile(r"[^\W\d_]")


def requested(text: str) -> str | None:
    """Return the language that a short message asks for ("en español, por favor"), None when it asks for none."""
    plain = words(text)
    if len(plain.split()) > _MOST_WORDS_OF_REQUEST:
        return None
    spanish, english = _TO_SPANISH.search(plain), _TO_ENGLISH.search(plain)
    if spanish and not english:
        return "es"
    return "en" if english and not spanish else None


def detect(text: str, current: str) -> str:
    """Return "en" or "es" for ``text``; ``current`` when that is not sure."""
    if not _LETTER.search(text):
        return current
    if re.search("[¿¡ñ]", text):
        return "es"
    ranked = dict(_identifier().rank(text.lower()))
    spanish = ranked["es"] / max(ranked["es"] + ranked["en"], 1e-12)
    if max(spanish, 1 - spanish) < SURE:
        return current
    return "es" if spanish > 0.5 else "en"


def foreign(text: str) -> str | None:
    """Return the ISO 639 code of a third language, None when the text may be English or Spanish."""
    letters = _LETTER.findall(text)
    other_script = len(_OTHER_SCRIPT.findall(text))
    if letters and other_script > len(letters) / 2:
        return str(_identifier().rank(text)[0][0])
    if len(text.split()) < _FEWEST_FOREIGN_WORDS:
        return None
    language, probability = _identifier().rank(text.lower())[0]
    return str(language) if language not in ("en", "es") and probability >= SURE_FOREIGN else None


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier

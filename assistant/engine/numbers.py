"""Find ages, dates and ZIP codes in a text in plain form."""

from __future__ import annotations

import datetime as dt
import re

from assistant.engine.phrases import Found

_SELF = re.compile(
    r"\b(?:i am|i'm|im|i'll be|i will be|i turned|i turn|i just turned|me, i'm|my age is|myself|turning|at age|at|tengo|cumplo|cumpli|voy a cumplir|a los)"
    r"\s+(?:only |about |almost |now |casi |ya )?(\d{2,3}|[1-9])\b(?!\s*(?:%|percent|dollars|months|weeks|days|meses|semanas|dias|hours|miles|hijos|kids|children))"
)
_YEARS_OLD = re.compile(r"\b(\d{1,3})\s*(?:-| )?\s*(?:years? old|year-old|yrs? old|yo|y/o|anos)\b")
_OTHER = re.compile(
    r"\b(?:he|she|they|who|was|is|era|tenia|tiene|ella|el)\s+(?:was|is|were|tenia|tiene|de)?\s*(\d{2,3})\b(?!\s*(?:%|percent|dollars))"
)
_FIRST_PERSON = re.compile(r"\b(?:i am|i'm|im|tengo|cumplo|yo)\s*(?:\w+\s){0,2}$")
_ZIP = re.compile(r"(?<![\d$#.,-])(\d{5})(?:-\d{4})?(?![\d-]|\.\d)")

_UNITS = {"day": 1, "dia": 1, "week": 7, "semana": 7, "month": 30, "mes": 30, "year": 365, "ano": 365}
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "un": 1, "una": 1, "two": 2, "dos": 2, "couple": 2, "three": 3, "tres": 3, "four": 4, "cuatro": 4,
    "five": 5, "cinco": 5, "six": 6, "seis": 6, "seven": 7, "siete": 7, "eight": 8, "ocho": 8, "nine": 9, "nueve": 9, "ten": 10, "diez": 10,
}  # fmt: skip
_AMOUNT = r"(\d{1,2}|" + "|".join(_NUMBERS) + r")(?:\s+of)?"
_AGO = re.compile(rf"\b{_AMOUNT}\s+(day|week|month|year)s?\s+ago\b|\bhace\s+(?:como\s+|casi\s+)?{_AMOUNT}\s+(dia|semana|mes|ano)(?:e?s)?\b")
_WORDS = {
    r"\b(?:today|this morning|this afternoon|tonight|just now|minutes ago|hoy|esta manana|ahorita|hace un rato)\b": 0,
    r"\b(?:last night|yesterday|anoche|ayer|antenoche)\b": 1,
    r"\b(?:this week|the other day|esta semana|el otro dia)\b": 3,
    r"\b(?:last week|la semana pasada)\b": 7,
    r"\b(?:last month|el mes pasado)\b": 30,
    r"\b(?:last year|el ano pasado)\b": 365,
}
_MONTHS = {
    name: number
    for number, names in enumerate(
        "january enero|february febrero|march marzo|april abril|may mayo|june junio|july julio|august agosto|"
        "september septiembre|october octubre|november noviembre|december diciembre".split("|"),
        1,
    )
    for name in names.split()
}
_MONTH = re.compile(
    rf"\b(?:in|on|last|since|en|el|desde|de)\s+(?:\d{{1,2}}\s+de\s+)?({'|'.join(_MONTHS)})(?:\s+(\d{{1,2}})(?:st|nd|rd|th)?)?(?:,?\s+(?:of\s+|de\s+|del\s+)?((?:19|20)\d\d))?\b"
)
_YEAR = re.compile(r"\b(?:in|since|en|desde|back in|del|de)\s+((?:19|20)\d\d)\b")


def ages(text: str) -> list[Found]:
    """Return ages in whole years: fact ``age`` when the speaker's own, ``other_age`` when somebody else's."""
    found = []
    for match in _SELF.finditer(text):
        found.append(_age("age", match))
    for match in _YEARS_OLD.finditer(text):
        if all(not (match.start(1) < other.end and other.start < match.end(1)) for other in found):
            own = _FIRST_PERSON.search(text[: match.start()]) is not None
            found.append(_age("age" if own else "other_age", match))
    for match in _OTHER.finditer(text):
        if all(not (match.start(1) < other.end and other.start < match.end(1)) for other in found):
            found.append(_age("other_age", match))
    return [item for item in found if isinstance(item.value, int) and 0 < item.value < 120]


def _age(fact: str, match: re.Match[str]) -> Found:
    return Found(fact, int(match.group(1)), match.start(1), match.end(1))


def dates(text: str, today: dt.date) -> list[Found]:
    """Return days in the past that the text names, as ISO dates of the fact ``date``."""
    found = []
    for match in _AGO.finditer(text):
        amount, unit = (match.group(1), match.group(2)) if match.group(1) else (match.group(3), match.group(4))
        days = (_NUMBERS.get(amount) or int(amount)) * _UNITS[unit]
        found.append(_date(today - dt.timedelta(days=days), match))
    for pattern, days in _WORDS.items():
        found += [_date(today - dt.timedelta(days=days), match) for match in re.finditer(pattern, text)]
    for match in _MONTH.finditer(text):
        month, day = _MONTHS[match.group(1)], min(int(match.group(2) or 1), 28) or 1
        year = int(match.group(3)) if match.group(3) else today.year - (dt.date(today.year, month, day) > today)
        found.append(_date(dt.date(year, month, day), match))
    if not found:
        found += [_date(dt.date(int(match.group(1)), 7, 1), match) for match in _YEAR.finditer(text) if int(match.group(1)) <= today.year]
    return found


def _date(day: dt.date, match: re.Match[str]) -> Found:
    return Found("date", day.isoformat(), match.start(), match.end())


def zip_codes(text: str) -> list[tuple[str, int, int]]:
    """Return what may be ZIP codes, with their places."""
    return [(match.group(1), match.start(1), match.end(1)) for match in _ZIP.finditer(text)]

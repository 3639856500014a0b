"""Replace personal identifiers in what a person said, before anything stores it or hands it on.

What is replaced: Social Security numbers, payment cards, bank numbers, e-mail addresses, telephone numbers, dates of
birth, street addresses, and numbers of claims, cases, passports, Medicare cards and the like. What stays, because the
answer needs it: ZIP codes, years, ages, amounts of money, names of forms, short codes such as 988.

Every expression is bounded, so the time is linear in the length of the text. Tokens such as ``[ssn]`` hold no digits and
are never read as context, so redacting twice changes nothing more.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SSN, CARD, BANK, EMAIL, PHONE, DOB, ADDRESS, ID = "ssn", "card", "bank", "email", "phone", "dob", "address", "id"
"""The kinds; ``[kind]`` is what stands in the text instead."""

_DIGIT_WORDS = {
    word: str(digit)
    for digit, words in enumerate(
        (
            "zero cero oh",
            "one uno un",
            "two dos",
            "three tres",
            "four cuatro",
            "five cinco",
            "six seis",
            "seven siete",
            "eight ocho",
            "nine nueve",
        )
    )
    for word in words.split()
}
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero ene", "february feb febrero", "march mar marzo", "april apr abril abr", "may mayo", "june jun junio",
            "july jul julio", "august aug agosto ago", "september sept sep septiembre setiembre", "october oct octubre",
            "november nov noviembre", "december dec diciembre dic",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_ORDINAL_NAMES = """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"""
_ORDINALS = {name: number for number, name in enumerate(_ORDINAL_NAMES.split(), 1)} | {"thirtieth": 30}

_WORD = "|".join(sorted(_DIGIT_WORDS, key=len, reverse=True))
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ORDINAL = "|".join(sorted(_ORDINALS, key=len, reverse=True))
_GAP = r"[\s.\-–—_]{0,3}"
_I = re.IGNORECASE


def _re(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, _I)


_EMAIL = _re(r"(?<![\w.+-])[\w.+-]{1,64}\s?@\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_SPOKEN_EMAIL = _re(
    r"\b\w{1,40}(?:\s(?:dot|punto|underscore|guion bajo)\s\w{1,40}){0,3}\s(?:at|arroba)\s\w{1,40}"
    r"(?:\s(?:dot|punto)\s\w{1,20}){0,2}\s(?:dot|punto)\s(?:com|org|net|edu|gov|us|mil)\b"
)

_DATE = (
    r"(?P<iso>\d{4}[-/.]\d{1,2}[-/.]\d{1,2})"
    r"|(?P<numeric>\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?(?:\d{4}|\d{2})\b)"
    rf"|(?P<named>(?:{_MONTH})\b\.?(?:\s+the)?\s+(?:\d{{1,2}}(?:st|nd|rd|th)?\b|(?:(?:twenty|thirty)[\s-])?(?:{_ORDINAL})\b)"
    r"(?:\s?,?\s+(?:of\s+)?(?:\d{4}|(?:nineteen|twenty|two thousand)(?:[\s-]\w{2,9}){1,3})\b)?)"
    rf"|(?P<day_first>\d{{1,2}}(?:st|nd|rd|th|º)?\s+(?:of\s+|de\s+)?(?:{_MONTH})\b(?:\s?,?\s+(?:de\s+|del\s+)?\d{{4}}\b)?)"
)
_BIRTH = (
    r"(?<!\[)\b(?:born|d\.?o\.?b\b\.?|date of birth|birth ?day|birth ?date|nac[ií]|naci[oó]|nacid[oa]|fecha de nacimiento|cumplea[nñ]os)"
)
_BORN_ON = _re(rf"({_BIRTH}[^\d\[\]\n]{{0,25}}?)(?:{_DATE})")
_THEN_BIRTH = _re(rf"(?<![\d/.-])(?:{_DATE})(?=,?\s+(?:is|was|es|es la|era)?\s*(?:my|his|her|their|the|mi|su|la)?\s*(?:{_BIRTH}))")

_STREET = (
    "street|st|avenue|ave|av|boulevard|blvd|road|rd|lane|ln|drive|dr|terrace|ter|parkway|pkwy|highway|hwy|circle|cir|court|ct|place|pl"
    "|way|trail|trl|square|sq|loop|alley|turnpike|plaza|calle|avenida|expressway|crescent"
)
_NOT_A_STREET = (
    "on|in|the|a|an|my|of|and|at|to|from|with|for|is|are|was|were|we|i|he|she|they|it|you|or|by|per|years?|days?|weeks?|months?|hours?"
    "|minutes?|miles?|people|persons?|kids?|children|percent|dollars?|times?|more|other|different|down|off|per|own|que|en|la|el|los|las"
    "|con|por|hace|y|de mis|mis|mi|anos|años|dias|días|hijos|desde|para|since|this|that|our|his|her|their|than|bus|blocks?|cars?"
)
_UNIT = r"(?:\s?,?\s*(?:apt|apartment|apto|apartamento|unit|suite|ste|room|rm|lot|depto|#)\.?\s*#?\s?[\w-]{1,6}\b)?"
_ADDRESS = _re(
    rf"(?<![\w$#.,-])\d{{1,6}}(?:[a-d]|\s?-\s?\d{{1,4}}"
    rf"|\s1/2)?\s+(?:(?!(?:{_NOT_A_STREET})\b)[\w.'’-]{{1,25}}\s+){{1,4}}?(?:{_STREET})\b\.?(?!\s+(?:ago|old))(?:\s+(?:[ns][ew]|[nsew])\b)?{_UNIT}"
)
_PO_BOX = _re(
    r"\b(?:p\.?\s?o\.?\s?box|post office box|apartado postal|apartado|apdo\.?|(?:rr|rural route|hc)\s?\d{1,3}\s?,?\s+box)\s*#?\s*\d{1,6}\b"
)
_CALLE = _re(
    r"\b(?:calle|avenida|avda|carrera|callej[oó]n|calzada|camino|carretera|bulevar|urb|urbanizaci[oó]n|paseo)\b\.?\s+"
    rf"(?:(?!(?:{_NOT_A_STREET}|de|hasta)\b)[\w.'’-]{{1,25}}\s*,?\s*(?:de(?:l| la| los"
    rf"| las)?\s+)?){{0,4}}?(?:#|n[uú]m(?:ero)?\.?|no\.)?\s*\d{{1,6}}\b"
    rf"(?:\s*(?:#|n[uú]m(?:ero)?\.?|-)\s*\d{{1,6}}\b)?{_UNIT}"
)

_MBI_LETTER = "[ac-hjkmnp-rt-y]"
_MBI = _re(rf"\b[1-9]{_MBI_LETTER}[ac-hjkmnp-rt-y0-9]\d[\s-]?{_MBI_LETTER}[ac-hjkmnp-rt-y0-9]\d[\s-]?{_MBI_LETTER}{{2}}\d{{2}}\b")
_RECEIPT = _re(r"\b(?!(?:am|is|and|the|was|for|had|has)\b)[a-z]{3}[\s-]?(?=\d)(?:\d[\s-]?){9}\d\b")
_ALIEN = _re(r"\ba[\s#-]{0,2}\d{3}[\s-]?\d{3}[\s-]?\d{2,3}\b(?!\s*dollars)")
_LINK = (
    r"(?:\s*(?:[:#=,]|is|es|was|it'?s|number|numbers?|num|no\.?|nbr|id|n[uú]mero|de|del|my|mi|the|el|la"
    r"|its|here|ending in|that)(?!\w)){0,6}\s*[:#]?\s*"
)
_TOKEN = r"(?=[\w-]{0,24}\d)[a-z]{0,4}[\s-]?\d(?:[\s./-]?\d){%d,%d}(?:-?[a-z]{1,3})?\b"
_NAMED: tuple[tuple[str, re.Pattern[str]], ...] = (
    (SSN, _re(rf"((?<!\[)\b(?:ssn|ss ?#|social(?: security)?|seguro social|segurosocial)\b{_LINK})\d(?:{_GAP}\d){{8}}[a-d]?\b")),
    (
        SSN,
        _re(
            r"((?:last|final|[uú]ltimos)\s+(?:4|four|cuatro)\b[^\d\[\]\n]{0,40}(?<!\[)\b(?:ssn|social"
            r"|seguro)\b[^\d\[\]\n]{0,25})(?!(?:19|20)\d\d\b)\d{4}\b"
        ),
    ),
    (
        SSN,
        _re(
            r"((?<!\[)\b(?:ssn|social(?: security)?(?: number)?|seguro social)\s+(?:ends|ending|termina"
            r"|terminado)\s+(?:in|with|en)\s+)\d{4}\b"
        ),
    ),
    (
        BANK,
        _re(
            rf"((?<!\[)\b(?:routing|aba|account|acct|acc|checking|savings|iban|cuenta(?: bancaria)?|(?:n[uú]mero de )?ruta)\b{_LINK})"
            r"[a-z]{0,2}\d(?:[\s-]?\d){5,16}\b"
        ),
    ),
    (
        ID,
        _re(
            r"((?<!\[)\b(?:passport|pasaporte|claim|case|receipt|confirmation|docket|tracking|reference|ref"
            r"|policy|member|file|c-?file|record"
            r"|medicaid|medicare|mbi|ein|tin|itin|licen[sc]e|driver'?s|licencia|folio|caso|expediente|reclamo|recibo|p[oó]liza|alien"
            rf"|a-number|uscis|invoice|application|solicitud|order|permit|id|identificaci[oó]n|va|badge|student|employee)\b{_LINK})"
            + _TOKEN
            % (4, 18)
        ),
    ),
)

_RUN = _re(
    rf"(?<![\w$€£])(?:\d|\b(?:{_WORD})\b)(?:(?:{_GAP}|,\s?(?=(?:{_WORD})\b))(?:\(\s?)?(?:\d|\b(?:{_WORD})\b)\)?){{6,}}"
    r"[a-d]?(?!\w|\s?(?:dollars|d[oó]lares))"
)
_UNIT_IN_RUN = _re(rf"\d|\b(?:{_WORD})\b")
_DATES = re.compile(r"\d{1,2}[-./ ]\d{1,2}[-./ ]\d{2,4}|\d{4}[-./ ]\d{1,2}[-./ ]\d{1,2}|(?:19|20)\d\d(?:[\s-]{1,3}(?:19|20)\d\d)+")
_PHONE = _re(r"(?<![\w$-])(?:\+?1[\s.-]{0,2})?\(?\d{3}\)?[\s.-]{0,2}\d{3}[\s.-]{0,2}\d{4}(?:\s?(?:ext|x|extension)\.?\s?\d{1,6})?(?![\w-])")
_LOCAL_PHONE = _re(r"(?<![\w$./-])\d{3}[-.]\d{4}(?![\w-]|\.\d)")
_CALLED = _re(
    r"((?<!\[)\b(?:phone|cell|mobile|call me(?: at| on)?|text me(?: at)?|tel[eé]fono|celular"
    r"|ll[aá]meme(?: al)?|reach me at|number is)\b[^\d\[\]\n]{0,20})\d{3}\s?\d{4}\b"
)
_ZIP4 = _re(r"(?<![\w$-])(\d{5})-\d{4}(?![\w-])")
_ANYTHING = re.compile(rf"[\d@]|\b(?:{_WORD}|arroba|at|{_ORDINAL})\b", _I)


@dataclass(frozen=True)
class Redacted:
    """Text without personal identifiers."""

    text: str
    kinds: tuple[str, ...]
    """What was taken out, each kind once, in the order in which it was found."""


def redact(text: str) -> Redacted:
    """Return ``text`` with each personal identifier replaced by its kind in square brackets."""
    if not _ANYTHING.search(text):
        return Redacted(text, ())
    kinds: list[str] = []

    def token(kind: str) -> str:
        kinds.append(kind)
        return f"[{kind}]"

    def whole(kind: str) -> Callable[[re.Match[str]], str]:
        return lambda match: token(kind)

    def after_context(kind: str) -> Callable[[re.Match[str]], str]:
        return lambda match: match[1] + token(kind)

    text = _EMAIL.sub(whole(EMAIL), text)
    text = _SPOKEN_EMAIL.sub(whole(EMAIL), text)
    text = _BORN_ON.sub(after_context(DOB), text)
    text = _THEN_BIRTH.sub(whole(DOB), text)
    text = _MBI.sub(whole(ID), text)
    text = _without_cards(text, token)
    text = _PO_BOX.sub(whole(ADDRESS), text)
    text = _ADDRESS.sub(whole(ADDRESS), text)
    text = _CALLE.sub(whole(ADDRESS), text)
    text = _RECEIPT.sub(whole(ID), text)
    for kind, pattern in _NAMED:
        text = pattern.sub(after_context(kind), text)
    text = _ALIEN.sub(whole(ID), text)
    text = _ZIP4.sub(r"\1", text)
    text = _PHONE.sub(lambda match: token(PHONE), text)
    text = _RUN.sub(lambda match: _run(match, token), text)
    text = _CALLED.sub(after_context(PHONE), text)
    text = _LOCAL_PHONE.sub(whole(PHONE), text)
    return Redacted(text, tuple(dict.fromkeys(kinds)))


def ages_from(text: str, today: dt.date) -> int | None:
    """Return the age on ``today`` of whoever's full date of birth ``text`` gives, None when it gives none.

    To be used at once and then dropped: it is what ``redact`` keeps from being stored.
    """
    for pattern in (_BORN_ON, _THEN_BIRTH):
        for match in pattern.finditer(text):
            born = _date(match, today)
            if born is not None and born <= today:
                age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
                if age <= 120:
                    return age
    return None


def _date(match: re.Match[str], today: dt.date) -> dt.date | None:
    numbers = [int(number) for number in re.findall(r"\d+", match[match.lastgroup or 0])]
    if match["iso"]:
        year, month, day = numbers
    elif match["numeric"]:
        month, day, year = numbers
        if month > 12:
            month, day = day, month
        if year < 100:
            year += 2000 if 2000 + year <= today.year else 1900
    else:
        if len(numbers) != 2:
            return None
        day, year = numbers
        names = re.findall(r"[a-z]+", match[match.lastgroup or 0].casefold())
        month = next((_MONTHS[name] for name in names if name in _MONTHS), 0)
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _without_cards(text: str, token: Callable[[str], str]) -> str:
    return _RUN.sub(lambda match: _cards(match[0], token), text)


def _cards(run: str, token: Callable[[str], str]) -> str:
    """Return ``run`` with every stretch of 13 to 19 digits replaced that passes the Luhn check, or all of it when it is short."""
    units = [(unit.start(), unit.end(), _digit(unit[0])) for unit in _UNIT_IN_RUN.finditer(run)]
    if len(units) < 13:
        return run
    pieces, kept = [], 0
    stretches = list(_stretches("".join(digit for _, _, digit in units)))
    if stretches and len(units) <= 19:
        return token(CARD)
    for first, last in stretches:
        pieces += [run[kept : units[first][0]], token(CARD)]
        kept = units[last][1]
    return "".join([*pieces, run[kept:]])


def _stretches(digits: str) -> Iterator[tuple[int, int]]:
    """Yield (first, last) of each union of overlapping card numbers in ``digits``."""
    open_at = open_to = -1
    for start in range(len(digits) - 12):
        end = max(
            (start + size for size in range(13, 20) if start + size <= len(digits) and _luhn(digits[start : start + size])), default=0
        )
        if not end:
            continue
        if open_to >= start:
            open_to = max(open_to, end - 1)
        else:
            if open_to >= 0:
                yield open_at, open_to
            open_at, open_to = start, end - 1
    if open_to >= 0:
        yield open_at, open_to


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _run(match: re.Match[str], token: Callable[[str], str]) -> str:
    """Return what stands for a long run of digits, spoken or written: by its length and grouping."""
    run = match[0]
    groups = [len(group) for group in re.findall(r"\d+", run)]
    count = len(_UNIT_IN_RUN.findall(run))
    spoken = sum(groups) != count
    if not spoken and _DATES.fullmatch(run):
        return run
    if count == 9:
        return token(SSN)
    if count in (10, 11):
        return token(PHONE)
    if spoken:
        return token(PHONE if count == 7 else ID)
    if count >= 12 or max(groups) >= 8:
        return token(ID)
    return run


def _digit(unit: str) -> str:
    return _DIGIT_WORDS.get(unit.casefold()) or str(int(unit))

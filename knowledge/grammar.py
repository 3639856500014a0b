"""Small words that names need inside a sentence."""

from __future__ import annotations

import datetime as dt
import re

_MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(),
}
_OFFICE = re.compile(
    r"\b(?:administration|agency|attorney general|authority|board|bureau|center|commission|comptroller|corporation|council|department|division|"
    r"fund|office|program|registry|secretary of state|system|treasurer)\b",
    re.IGNORECASE,
)
_SPANISH = {
    "la": (
        "Oficina",
        "División",
        "Comisión",
        "Agencia",
        "Sección",
        "Secretaría",
        "Administración",
        "Junta",
        "Procuraduría",
        "Fiscalía",
        "Autoridad",
        "Tesorería",
        "Corporación",
        "Contraloría",
        "Unidad",
        "Rama",
    ),
    "el": (
        "Departamento",
        "Centro",
        "Registro",
        "Seguro",
        "Servicio",
        "Programa",
        "Consejo",
        "Negociado",
        "Instituto",
        "Fondo",
        "Sistema",
        "Fiscal",
    ),
    "los": ("Servicios", "Registros"),
    "las": ("Oficinas",),
}
_ARTICLES = {word: article for article, words in _SPANISH.items() for word in words}


def with_article(name: str, language: str) -> str:
    """Return the name of an office as it stands inside a sentence: "the Texas Workforce Commission", "la Oficina de ..."."""
    if language == "es":
        article = _ARTICLES.get(name.split(" ", 1)[0])
    else:
        own = re.sub(r"\([^)]*\)", "", name)
        article = "the" if _OFFICE.search(own) and not own.lower().startswith(("the ", "your ")) else None
    return f"{article} {name}" if article else name


def contracted(text: str) -> str:
    """Return Spanish ``text`` with "de el" and "a el" drawn together before an office."""
    return re.sub(r"\b([Aa]|[Dd]e) el (?=[A-ZÁÉÍÓÚ])", lambda match: f"{match.group(1)}l ", text)


def day_in_words(day: str, language: str) -> str:
    """Return the ISO 8601 date ``day`` as a person says it: "March 1, 2026", "1 de marzo de 2026"; unchanged when it is no date."""
    try:
        date = dt.date.fromisoformat(day)
    except ValueError:
        return day
    month = _MONTHS["es" if language == "es" else "en"][date.month - 1]
    return f"{date.day} de {month} de {date.year}" if language == "es" else f"{month} {date.day}, {date.year}"

"""Where and how a step is done: the page, the telephone, the office; never a page that is not sure or that is dead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from knowledge.schema import Agency, LocalUrl, Phone, Service, Text
from knowledge.store import Office

LAST_RESORT = LocalUrl(en="https://www.usa.gov/", es="https://www.usa.gov/es/")
"""The government's own front page: where a person is sent when every page that we know for a step is dead."""


@dataclass(frozen=True)
class Reach:
    """Where and how a step is done."""

    kind: str
    """web, phone, in_person or mail."""
    url: str
    phone: str | None = None
    tty: str | None = None
    hours: str | None = None
    address: str | None = None
    languages: list[str] = field(default_factory=list)
    english_only: list[str] = field(default_factory=list)
    """For a person who asked in another language: page, phone or both, where these speak English only."""
    press: str | None = None


def reach_of(
    kind: str, service: Service, office: Office | None, agency: Agency | None, language: str, dead: frozenset[str] = frozenset()
) -> Reach:
    """Return how ``service`` is reached in ``language``; ``office`` is the person's state's office, where states run it.

    A page in ``dead`` gives way to the next best one: the English page for the Spanish, the national finder for a state office, the
    agency's front page; and the telephone comes first where there is one.
    """
    known = [*_sure(office.office.url, office.office.unconfirmed), *_sure(service.url, service.unconfirmed)] if office else []
    pages = [*(known or _sure(service.url, service.unconfirmed)), *([agency.url] if agency else []), LAST_RESORT]
    url = next((page for page in (_alive(page, dead) for page in pages) if page), LAST_RESORT)
    lost = _alive(pages[0], dead) is None
    if office:
        number = None if "phone" in office.office.unconfirmed else office.office.phone
        tty = office.office.tty if number else None
        return Reach(
            _kind(kind, number, lost),
            url.in_(language),
            number,
            tty,
            languages=_languages(url),
            english_only=_english_only(url, None, language),
        )
    phone = None if "phone" in service.unconfirmed or "phones" in service.unconfirmed else _phone(service.phones, language)
    address = _maybe(service.address, language)
    if phone is None:
        return Reach(
            _kind(kind, None, lost),
            url.in_(language),
            address=address,
            languages=_languages(url),
            english_only=_english_only(url, None, language),
        )
    return Reach(
        kind=_kind(kind, phone.number, lost),
        url=url.in_(language),
        phone=f"{phone.number} ext. {phone.extension}" if phone.extension else phone.number,
        tty=phone.tty,
        hours=_maybe(phone.hours, language),
        address=address,
        languages=list(phone.languages),
        english_only=_english_only(url, phone, language),
        press=_maybe(phone.press, language),
    )


def _sure(url: LocalUrl, unconfirmed: Sequence[str]) -> list[LocalUrl]:
    """Return ``url`` without a Spanish page that is not sure; nothing when no page is."""
    if "url" in unconfirmed:
        return []
    return [LocalUrl(en=url.en) if "url.es" in unconfirmed else url]


def _alive(url: LocalUrl, dead: frozenset[str]) -> LocalUrl | None:
    """Return ``url`` without a dead Spanish page; None when the English page is dead."""
    if url.en in dead:
        return None
    return LocalUrl(en=url.en) if url.es in dead else url


def _kind(kind: str, phone: str | None, lost: bool) -> str:
    if lost and kind == "web" and phone:
        return "phone"
    return "web" if kind == "phone" and phone is None else kind


def _languages(url: LocalUrl) -> list[str]:
    return ["en", "es"] if url.es else ["en"]


def _english_only(url: LocalUrl, phone: Phone | None, language: str) -> list[str]:
    if language == "en":
        return []
    page = ["page"] if url.in_(language) == url.en else []
    return page + (["phone"] if phone and set(phone.languages) == {"en"} else [])


def _phone(phones: Sequence[Phone], language: str) -> Phone | None:
    speaking = [phone for phone in phones if language in phone.languages]
    return next(iter(speaking or phones), None)


def _maybe(text: Text | None, language: str) -> str | None:
    return text.in_(language) if text else None

"""Find services that are there twice: one page under two names, one purpose under two names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from knowledge.schema import Service

ALIKE = 0.75
"""Share of the words of name and summary that two services of one agency have in common when they are taken for one."""
_SMALL = frozenset("a an and for from get gets help helps in of on or the to with you your who how what if when is are it".split())


@dataclass(frozen=True)
class Duplicate:
    """Two services that look like one."""

    service: str
    other: str
    why: str


def duplicates(services: Mapping[str, Service], leads_to: Mapping[str, str] | None = None) -> list[Duplicate]:
    """Return the pairs of services that are one; ``leads_to`` maps a page to the page that it was found to redirect to.

    A page that really serves two purposes is named in ``shares_page_with`` of one of the two.
    """
    found = [*_one_page(services), *_one_purpose(services), *_one_leads_to_the_other(services, leads_to or {})]
    return list({(entry.service, entry.other): entry for entry in found}.values())


def same_page(one: str, other: str) -> bool:
    """Return whether two addresses are one page for a person: scheme, www, capitals, a slash at the end do not count."""
    return page_key(one) == page_key(other)


def page_key(url: str) -> tuple[str, str, str]:
    """Return what is equal for all ways to write the address of one page."""
    parts = urlsplit(url)
    path = re.sub(r"/(?:index\.\w+|default\.aspx?)?$", "", parts.path, flags=re.IGNORECASE)
    return (parts.hostname or "").removeprefix("www."), path.casefold(), parts.query


def _one_page(services: Mapping[str, Service]) -> Iterator[Duplicate]:
    first: dict[tuple[str, str, str], Service] = {}
    for service in services.values():
        other = first.setdefault(page_key(service.url.en), service)
        if other is not service and not _declared(service, other):
            yield Duplicate(service.id, other.id, f"has the page of {other.id!r} ({service.url.en})")


def _one_purpose(services: Mapping[str, Service]) -> Iterator[Duplicate]:
    by_agency: dict[str, list[tuple[Service, frozenset[str]]]] = {}
    for service in services.values():
        words = _words(service)
        for other, other_words in by_agency.setdefault(service.agency, []):
            common = len(words & other_words) / max(1, len(words | other_words))
            same_name = service.name.en.casefold() == other.name.en.casefold()
            if (common >= ALIKE or same_name) and not _declared(service, other):
                yield Duplicate(service.id, other.id, f"does what {other.id!r} does, by its name and summary")
        by_agency[service.agency].append((service, words))


def _one_leads_to_the_other(services: Mapping[str, Service], leads_to: Mapping[str, str]) -> Iterator[Duplicate]:
    owners = {page_key(service.url.en): service for service in services.values()}
    for service in services.values():
        target = leads_to.get(service.url.en)
        other = owners.get(page_key(target)) if target else None
        if other is not None and other is not service and not _declared(service, other):
            yield Duplicate(service.id, other.id, f"has a page that leads to the page of {other.id!r} ({target})")


def _declared(one: Service, other: Service) -> bool:
    return other.id in one.shares_page_with or one.id in other.shares_page_with


def _words(service: Service) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", f"{service.name.en} {service.summary.en}".casefold())) - _SMALL

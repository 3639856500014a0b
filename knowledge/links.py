"""What is known of the links that the content gives out: alive, moved or dead.

The checker (``assistant knowledge freshness``) writes it; the paths read it. It stands beside the compiled content and survives
each compile.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from knowledge import models
from knowledge.content import Content

UNREACHABLE_RUNS = 3
"""After how many checks in a row a page that did not answer counts as dead: one bad night of a server does not."""


class LinkState(StrEnum):
    """What a check found."""

    OK = "ok"
    MOVED = "moved"
    """It leads to another page for good."""
    GONE = "gone"
    """The server says that there is no such page."""
    SOFT_GONE = "soft_gone"
    """The server answers, but with a page that says that there is none, or with its front page."""
    CERTIFICATE = "certificate"
    """The certificate has expired or is for another host: a browser warns and stops."""
    UNREACHABLE = "unreachable"
    """No answer, or an error of the server."""
    UNKNOWN = "unknown"
    """The site does not let machines look: nothing can be said."""


_DEAD = frozenset({LinkState.MOVED, LinkState.GONE, LinkState.SOFT_GONE, LinkState.CERTIFICATE})


@dataclass(frozen=True)
class Link:
    """What the last check of one address found; times are UTC without a zone."""

    url: str
    state: LinkState
    checked_at: dt.datetime
    code: int | None = None
    final_url: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    failures: int = 0
    """Checks in a row that got no answer."""
    note: str = ""

    @property
    def dead(self) -> bool:
        """Whether people are not to be sent there."""
        return self.state in _DEAD or (self.state is LinkState.UNREACHABLE and self.failures >= UNREACHABLE_RUNS)


def used_links(content: Content) -> dict[str, list[str]]:
    """Return every web address that people can get or that a fact rests on, and who uses it, such as ``service usps_move``."""
    found: dict[str, list[str]] = {}

    def add(url: str | None, user: str) -> None:
        if url and user not in found.setdefault(url, []):
            found[url].append(user)

    for agency in content.agencies.values():
        for url in (agency.url.en, agency.url.es):
            add(url, f"agency {agency.id}")
    for service in content.services.values():
        for url in (service.url.en, service.url.es, service.source, *(phone.source for phone in service.phones)):
            add(url, f"service {service.id}")
    for table in content.states.values():
        for state, office in table.rows.items():
            for url in (office.url.en, office.url.es, office.source):
                add(url, f"office {table.program} {state}")
    for event in content.events.values():
        for step in event.steps:
            add(step.source, f"step {event.slug}.{step.id}")
    return found


def save(session: Session, links: Iterable[Link]) -> None:
    """Write what was found, in place of what was known of the same addresses."""
    for link in links:
        row = session.get(models.LinkRow, link.url)
        dead_before = row is not None and row.dead
        if row is None:
            row = models.LinkRow(url=link.url, changed_at=link.checked_at)
            session.add(row)
        for name in ("checked_at", "code", "final_url", "etag", "last_modified", "failures", "note"):
            setattr(row, name, getattr(link, name))
        row.state, row.dead = link.state.value, link.dead
        if link.dead != dead_before:
            row.changed_at = link.checked_at


def known(session: Session) -> dict[str, Link]:
    """Return what was found at the last check of each address."""
    rows = session.scalars(sa.select(models.LinkRow))
    fields = ("url", "checked_at", "code", "final_url", "etag", "last_modified", "failures", "note")
    return {row.url: Link(state=LinkState(row.state), **{name: getattr(row, name) for name in fields}) for row in rows}

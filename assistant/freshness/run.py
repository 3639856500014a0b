"""One run of the check: what is due is asked, each finding is written at once, so that it can be stopped at any time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from assistant.freshness.checker import Checker
from knowledge.content import Content
from knowledge.duplicates import duplicates
from knowledge.links import Link, known, save, used_links

Progress = Callable[[int, int, Link], None]


@dataclass
class Report:
    """What one run found."""

    checked: int = 0
    skipped: int = 0
    """Addresses that an earlier run looked at so recently that they were left alone."""
    links: list[Link] = field(default_factory=list)


async def run(
    engine: sa.Engine,
    content: Content,
    checker: Checker,
    older_than: dt.timedelta = dt.timedelta(hours=20),
    hosts: Iterable[str] = (),
    progress: Progress | None = None,
) -> Report:
    """Check every address of ``content`` that no run looked at within ``older_than``, and write what is found into ``engine``.

    ``hosts`` limits it to these sites. It can be stopped at any time: what was found is kept, and the next run goes on from there.
    """
    limit = dt.datetime.now(dt.UTC).replace(tzinfo=None) - older_than
    only = set(hosts)
    with Session(engine) as session:
        before = known(session)
    wanted = [url for url in used_links(content) if not only or url.split("/")[2] in only]
    due = [url for url in wanted if url not in before or before[url].checked_at < limit]
    report = Report(skipped=len(wanted) - len(due))
    async for link in checker.check(due, before):
        with Session(engine) as session, session.begin():
            save(session, [link])
        report.links.append(link)
        report.checked += 1
        if progress:
            progress(report.checked, len(due), link)
    return report


@dataclass(frozen=True)
class Finding:
    """One thing for the content's owner to mend."""

    what: str
    """The address, or the name of the service."""
    why: str
    owner: str
    """The agency that runs it."""
    users: list[str]
    """What of the content uses it."""


def findings(engine: sa.Engine, content: Content, today: dt.date, within: dt.timedelta = dt.timedelta(days=30)) -> list[Finding]:
    """Return the dead links of the last checks, pages that lead to another service, and the services and state tables whose review is due ``within`` some days."""
    with Session(engine) as session:
        found = known(session)
    used = used_links(content)
    dead = [
        Finding(url, f"{link.state}: {link.note}", _owner(used[url], content), used[url])
        for url, link in sorted(found.items())
        if link.dead and url in used
    ]
    leads_to = {url: link.final_url for url, link in found.items() if link.final_url}
    twice = [
        Finding(entry.service, entry.why, content.agencies[content.services[entry.service].agency].name.en, [f"service {entry.service}"])
        for entry in duplicates(content.services, leads_to)
    ]
    due = [
        Finding(service.id, f"review by {service.review_by}", content.agencies[service.agency].name.en, [f"service {service.id}"])
        for service in content.services.values()
        if service.review_by <= today + within
    ]
    due += [
        Finding(table.program, f"review by {table.review_by}", "the states", [f"states/{table.program}.yml"])
        for table in content.states.values()
        if table.review_by <= today + within
    ]
    return dead + twice + due


def _owner(users: list[str], content: Content) -> str:
    for user in users:
        kind, _, name = user.partition(" ")
        if kind == "service":
            return content.agencies[content.services[name].agency].name.en
        if kind == "agency":
            return content.agencies[name].name.en
        if kind == "office":
            program, state = name.split(" ")
            return content.states[program].rows[state].name.en
    return "the content designers"

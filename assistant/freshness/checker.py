"""Open pages one by one a site, several sites at once, and say of each link whether it is alive."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

import aiohttp

from assistant.freshness.pages import READ_BYTES, is_front_page, says_not_there
from assistant.freshness.public import PublicResolver, is_public_address
from assistant.freshness.robots import AGENT, Robots
from knowledge.duplicates import same_page
from knowledge.links import Link, LinkState

_GOOD, _NOT_MODIFIED = range(200, 300), 304
_FOR_GOOD, _FOR_NOW = (301, 308), (302, 303, 307)
_GONE = (404, 410)
_CLOSED_TO_MACHINES = (401, 403, 405, 406, 429, 451, 999)
_AGAIN = (408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524)
_MOST_REDIRECTS = 10


@dataclass(frozen=True)
class Manners:
    """How gently sites are asked; times in seconds."""

    delay: float = 1.0
    """Between two requests to one site."""
    sites: int = 16
    """How many sites are asked at the same time."""
    timeout: float = 20.0
    retries: int = 2
    backoff: float = 2.0
    """Before the first further try; doubled for the next. A site's Retry-After counts instead, up to ``longest_wait``."""
    longest_wait: float = 60.0
    private_hosts: bool = False
    """Whether addresses inside a private network may be opened. Only tests need it."""


@dataclass(frozen=True)
class _Answer:
    code: int
    url: str
    body: str = ""
    etag: str | None = None
    last_modified: str | None = None
    retry_after: float | None = None
    moved: bool = False
    """Whether every redirect on the way was for good."""


class Checker:
    """Check links; one instance a run."""

    def __init__(self, manners: Manners | None = None, tls: ssl.SSLContext | bool = True) -> None:
        self.manners = manners or Manners()
        self._tls = tls
        self._robots: dict[str, asyncio.Task[Robots]] = {}
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._last: dict[str, float] = {}

    async def check(self, urls: Iterable[str], before: Mapping[str, Link] | None = None) -> AsyncIterator[Link]:
        """Yield what is found of each of ``urls``, as soon as it is known; ``before`` is what earlier checks found."""
        known = before or {}
        sites: dict[str, list[str]] = defaultdict(list)
        for url in urls:
            sites[_site(url)].append(url)
        found: asyncio.Queue[Link | None] = asyncio.Queue()
        free = asyncio.Semaphore(self.manners.sites)

        async with self._session() as session:

            async def one_site(pages: list[str]) -> None:
                async with free:
                    for url in pages:
                        await found.put(await self._check(session, url, known.get(url)))

            async def all_sites() -> None:
                try:
                    await asyncio.gather(*(one_site(pages) for pages in sites.values()))
                finally:
                    await found.put(None)

            work = asyncio.create_task(all_sites())
            try:
                while (link := await found.get()) is not None:
                    yield link
                await work
            finally:
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[aiohttp.ClientSession]:
        resolver = None if self.manners.private_hosts else PublicResolver()
        connector = aiohttp.TCPConnector(ssl=self._tls, resolver=resolver, limit=self.manners.sites * 2)
        timeout = aiohttp.ClientTimeout(total=self.manners.timeout)
        headers = {"User-Agent": f"{AGENT}/1.0", "Accept": "text/html,application/xhtml+xml,*/*;q=0.5", "Accept-Language": "en, es;q=0.8"}
        async with aiohttp.ClientSession(
            connector=connector, timeout=timeout, headers=headers, cookie_jar=aiohttp.DummyCookieJar(), max_field_size=16_384
        ) as session:
            yield session

    async def _check(self, session: aiohttp.ClientSession, url: str, before: Link | None) -> Link:
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
        empty = Link(url, LinkState.UNKNOWN, now)
        try:
            robots = await self._robots_of(session, url)
            if not robots.allows(url):
                return replace(empty, note="robots.txt does not allow it")
            return _judged(url, await self._answer(session, url, before, robots), before, now)
        except (aiohttp.ClientConnectorCertificateError, ssl.SSLCertVerificationError) as error:
            return replace(empty, state=LinkState.CERTIFICATE, note=_short(error))
        except aiohttp.TooManyRedirects:
            return replace(empty, state=LinkState.GONE, note="it leads in a circle")
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            failures = (before.failures if before else 0) + 1
            return replace(empty, state=LinkState.UNREACHABLE, failures=failures, note=_short(error))

    async def _answer(self, session: aiohttp.ClientSession, url: str, before: Link | None, robots: Robots) -> _Answer:
        conditional = {}
        if before and before.state is LinkState.OK:
            tags = {"If-None-Match": before.etag, "If-Modified-Since": before.last_modified}
            conditional = {name: value for name, value in tags.items() if value}
        if conditional:
            answer = await self._patiently(session, "GET", url, robots, conditional)
        else:
            answer = await self._patiently(session, "HEAD", url, robots, {})
            if answer.code not in _GOOD or answer.code == 204 or not is_front_page(url):
                answer = await self._patiently(session, "GET", url, robots, {})  # HEAD is refused by some, and shows no soft 404
        return answer

    async def _patiently(self, session: aiohttp.ClientSession, method: str, url: str, robots: Robots, headers: dict[str, str]) -> _Answer:
        wait = self.manners.backoff
        for attempt in range(self.manners.retries + 1):
            last = attempt == self.manners.retries
            asked: float | None = None
            try:
                answer = await self._follow(session, method, url, robots, headers)
                if answer.code not in _AGAIN or last:
                    return answer
                asked = answer.retry_after
            except (aiohttp.ClientConnectorCertificateError, aiohttp.TooManyRedirects, aiohttp.InvalidURL):
                raise
            except (aiohttp.ClientError, TimeoutError, OSError):
                if last:
                    raise
            await asyncio.sleep(min(asked if asked is not None else wait, self.manners.longest_wait))
            wait *= 2
        raise AssertionError("unreachable")

    async def _follow(self, session: aiohttp.ClientSession, method: str, url: str, robots: Robots, headers: dict[str, str]) -> _Answer:
        """Follow redirects ourselves: to know whether they are for good, and never to leave the public web."""
        place, moved = url, True
        for _ in range(_MOST_REDIRECTS + 1):
            answer = await self._request(session, method, place, robots if _site(place) == _site(url) else None, headers)
            if answer.code not in _FOR_GOOD + _FOR_NOW:
                return replace(answer, url=place, moved=moved and place != url)
            moved = moved and answer.code in _FOR_GOOD
            place = urljoin(place, answer.url)
            if urlsplit(place).scheme not in ("http", "https"):
                raise ValueError(f"leads to {place[:80]}")
        raise aiohttp.TooManyRedirects(None, ())  # type: ignore[arg-type]

    async def _request(
        self, session: aiohttp.ClientSession, method: str, url: str, robots: Robots | None, headers: dict[str, str]
    ) -> _Answer:
        if not self.manners.private_hosts and not is_public_address(urlsplit(url).hostname or ""):
            raise ValueError(f"leads into a private network: {urlsplit(url).hostname}")
        await self._wait_for_turn(url, robots)
        async with session.request(method, url, headers=headers, allow_redirects=False) as response:
            body = ""
            kind = response.headers.get("Content-Type", "html")
            if method == "GET" and response.status in _GOOD and "html" in kind:
                body = (await response.content.read(READ_BYTES)).decode("utf-8", "replace")
            return _Answer(
                response.status,
                response.headers.get("Location", ""),
                body,
                response.headers.get("ETag"),
                response.headers.get("Last-Modified"),
                _seconds(response.headers.get("Retry-After")),
            )

    async def _wait_for_turn(self, url: str, robots: Robots | None) -> None:
        site = _site(url)
        pause = robots.delay(self.manners.delay) if robots else self.manners.delay
        async with self._turns[site]:
            clock = asyncio.get_running_loop().time
            wait = self._last.get(site, -pause) + pause - clock()
            if wait > 0:
                await asyncio.sleep(wait)
            self._last[site] = clock()

    async def _robots_of(self, session: aiohttp.ClientSession, url: str) -> Robots:
        site = _site(url)
        if site not in self._robots:
            self._robots[site] = asyncio.create_task(self._read_robots(session, site))
        return await self._robots[site]

    async def _read_robots(self, session: aiohttp.ClientSession, site: str) -> Robots:
        try:
            answer = await self._robots_text(session, f"{site}/robots.txt")
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return Robots(None)  # the pages themselves will tell what is wrong with the site
        return Robots(answer)

    async def _robots_text(self, session: aiohttp.ClientSession, url: str) -> str | None:
        place = url
        for _ in range(5):
            if not self.manners.private_hosts and not is_public_address(urlsplit(place).hostname or ""):
                return None
            await self._wait_for_turn(place, None)
            async with session.get(place, allow_redirects=False) as response:
                if response.status in _FOR_GOOD + _FOR_NOW:
                    place = urljoin(place, response.headers.get("Location", ""))
                    continue
                if response.status not in _GOOD:
                    return None
                return (await response.content.read(READ_BYTES)).decode("utf-8", "replace")
        return None


def _judged(url: str, answer: _Answer, before: Link | None, now: dt.datetime) -> Link:
    link = Link(url, LinkState.OK, now, answer.code, answer.url if answer.url != url else None, answer.etag, answer.last_modified)
    if answer.code == _NOT_MODIFIED and before:
        return replace(link, etag=answer.etag or before.etag, last_modified=answer.last_modified or before.last_modified)
    if answer.code in _GONE:
        return replace(link, state=LinkState.GONE, note=f"the server answers {answer.code}")
    if answer.code in _CLOSED_TO_MACHINES:
        return replace(link, state=LinkState.UNKNOWN, note=f"the server answers {answer.code}: open it in a browser")
    if answer.code not in _GOOD:
        failures = (before.failures if before else 0) + 1
        return replace(link, state=LinkState.UNREACHABLE, failures=failures, note=f"the server answers {answer.code}")
    if not same_page(answer.url, url) and is_front_page(answer.url) and not is_front_page(url):
        return replace(link, state=LinkState.SOFT_GONE, note="it leads to the front page")
    if says_not_there(answer.body):
        return replace(link, state=LinkState.SOFT_GONE, note="the page says that it is not there")
    if answer.moved and not same_page(answer.url, url):
        return replace(link, state=LinkState.MOVED, note=f"it has moved to {answer.url}")
    return link


def _site(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isdigit() else None


def _short(error: BaseException) -> str:
    return (str(error) or type(error).__name__)[:200]

"""What a site's robots.txt allows."""

from __future__ import annotations

from urllib.robotparser import RobotFileParser

_LONGEST_DELAY = 30.0
AGENT = "front-door-link-check"


class Robots:
    """The rules of one site; without a readable robots.txt everything is allowed, as RFC 9309 says."""

    def __init__(self, text: str | None) -> None:
        self._rules = RobotFileParser()
        self._rules.parse((text or "").splitlines())

    def allows(self, url: str) -> bool:
        """Return whether our checker may open ``url``."""
        return self._rules.can_fetch(AGENT, url)

    def delay(self, ours: float) -> float:
        """Return how many seconds to leave between two requests: what the site asks for, at least ``ours``, at most 30."""
        asked = self._rules.crawl_delay(AGENT)
        return max(ours, min(float(asked), _LONGEST_DELAY)) if asked else ours

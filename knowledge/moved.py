"""Pages that are known to have moved, and sites that were closed: nobody is sent there."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from knowledge.schema import MovedFile


class MovedPages:
    """The list of outdated addresses."""

    def __init__(self, file: MovedFile) -> None:
        self._closed = {_site(host) for host in file.closed_hosts}
        self._pages = [(_site(page.host), re.compile(page.path), page.to) for page in file.pages]

    def new_place(self, url: str) -> str | None:
        """Return where ``url`` is known to have moved: an address, or words when its site was closed; None when it stands."""
        parts = urlsplit(url)
        host, path = _site(parts.hostname or ""), parts.path or "/"
        if host in self._closed:
            return "nowhere: the site was closed"
        for page_host, pattern, target in self._pages:
            match = pattern.search(path) if host == page_host else None
            if match:
                new = match.expand(target)
                return new if new.startswith("http") else f"https://{parts.hostname}{new}"
        return None


def _site(host: str) -> str:
    return host.casefold().removeprefix("www.")

"""Keep the checker on the public web: a redirect must not lead it into somebody's private network."""

from __future__ import annotations

import ipaddress
import socket

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult


class PublicResolver(AbstractResolver):
    """Look up names, and refuse those that lead to a private address."""

    def __init__(self) -> None:
        self._inner = aiohttp.ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC) -> list[ResolveResult]:
        """Return the public addresses of ``host``. Raises OSError when it has none."""
        found = [entry for entry in await self._inner.resolve(host, port, family) if is_public_address(entry["host"])]
        if not found:
            raise OSError(f"{host} is inside a private network")
        return found

    async def close(self) -> None:
        """Nothing is held open."""
        await self._inner.close()


def is_public_address(host: str) -> bool:
    """Return False for an IP address that is not on the public internet; a name is True: the resolver decides later."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return host != "localhost"

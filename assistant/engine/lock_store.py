"""One turn at a time in each conversation; whoever waits goes on at once.

Rasa's in-memory lock store asks once a second whether it may go on, so a double click feels slow.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, InMemoryLockStore


class WakingLockStore(InMemoryLockStore):
    """Locks of one process, first come, first served."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = LOCK_LIFETIME, wait_time_in_seconds: float = 1
    ) -> AsyncGenerator[TicketLock, None]:
        """Hold the lock of ``conversation_id``."""
        lock, users = self._waiting.get(conversation_id) or (asyncio.Lock(), 0)
        self._waiting[conversation_id] = (lock, users + 1)
        try:
            async with lock:
                yield self.create_lock(conversation_id)
        finally:
            lock, users = self._waiting[conversation_id]
            if users <= 1:
                del self._waiting[conversation_id]
            else:
                self._waiting[conversation_id] = (lock, users - 1)

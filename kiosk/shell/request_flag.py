"""A request that one task makes and another one waits for; two requests at once are one."""

from __future__ import annotations

import anyio


class RequestFlag:
    """An event that clears itself when it has been waited for."""

    def __init__(self) -> None:
        self._event = anyio.Event()

    def set(self) -> None:
        """Make the request."""
        self._event.set()

    async def wait(self) -> None:
        """Wait for a request that was made since the last wait."""
        await self._event.wait()
        self._event = anyio.Event()

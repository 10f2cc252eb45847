"""The broker: where it is, and how a connection to it is opened."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable

import anyio
import anyio.to_thread
from anyio.abc import ByteStream

from kiosk.base.certificates import system_certificates
from kiosk.base.frozen import frozen

CONNECT_TAKES = 20.0  # seconds

OpenStream = Callable[[], Awaitable[ByteStream]]


@frozen
class Broker:
    """Where the broker is. ``ca``: the file of its authority; empty for one the system knows."""

    host: str
    port: int
    tls: bool
    ca: str

    async def open(self) -> ByteStream:
        """Open a connection; raises OSError, also for a wrong certificate, or TimeoutError."""
        with anyio.fail_after(CONNECT_TAKES):
            if not self.tls:
                return await anyio.connect_tcp(self.host, self.port)
            return await anyio.connect_tcp(
                self.host,
                self.port,
                tls=True,
                ssl_context=await anyio.to_thread.run_sync(self._certificates),
                tls_standard_compatible=False,  # brokers close without a TLS goodbye
            )

    def _certificates(self) -> ssl.SSLContext:
        if self.ca:
            return ssl.create_default_context(cafile=self.ca)
        return system_certificates()

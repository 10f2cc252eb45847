"""The broker: where it is, and how a connection to it is opened."""

from __future__ import annotations

import errno
import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import anyio
import anyio.to_thread
from anyio.abc import ByteStream

from kiosk.base.certificates import system_certificates
from kiosk.base.frozen import frozen
from kiosk.base.language import _, system_reason
from kiosk.fleet.mqtt.vocabulary import BrokerFault

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
            context = await anyio.to_thread.run_sync(self._certificates)
            try:
                return await self._open_encrypted(context)
            except (anyio.EndOfStream, anyio.BrokenResourceError) as error:
                reset = errno.ECONNRESET  # in the middle of the TLS handshake
                raise ConnectionResetError(reset, os.strerror(reset)) from error

    async def _open_encrypted(self, context: ssl.SSLContext) -> ByteStream:
        return await anyio.connect_tcp(
            self.host,
            self.port,
            tls=True,
            ssl_context=context,
            tls_standard_compatible=False,  # brokers close without a TLS goodbye
        )

    def _certificates(self) -> ssl.SSLContext:
        if self.ca:
            return ssl.create_default_context(cafile=self.ca)
        return system_certificates()


@asynccontextmanager
async def opened(open_stream: OpenStream) -> AsyncIterator[ByteStream]:
    """Open a connection, and close it after the body; raises BrokerFault."""
    try:
        stream = await open_stream()
    except (OSError, TimeoutError) as error:  # names, routes, ports and certificates
        raise BrokerFault(_("the broker can't be reached: {reason}", reason=_why(error))) from error
    try:
        yield stream
    finally:
        with anyio.CancelScope(shield=True), suppress(OSError, anyio.BrokenResourceError):
            await anyio.aclose_forcefully(stream)


def _why(error: OSError) -> str:
    """Return why no connection was opened."""
    match error, error.__cause__:
        case ssl.SSLCertVerificationError(verify_message=reason), _cause:
            return _("certificate verify failed: {reason}", reason=reason)
        case ssl.SSLError(reason=reason), _cause:
            return _("no encrypted connection is possible ({reason})", reason=reason)
        case TimeoutError(errno=None), _cause:
            return _("no answer for {seconds} s", seconds=round(CONNECT_TAKES))
        case _error, OSError() as cause:  # anyio says only that all attempts failed
            return system_reason(cause)
        case _error, BaseExceptionGroup(exceptions=[OSError() as first, *_others]):
            return system_reason(first)
    return system_reason(error)

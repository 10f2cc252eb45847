"""The connection to the service: one, kept open between sales and opened before the next one.

A sale's first call takes one round trip on an open connection and three on a new one, so ``warm()``
opens it while the cashier keys the total. Nothing is sent to keep it open: while there is an order
the kiosk polls it, and at night there is none. ``idle_limit.py`` learns how long an idle connection
lives.

A request that stays unacknowledged is on a dead path (``dead_path.py``). Then another connection is
opened. If there is still no acknowledgment when it is open, the same bytes are sent on it, with the
same idempotency key. The service may get both copies, in any order and the first one much later:
for the same key it does the work once. TCP repeats a segment that was lost, so the path is often
found alive while the other connection is being opened; then nothing is sent twice.
"""

from __future__ import annotations

import logging
import ssl
from functools import partial

import anyio
import anyio.to_thread
import httpcore
import httpx

from kiosk.base.certificates import system_certificates
from kiosk.orders.http.dead_path import Silence, patience
from kiosk.orders.http.idle_limit import IdleLimit
from kiosk.orders.http.open_connection import (
    STREAM_ERRORS,
    OpenConnection,
    Read,
    connecting_within,
)

log = logging.getLogger("kiosk.orders")

# Seconds. A server may close a connection without a request, and some do so without a signal.
FRESH_FOR = 20.0
READING = 5.0  # seconds; a cashier keys a total within this time, mostly
PAUSE = 1.0  # seconds between two tries to open another connection
MOST_COPIES = 3  # of one request; a path that loses all of them has another fault

SENT_AGAIN = "sent_again"  # the extension of a response whose request was sent more than once

_NO_CONNECTION = (httpx.ConnectError, httpx.ConnectTimeout)
_BROKEN = (httpx.ReadError, httpx.RemoteProtocolError)


class KeptConnection(httpx.AsyncBaseTransport):
    """An httpx transport to one origin, over one connection. Raises httpx's TransportErrors.

    A connection that the server has closed is replaced before anything is sent on it. One that was
    kept and breaks while a request is on its way is replaced once, and the request is sent again.
    A new connection that breaks is an error.
    """

    def __init__(
        self, origin: str, *, connect_timeout: float, certificates: ssl.SSLContext | None = None
    ) -> None:
        """Open nothing yet. Without ``certificates``, those of the system are used.

        They are those that OpenSSL finds: the system's store, with what ``update-ca-certificates``
        has added to it, or ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``. httpx's own default is the
        list of the package certifi, which does not have a shop's own authority.
        """
        self._url = httpx.URL(origin)
        self._tls = self._certificates = certificates
        self._connect_timeout = connect_timeout
        self._turn = anyio.Semaphore(1, fast_acquire=True)  # one request at a time
        self._opening = anyio.Lock(fast_acquire=True)  # a call waits for the one being opened
        self._open: OpenConnection | None = None
        self._limit = IdleLimit()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request, whose body is complete, and return when the answer's headers arrive."""
        await self._take_turn(request.extensions.get("timeout", {}).get("pool"))
        try:
            return await self._answer(request)
        except BaseException:
            self._turn.release()
            raise

    async def warm(self) -> None:
        """Open the connection unless there is one; no request is sent. Never raises."""
        if self._turn.value == 0:  # a request is on its way
            return
        try:
            await self._ready(READING)
        except _NO_CONNECTION as error:
            log.debug(
                "no connection could be opened before the sale: %s",
                str(error) or type(error).__name__,
            )

    async def aclose(self) -> None:
        """Close the connection."""
        connection, self._open = self._open, None
        if connection:
            await connection.close()

    async def _take_turn(self, seconds: float | None) -> None:
        try:
            with anyio.fail_after(seconds):
                await self._turn.acquire()
        except TimeoutError as error:
            raise httpx.PoolTimeout("the connection is busy") from error

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        connection = await self._ready()
        for copy in range(1, MOST_COPIES + 1):
            response = await self._ask(connection, request, may_repeat=copy < MOST_COPIES)
            if response:
                response.extensions[SENT_AGAIN] = copy > 1
                return response
            assert self._open
            connection = self._open
        raise AssertionError("the last copy is waited for")

    async def _ask(
        self, connection: OpenConnection, request: httpx.Request, *, may_repeat: bool
    ) -> httpx.Response | None:
        """Send the request; return None if it must be sent again, on a connection now open."""
        free, before = self._turn.release, connection.tcp_state()
        try:
            if not (may_repeat and before):
                return await connection.ask(request, free)
            read_late = partial(self._read_late, connection, Silence(before))
            return await connection.ask(request, free, patience(before), read_late)
        except httpx.TransportError as failure:
            if self._open is connection:
                await self._replace_if_kept(connection, failure)
            return None

    async def _read_late(self, connection: OpenConnection, silence: Silence, read: Read) -> bytes:
        """Return what is read, but watch the path meanwhile. ReadError if it is dead."""
        data: bytes | None = None
        failure: Exception = httpcore.ReadError("the path is dead")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._replace_if_dead, connection, silence, tasks.cancel_scope)
            try:
                data = await read()
            except STREAM_ERRORS as error:
                failure = error
            tasks.cancel_scope.cancel()
        if data is None:
            raise failure
        if self._open is not connection:  # it came at the last moment
            await self.aclose()
            self._open = connection
        return data

    async def _replace_if_dead(
        self, connection: OpenConnection, silence: Silence, reading: anyio.CancelScope
    ) -> None:
        """Cancel the read if the path is dead, as soon as another connection is open."""
        idle = connection.idle
        while (left := _seconds_left(connection, silence)) is not None:
            if left:
                await anyio.sleep(left)
            elif another := await self._another():
                if _seconds_left(connection, silence) != 0:
                    await another.close()
                    continue
                log.info(
                    "the network lost the connection after %.1f s; the request is sent again", idle
                )
                self._limit.forgotten(idle)
                connection.drop_unsent()
                self._open = another
                reading.cancel()
                return

    async def _another(self) -> OpenConnection | None:
        """Return a second connection; None, after a pause, if none can be opened now."""
        try:
            return await self._connect()
        except _NO_CONNECTION:
            await anyio.sleep(PAUSE)
            return None

    async def _replace_if_kept(
        self, connection: OpenConnection, failure: httpx.TransportError
    ) -> None:
        """Open another connection if a kept one broke; raise any other failure."""
        if not (connection.was_used and isinstance(failure, _BROKEN)):
            raise failure
        idle = connection.idle
        self._limit.forgotten(idle)
        try:
            self._open = await self._connect()
        except _NO_CONNECTION:
            raise failure from None
        log.info("the connection broke after %.1f s; the request is sent again", idle)

    async def _ready(self, for_seconds: float = 0.0) -> OpenConnection:
        """Return the connection if it is good for some seconds more, else a new one."""
        with connecting_within(self._connect_timeout):
            async with self._opening:
                if not (self._open and self._is_good(self._open, for_seconds)):
                    await self.aclose()
                    self._open = await self._connect()
                return self._open

    def _is_good(self, connection: OpenConnection, for_seconds: float) -> bool:
        if not connection.is_free:
            return False
        limit = self._limit.seconds if connection.was_used else FRESH_FOR
        left = connection.was_left()
        if not left and connection.idle + min(for_seconds, limit / 4) < limit:
            return True
        if connection.was_used:
            self._learn(connection, left)
        return False

    def _learn(self, connection: OpenConnection, left: bool) -> None:
        if left:
            self._limit.closed(connection.left_after())
        else:
            self._limit.outlived(connection.idle)

    async def _connect(self) -> OpenConnection:
        if self._url.scheme != "https":
            return await OpenConnection.open(self._url, None, self._connect_timeout)
        if self._tls is None:
            self._tls = await anyio.to_thread.run_sync(system_certificates)
        self._tls.set_alpn_protocols(["http/1.1"])
        try:
            return await OpenConnection.open(self._url, self._tls, self._connect_timeout)
        except httpx.ConnectError:
            self._tls = self._certificates  # those of the system may have been renewed
            raise


def _seconds_left(connection: OpenConnection, silence: Silence) -> float | None:
    """See ``Silence``. A connection that is closed is not waited for."""
    now = connection.tcp_state()
    return silence.seconds_left(now) if now else None

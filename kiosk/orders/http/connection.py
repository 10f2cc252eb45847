"""The connection to the service: one, kept open between sales and opened before the next one.

A sale's first call takes one round trip on an open connection and three on a new one, so ``warm()``
opens it while the cashier keys the total. Nothing is sent to keep it open: while there is an order
the kiosk polls it, and at night there is none.
"""

from __future__ import annotations

import contextlib
import logging
import select
import ssl
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import anyio
import httpcore
import httpx

log = logging.getLogger("kiosk.orders")

# Seconds. Routers drop an idle connection without a signal, some of them after five minutes. A
# request on such a connection ends in a read time-out; a new one costs only two round trips.
KEPT_FOR = 240.0
# Seconds. A server may close a connection without a request, and some do so without a signal.
FRESH_FOR = 20.0

_PEER_LEFT = getattr(select, "POLLRDHUP", 0)  # Linux; other systems report only a reset

_HTTPX_ERRORS: dict[type[Exception], type[httpx.TransportError]] = {
    httpcore.ConnectTimeout: httpx.ConnectTimeout,
    httpcore.ReadTimeout: httpx.ReadTimeout,
    httpcore.WriteTimeout: httpx.WriteTimeout,
    httpcore.PoolTimeout: httpx.PoolTimeout,
    httpcore.ConnectError: httpx.ConnectError,
    httpcore.ReadError: httpx.ReadError,
    httpcore.WriteError: httpx.WriteError,
    httpcore.LocalProtocolError: httpx.LocalProtocolError,
    httpcore.RemoteProtocolError: httpx.RemoteProtocolError,
    httpcore.UnsupportedProtocol: httpx.UnsupportedProtocol,
}


class KeptConnection(httpx.AsyncBaseTransport):
    """An httpx transport to one origin, over one connection. Raises httpx's TransportErrors.

    A connection that the server has closed is replaced before anything is sent on it. A connection
    that breaks later is an error, because the request may have arrived.
    """

    def __init__(
        self, origin: str, *, connect_timeout: float, certificates: ssl.SSLContext | None = None
    ) -> None:
        """Open nothing yet. Without ``certificates``, those of the system are used.

        They are those that OpenSSL finds: the system's store, with what ``update-ca-certificates``
        has added to it, or ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``. httpx's own default is the
        list of the package certifi, which does not have a shop's own authority.
        """
        url = httpx.URL(origin)
        secure = url.scheme == "https"
        self._tls = (certificates or ssl.create_default_context()) if secure else None
        self._host, self._port = url.host, url.port or (443 if secure else 80)
        self._connect_timeout = connect_timeout
        self._connections = _Connections(self._tls)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=self._tls,
            max_connections=1,
            max_keepalive_connections=1,
            keepalive_expiry=KEPT_FOR,
            network_backend=self._connections,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request, whose body is complete, and return when the answer's headers arrive."""
        url = request.url
        with _as_httpx():
            response = await self._pool.handle_async_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(
                        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                    ),
                    headers=request.headers.raw,
                    content=_WholeBody(request.content),
                    extensions=request.extensions,
                )
            )
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response))

    async def warm(self) -> None:
        """Open the connection unless there is one; no request is sent. Never raises."""
        if any(not (it.is_closed() or it.has_expired()) for it in self._pool.connections):
            return
        try:
            await self._connections.prepare(self._host, self._port, self._connect_timeout)
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            log.debug(
                "no connection could be opened before the sale: %s",
                str(error) or type(error).__name__,
            )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()
        await self._connections.discard()


class _Connections(httpcore.AsyncNetworkBackend):
    """Opens connections to one origin, with TLS, and keeps one that was opened early."""

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        self._net = httpcore.AnyIOBackend()
        self._tls = tls
        self._opening = anyio.Lock()  # a call waits for a connection that is being opened
        self._ready: httpcore.AsyncNetworkStream | None = None
        self._ready_at = 0.0

    async def prepare(self, host: str, port: int, timeout: float) -> None:
        """Open a connection for the next ``connect_tcp``, if there is no good one."""
        with _within(timeout):
            async with self._opening:
                if not self._is_good():
                    await self.discard()
                    self._ready = await self._open(host, port)
                    self._ready_at = anyio.current_time()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002 - httpcore's interface
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002 - likewise
    ) -> httpcore.AsyncNetworkStream:
        """Return the connection that was opened early if it is still good, else a new one."""
        with _within(timeout):
            async with self._opening:
                if self._is_good():
                    return self._take()
                await self.discard()
                return await self._open(host, port)

    async def sleep(self, seconds: float) -> None:
        """Sleep. httpcore does so between retries, but it is set to make none."""
        await anyio.sleep(seconds)

    async def discard(self) -> None:
        """Close the connection that was opened early."""
        if self._ready is not None:
            await self._take().aclose()

    def _take(self) -> httpcore.AsyncNetworkStream:
        stream, self._ready = self._ready, None
        assert stream is not None
        return stream

    async def _open(self, host: str, port: int) -> httpcore.AsyncNetworkStream:
        plain = await self._net.connect_tcp(host, port)
        if self._tls is None:
            return plain
        self._tls.set_alpn_protocols(["http/1.1"])
        try:
            return _SecuredStream(await plain.start_tls(self._tls, host))
        except BaseException:
            with anyio.CancelScope(shield=True):
                await plain.aclose()
            raise

    def _is_good(self) -> bool:
        if self._ready is None or anyio.current_time() - self._ready_at > FRESH_FOR:
            return False
        # Not "is it readable": TLS 1.3 servers send session tickets at once, so it always is.
        poll = select.poll()
        poll.register(self._ready.get_extra_info("socket").fileno(), _PEER_LEFT)
        return not poll.poll(0)


class _SecuredStream(httpcore.AsyncNetworkStream):
    """A TLS stream that takes the place of the plain one, which httpcore would start TLS on."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,  # noqa: ARG002 - the one that it was opened with
        server_hostname: str | None = None,  # noqa: ARG002 - likewise
        timeout: float | None = None,  # noqa: ARG002 - nothing to wait for
    ) -> httpcore.AsyncNetworkStream:
        """Return the stream, which has TLS already."""
        return self._stream

    async def aclose(self) -> None:
        """Close the stream."""
        await self._stream.aclose()

    def get_extra_info(self, info: str) -> Any:
        """Return information about the stream."""
        return self._stream.get_extra_info(info)


@contextlib.contextmanager
def _within(seconds: float | None) -> Iterator[None]:
    try:
        with anyio.fail_after(seconds):
            yield
    except TimeoutError as error:
        raise httpcore.ConnectTimeout("no connection in time") from error


class _WholeBody:
    """A request's body in one piece. Not a generator: a canceled one would stay open."""

    def __init__(self, body: bytes) -> None:
        self._left = [body] if body else []

    def __aiter__(self) -> _WholeBody:
        return self

    async def __anext__(self) -> bytes:
        if not self._left:
            raise StopAsyncIteration
        return self._left.pop()


class _Body(httpx.AsyncByteStream):
    """The body of a response that is still being received."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx():
            async for part in self._response.aiter_stream():
                yield part

    async def aclose(self) -> None:
        with _as_httpx():
            await self._response.aclose()


@contextlib.contextmanager
def _as_httpx() -> Iterator[None]:
    try:
        yield
    except tuple(_HTTPX_ERRORS) as error:
        raise _HTTPX_ERRORS[type(error)](str(error)) from error
    except OSError as error:  # a TLS error after the handshake, which httpcore does not map
        raise httpx.ReadError(str(error)) from error

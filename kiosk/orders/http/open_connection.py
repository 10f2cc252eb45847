"""One open HTTP/1.1 connection: httpcore's own, with the types and errors of httpx."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from typing import Any, Self

import anyio
import httpcore
import httpx

from kiosk.orders.http.dead_path import TcpState

_PEER_LEFT = getattr(select, "POLLRDHUP", 0)  # Linux; other systems report only a reset
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: drop what is not acknowledged, and reset

# While an answer is waited for, the kernel asks the peer's kernel after each second of silence. If
# two questions stay unanswered, the read fails. Nothing is asked while the connection is idle.
_PROBES = {"TCP_KEEPIDLE": 1, "TCP_KEEPINTVL": 1, "TCP_KEEPCNT": 2}

STREAM_ERRORS = (httpcore.ReadError, httpcore.ReadTimeout, OSError)  # OSError: of TLS, not mapped

_HTTPX_ERRORS: dict[type[Exception], type[httpx.TransportError]] = {
    httpcore.ConnectTimeout: httpx.ConnectTimeout,
    httpcore.ReadTimeout: httpx.ReadTimeout,
    httpcore.WriteTimeout: httpx.WriteTimeout,
    httpcore.ConnectError: httpx.ConnectError,
    httpcore.ReadError: httpx.ReadError,
    httpcore.WriteError: httpx.WriteError,
    httpcore.LocalProtocolError: httpx.LocalProtocolError,
    httpcore.RemoteProtocolError: httpx.RemoteProtocolError,
    httpcore.UnsupportedProtocol: httpx.UnsupportedProtocol,
}


Read = Callable[[], Awaitable[bytes]]


class OpenConnection:
    """An open connection to the service. Raises httpx's TransportErrors."""

    def __init__(self, origin: httpcore.Origin, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = _PatientStream(stream)
        self._http = httpcore.AsyncHTTP11Connection(origin, self._stream)
        self._socket: socket.socket = stream.get_extra_info("socket")
        self._idle_since = anyio.current_time()
        self._busy = False
        self.was_used = False
        for name, value in _PROBES.items():
            if option := getattr(socket, name, None):
                self._socket.setsockopt(socket.IPPROTO_TCP, option, value)

    @classmethod
    async def open(cls, url: httpx.URL, tls: ssl.SSLContext | None, timeout: float) -> Self:
        """Connect, and secure the connection if there is ``tls``."""
        target = httpcore.URL(str(url))
        port = target.origin.port
        with _as_httpx(), connecting_within(timeout):
            stream = await httpcore.AnyIOBackend().connect_tcp(url.host, port)
            if tls:
                stream = await _secured(stream, tls, url.host)
        return cls(target.origin, stream)

    @property
    def idle(self) -> float:
        """Seconds since the latest answer, or since it was opened."""
        return anyio.current_time() - self._idle_since

    @property
    def is_free(self) -> bool:
        """Whether a request can be sent. The server may have closed it: see ``was_left``."""
        return not (self._busy or self._http.is_closed())

    def was_left(self) -> bool:
        """Whether the server has closed or reset the connection."""
        # Not "is it readable": TLS 1.3 servers send session tickets at once, so it always is.
        poll = select.poll()
        poll.register(self._socket.fileno(), _PEER_LEFT)
        return bool(poll.poll(0))

    def left_after(self) -> float:
        """Return for how many seconds it had been idle when the server closed it."""
        state = self.tcp_state()
        return self.idle - state.heard_ago if state and not state.was_reset else self.idle

    def tcp_state(self) -> TcpState | None:
        """Return what the kernel knows, or None if it tells nothing or the connection is closed."""
        return TcpState.of(self._socket)

    async def ask(
        self,
        request: httpx.Request,
        free: Callable[[], None],
        patience: float | None = None,
        read_late: Callable[[Read], Awaitable[bytes]] | None = None,
    ) -> httpx.Response:
        """Send the request and return when the answer's headers arrive.

        ``free`` is called when the answer's body has been closed. If nothing comes within the
        patience, in seconds, ``read_late`` goes on reading with the function that it gets.
        """
        self._busy = True
        self._stream.patience, self._stream.read_late = patience, read_late
        self._probe(True)
        with _as_httpx():
            response = await self._http.handle_async_request(_core_request(request))

        def answered() -> None:
            self._probe(False)
            self._busy, self.was_used = False, True
            self._idle_since = anyio.current_time()
            free()

        body = _Body(response, answered)
        return httpx.Response(response.status, headers=response.headers, stream=body)

    def drop_unsent(self) -> None:
        """Make the kernel drop what was not acknowledged when the connection is closed.

        Else it would send that again for a minute or more.
        """
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)

    async def close(self) -> None:
        """Close the connection."""
        await self._http.aclose()

    def _probe(self, wanted: bool) -> None:
        """Let the kernel ask whether the peer is there, or not."""
        with contextlib.suppress(OSError):  # it is closed
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, int(wanted))


class _PatientStream(httpcore.AsyncNetworkStream):
    """A stream whose next read goes on in ``read_late`` if nothing comes within the patience."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self.patience: float | None = None
        self.read_late: Callable[[Read], Awaitable[bytes]] | None = None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what came; nothing at the end of the stream."""
        read = partial(self._stream.read, max_bytes, timeout)
        read_late, self.read_late = self.read_late, None
        if read_late is None:
            return await read()
        # A read that is canceled loses nothing: what comes is left for the next one.
        with anyio.move_on_after(self.patience):
            return await read()
        return await read_late(read)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the stream."""
        await self._stream.aclose()

    def get_extra_info(self, info: str) -> Any:
        """Return information about the stream."""
        return self._stream.get_extra_info(info)


async def _secured(
    plain: httpcore.AsyncNetworkStream, tls: ssl.SSLContext, host: str
) -> httpcore.AsyncNetworkStream:
    """Return the stream with TLS, or close it."""
    try:
        return await plain.start_tls(tls, host)
    except BaseException:
        with anyio.CancelScope(shield=True):
            await plain.aclose()
        raise


def _core_request(request: httpx.Request) -> httpcore.Request:
    url = request.url
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        ),
        headers=request.headers.raw,
        content=_WholeBody(request.content),
        extensions=request.extensions,
    )


@contextlib.contextmanager
def connecting_within(seconds: float) -> Iterator[None]:
    """Raise ConnectTimeout if it takes longer."""
    try:
        with anyio.fail_after(seconds):
            yield
    except TimeoutError as error:
        raise httpx.ConnectTimeout("no connection in time") from error


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

    def __init__(self, response: httpcore.Response, closed: Callable[[], None]) -> None:
        self._response, self._closed = response, closed

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx():
            async for part in self._response.aiter_stream():
                yield part

    async def aclose(self) -> None:
        """Close it; if it is not complete, the connection is closed too."""
        try:
            with _as_httpx(), anyio.CancelScope(shield=True):
                await self._response.aclose()
        finally:
            self._closed()


@contextlib.contextmanager
def _as_httpx() -> Iterator[None]:
    try:
        yield
    except tuple(_HTTPX_ERRORS) as error:
        raise _HTTPX_ERRORS[type(error)](str(error)) from error
    except OSError as error:  # a TLS error after the handshake, which httpcore does not map
        raise httpx.ReadError(str(error)) from error

"""A peer on loopback that keeps every byte it hears, and answers as it is told to."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anyio
from anyio.abc import ByteStream, Listener, SocketAttribute, SocketStream
from anyio.streams.tls import TLSStream

from kiosk.orders.http.dead_path import SHORTEST
from tests.orders.support import order_bytes
from tests.support.dead_paths import forget

# Made for these tests alone: openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1
# -nodes -days 36500 -subj /CN=loopback -addext subjectAltName=IP:127.0.0.1,DNS:localhost
PEM = Path(__file__).with_name("loopback.pem")
# An authority of a shop, and the certificate of a server that it signed (openssl x509 -req -CA).
OWN_AUTHORITY = Path(__file__).with_name("own-authority.pem")
BY_OWN_AUTHORITY = Path(__file__).with_name("by-own-authority.pem")
# The same authority with a new key, after the old one has expired, and what it signed.
RENEWED_AUTHORITY = Path(__file__).with_name("renewed-authority.pem")
BY_RENEWED_AUTHORITY = Path(__file__).with_name("by-renewed-authority.pem")
FROM_2090 = Path(__file__).with_name("from-2090.pem")  # as all are to a computer in 1970

Answer = Callable[[ByteStream], Awaitable[None]]


async def good(stream: ByteStream) -> None:
    body = order_bytes()
    await stream.send(b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


async def conflict(stream: ByteStream) -> None:
    body = b'{"errors": [{"code": "idempotency_key_already_used"}]}'
    await stream.send(b"HTTP/1.1 409 Conflict\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


async def good_then_hang_up(stream: ByteStream) -> None:
    await good(stream)
    await stream.aclose()


async def slow(stream: ByteStream) -> None:
    """Answer after more time than a dead path is given."""
    await anyio.sleep(2 * SHORTEST)
    await good(stream)


async def hang_up(stream: ByteStream) -> None:
    await stream.aclose()


async def silence(stream: ByteStream) -> None:
    await anyio.sleep_forever()


async def half_a_body(stream: ByteStream) -> None:
    await stream.send(b"HTTP/1.1 201 Created\r\nContent-Length: 400\r\n\r\n" + order_bytes()[:50])
    await stream.aclose()


async def half_a_head(stream: ByteStream) -> None:
    await stream.send(b"HTTP/1.1 201 Cr")
    await stream.aclose()


async def no_http(stream: ByteStream) -> None:
    await stream.send(b"\x00\x01\x02 SMTP ready\r\n\r\n")


async def plain_text(stream: ByteStream) -> None:
    assert isinstance(stream, TLSStream)
    await stream.transport_stream.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")


async def drip(stream: ByteStream) -> None:
    await stream.send(b"HTTP/1.1 201 Created\r\nContent-Length: 400\r\n\r\n")
    while True:
        await stream.send(b" ")
        await anyio.sleep(0.02)


async def flood(stream: ByteStream) -> None:
    await stream.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        await stream.send(b"10000\r\n" + b" " * 0x10000 + b"\r\n")


@dataclass
class Counterpart:
    """``heard`` has one entry for each connection, in the order they came."""

    port: int
    scheme: str
    answer: Answer = good
    pem: Path = PEM
    heard: list[bytearray] = field(default_factory=list)
    open_now: int = 0
    changed: anyio.Event = field(default_factory=anyio.Event)
    may_shake_hands: anyio.Event = field(default_factory=anyio.Event)
    streams: list[ByteStream] = field(default_factory=list)
    sockets: list[socket.socket] = field(default_factory=list)  # of every connection
    listener: Listener[SocketStream] | None = None
    forgets_first: int = 0  # so many connections are forgotten as soon as they are open

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    async def until(self, condition: Callable[[Counterpart], bool]) -> None:
        with anyio.fail_after(120):
            while not condition(self):
                await self.changed.wait()

    def _note_change(self) -> None:
        self.changed.set()
        self.changed = anyio.Event()

    async def hang_up_on_all(self) -> None:
        await self.until(lambda peer: len(peer.streams) == len(peer.heard))
        for stream in self.streams:
            await stream.aclose()
        await self.until(lambda peer: peer.open_now == 0)

    def ignore_new(self) -> None:
        """Leave those who want to connect from now on without an answer."""
        assert self.listener
        forget(self.listener.extra(SocketAttribute.raw_socket))

    def forget_all(self) -> None:
        """The path of every connection goes dead: what is sent to this peer is lost."""
        for each in self.sockets:
            forget(each)

    async def serve(self, stream: ByteStream) -> None:
        heard = bytearray()
        self.heard.append(heard)
        self.sockets.append(stream.extra(SocketAttribute.raw_socket))
        self.open_now += 1
        self._note_change()
        try:
            await self._converse(stream, heard)
        except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
            pass
        except ssl.SSLError:
            pass
        finally:
            self.open_now -= 1
            self._note_change()

    async def _converse(self, stream: ByteStream, heard: bytearray) -> None:
        async with stream:
            if self.scheme == "https":
                await self.may_shake_hands.wait()
                context = certificates(ssl.PROTOCOL_TLS_SERVER, self.pem)
                stream = await TLSStream.wrap(
                    stream, ssl_context=context, server_side=True, standard_compatible=False
                )
            self.streams.append(stream)
            if len(self.heard) <= self.forgets_first:
                forget(self.sockets[-1])
            self._note_change()
            while True:
                await self._hear_a_request(stream, heard)
                await self.answer(stream)

    async def _hear_a_request(self, stream: ByteStream, heard: bytearray) -> None:
        begin = len(heard)
        while not complete(bytes(heard[begin:])):
            heard += await stream.receive()
        self._note_change()


def complete(request: bytes) -> bool:
    head, end, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: ([0-9]+)", head, re.IGNORECASE)
    return bool(end) and len(body) >= int(length[1] if length else 0)


def certificates(protocol: int = ssl.PROTOCOL_TLS_CLIENT, pem: Path = PEM) -> ssl.SSLContext:
    """Return what trusts the counterpart, or what the counterpart shows."""
    context = ssl.SSLContext(protocol)
    if protocol == ssl.PROTOCOL_TLS_SERVER:
        context.load_cert_chain(pem)
    else:
        context.load_verify_locations(pem)
    return context


@asynccontextmanager
async def counterpart(scheme: str = "http", answer: Answer = good) -> AsyncIterator[Counterpart]:
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    peer = Counterpart(
        listener.extra(SocketAttribute.local_port), scheme, answer, listener=listener
    )
    peer.may_shake_hands.set()
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, peer.serve)
        yield peer
        tasks.cancel_scope.cancel()

"""Reads the body of an answer up to a limit, and unpacks it only as far as the limit.

The kiosk asks for gzip (``Accept-Encoding``), and a proxy may pack a body in another way (RFC 9110,
8.4). httpx unpacks each part that arrives as a whole, and 64 kB of gzip can be 64 MB. Here zlib
stops when the limit is reached, so the memory is bounded by the limit.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import anyio
import httpx

from kiosk.base.language import _

_HEAD = 2  # bytes


class TooLarge(Exception):
    """The body is larger than the limit."""


class BadPacking(Exception):
    """The body is packed in a way that is unknown, broken or cut off."""


class Unpacker:
    """Undoes one content coding, gzip or deflate. It never holds more than ``limit`` bytes."""

    def __init__(self, coding: str, limit: int) -> None:
        self._coding = coding
        self._left = limit
        self._head = b""  # the first two bytes tell which kind of deflate it is
        self._unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)

    def feed(self, data: bytes) -> bytes:
        """Return what is unpacked from the next part. Raises TooLarge or BadPacking."""
        if len(self._head) < _HEAD:
            data = self._head + data
            self._head = data[:_HEAD]
            if len(data) < _HEAD:
                return b""
            self._unpack = zlib.decompressobj(self._window_bits())
        if self._unpack.eof:
            return b""  # what follows is ignored; zlib would keep it
        try:
            unpacked = self._unpack.decompress(data, self._left + 1)
        except zlib.error as error:
            raise BadPacking(str(error)) from error
        self._left -= len(unpacked)
        if self._left < 0:
            raise TooLarge
        return unpacked

    def end(self) -> None:
        """Raise BadPacking if the body ends in the middle. An empty body is complete."""
        if self._head and not self._unpack.eof:
            raise BadPacking(_("it is cut off"))

    def _window_bits(self) -> int:
        if self._coding == "gzip":
            return zlib.MAX_WBITS | 16
        # RFC 1950, 2.2. Some servers send deflate without this header.
        has_header = self._head[0] & 15 == 8 and int.from_bytes(self._head) % 31 == 0
        return zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS


async def read_body(response: httpx.Response, limit: int) -> bytes:
    """Return the unpacked body. Raises TooLarge, BadPacking or httpx's errors.

    The limit holds for what is received and for what is unpacked.
    """
    assert isinstance(response.stream, httpx.AsyncByteStream)
    unpackers = _unpackers(response.headers.get("content-encoding", ""), limit)
    body, received = bytearray(), 0
    failed: TooLarge | BadPacking | None = None
    # Canceled, not left with an exception: only then do the transport's nested iterators close.
    with anyio.CancelScope() as reading:
        async for part in response.stream:
            try:
                received += len(part)
                body += _unpacked(part, unpackers)
                # A body without an end may unpack to nothing.
                if max(received, len(body)) > limit:
                    raise TooLarge
            except (TooLarge, BadPacking) as error:
                failed = error
                reading.cancel()
    if failed is not None:
        raise failed
    for unpacker in unpackers:
        unpacker.end()
    return bytes(body)


def _unpacked(part: bytes, unpackers: Sequence[Unpacker]) -> bytes:
    for unpacker in unpackers:
        part = unpacker.feed(part)
    return part


def _unpackers(header: str, limit: int) -> Sequence[Unpacker]:
    """Return what undoes the codings of the header: the last one first."""
    codings = [each.strip().lower() for each in header.split(",")]
    named = [each.removeprefix("x-") for each in codings if each not in ("", "identity")]
    if len(named) > 2 or not set(named) <= {"gzip", "deflate"}:
        raise BadPacking(_("the coding is unknown"))
    return [Unpacker(coding, limit) for coding in reversed(named)]

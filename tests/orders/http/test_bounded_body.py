"""A body is unpacked as far as the limit, and no further."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator, Callable, Sequence

import anyio.lowlevel
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.base.errors import OutcomeUnknown
from kiosk.orders.http.bounded_body import BadPacking, TooLarge, Unpacker, read_body
from tests.orders.support import ORDER_ID, client, order_bytes

LIMIT = 1 << 20
MEGABYTE = b" " * 1_000_000

Pack = Callable[[bytes], bytes]


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKINGS: dict[str, tuple[str, Pack]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "deflate without a header": ("deflate", raw_deflate),
    "twice": ("gzip, gzip", lambda data: gzip.compress(gzip.compress(data))),
    "both": ("deflate, gzip", lambda data: gzip.compress(zlib.compress(data))),
    "neither": ("identity", lambda data: data),
}
every_packing = pytest.mark.parametrize(("coding", "pack"), PACKINGS.values(), ids=PACKINGS)


def bomb(megabytes: int) -> bytes:
    """Return so many megabytes in few bytes, quickly: the same block again and again.

    The checksum at the end is wrong; nobody may read so far.
    """
    packer = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    first = packer.compress(MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + block * (megabytes - 1) + packer.flush()


class Parts(httpx.AsyncByteStream):
    """A body that arrives in parts."""

    def __init__(self, parts: Sequence[bytes]) -> None:
        self._parts = parts

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            yield part


def answer(coding: str, *parts: bytes) -> httpx.Response:
    return httpx.Response(200, headers={"content-encoding": coding}, stream=Parts(parts))


@pytest.mark.anyio
@every_packing
async def test_a_packed_order_is_read(coding: str, pack: Pack) -> None:
    orders = client(lambda _: answer(coding, pack(order_bytes(status="processed"))))
    assert (await orders.fetch(ORDER_ID)).status == "processed"


@pytest.mark.anyio
@every_packing
async def test_a_body_may_arrive_byte_by_byte(coding: str, pack: Pack) -> None:
    packed = pack(b"a body of some bytes")
    parts = [packed[at : at + 1] for at in range(len(packed))]
    assert await read_body(answer(coding, *parts), LIMIT) == b"a body of some bytes"


@pytest.mark.anyio
@every_packing
async def test_the_limit_is_on_what_is_unpacked(coding: str, pack: Pack) -> None:
    assert len(await read_body(answer(coding, pack(b" " * LIMIT)), LIMIT)) == LIMIT
    with pytest.raises(TooLarge):
        await read_body(answer(coding, pack(b" " * (LIMIT + 1))), LIMIT)


IN_A_PROCESS_OF_ITS_OWN = """
import resource, sys, anyio, anyio.lowlevel, httpx
from kiosk.orders.http.bounded_body import TooLarge, read_body

class Parts(httpx.AsyncByteStream):
    async def __aiter__(self):
        while part := sys.stdin.buffer.read(65536):
            await anyio.lowlevel.checkpoint()
            yield part

async def peak():
    response = httpx.Response(200, headers={"content-encoding": sys.argv[1]}, stream=Parts())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        await read_body(response, 1 << 20)
    except TooLarge:
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)

anyio.run(peak)
"""


@pytest.mark.slow
@pytest.mark.parametrize("layers", [1, 2])
def test_a_bomb_of_300_megabytes_takes_little_memory_of_the_process(layers: int) -> None:
    packed = bomb(300) if layers == 1 else gzip.compress(bomb(300))
    words = [sys.executable, "-c", IN_A_PROCESS_OF_ITS_OWN, ", ".join(["gzip"] * layers)]
    ran = subprocess.run(words, input=packed, capture_output=True, check=True)
    assert int(ran.stdout) < 8_000  # KiB, by which the peak of the whole process grew


@pytest.mark.anyio
async def test_a_bomb_is_not_an_answer() -> None:
    orders = client(lambda _: answer("gzip", bomb(2)))
    with pytest.raises(OutcomeUnknown, match="larger than 1 MiB"):
        await orders.fetch(ORDER_ID)


class Endless(httpx.AsyncByteStream):
    """A body that never ends; it counts what was taken from it."""

    def __init__(self, first: bytes, part: bytes) -> None:
        self._first, self._part = first, part
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._first
        while True:
            await anyio.lowlevel.checkpoint()
            self.taken += len(self._part)
            yield self._part


PACKER = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
OPENED = PACKER.compress(b"{") + PACKER.flush(zlib.Z_FULL_FLUSH)
NOTHING = b"\x00\x00\x00\xff\xff" * 1000  # RFC 1951, 3.2.4: a block without a byte in it


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("coding", "first", "part"),
    [
        ("identity", b"{", b" " * 5000),
        ("gzip", OPENED, NOTHING),
        ("gzip", gzip.compress(b"{}"), b"more" * 1000),
    ],
    ids=["spaces", "blocks without a byte", "more after the end"],
)
async def test_a_body_that_never_ends_is_read_as_far_as_the_limit(
    coding: str, first: bytes, part: bytes
) -> None:
    body = Endless(first, part)
    with pytest.raises(TooLarge):
        await read_body(
            httpx.Response(200, headers={"content-encoding": coding}, stream=body), LIMIT
        )
    assert body.taken <= LIMIT + len(part)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(order_bytes())[:-9]),
        ("gzip", b"not packed"),
        ("deflate", b"\xff\xff\xff\xff"),
        ("br", order_bytes()),
        ("gzip, gzip, gzip", b""),
        ("gzip;q=1", order_bytes()),
    ],
)
async def test_what_cannot_be_unpacked_leaves_the_outcome_unknown(coding: str, body: bytes) -> None:
    orders = client(lambda _: answer(coding, body))
    with pytest.raises(OutcomeUnknown, match="can't be unpacked"):
        await orders.fetch(ORDER_ID)


@pytest.mark.anyio
async def test_an_empty_body_is_complete_whatever_its_header_says() -> None:
    assert await read_body(answer("gzip"), LIMIT) == b""


def test_what_follows_the_packed_body_is_ignored() -> None:
    unpacker = Unpacker("gzip", LIMIT)
    assert unpacker.feed(gzip.compress(b"body") + b"more") == b"body"
    assert unpacker.feed(b"and more") == b""
    unpacker.end()


@given(st.sampled_from(["gzip", "deflate"]), st.lists(st.binary(max_size=80), max_size=5))
def test_any_bytes_are_unpacked_or_refused(coding: str, parts: list[bytes]) -> None:
    unpacker = Unpacker(coding, 64)
    try:
        assert sum(len(unpacker.feed(part)) for part in parts) <= 64
        unpacker.end()
    except (BadPacking, TooLarge):
        pass

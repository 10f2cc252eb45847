"""A body is unpacked as far as the limit, and no further."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable, Sequence

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
    packer = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    return b"".join(packer.compress(MEGABYTE) for _ in range(megabytes)) + packer.flush()


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


@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.parametrize("layers", [1, 2])
async def test_a_bomb_of_300_megabytes_takes_little_memory(layers: int) -> None:
    packed = bomb(300) if layers == 1 else gzip.compress(bomb(300))
    coding = ", ".join(["gzip"] * layers)
    orders = client(lambda _: answer(coding, packed))
    tracemalloc.start()
    try:
        with pytest.raises(OutcomeUnknown, match="larger than 1 MiB"):
            await orders.fetch(ORDER_ID)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000


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

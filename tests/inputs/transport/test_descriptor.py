"""A stream on a descriptor: bytes in both directions, and failures that are final."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import anyio
import pytest
from trio.testing import MockClock

from kiosk.base.errors import DeviceGone
from kiosk.inputs.transport.descriptor import WRITE_LIMIT, DescriptorStream

pytestmark = pytest.mark.anyio


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    near, far = socket.socketpair()
    for end in (near, far):
        end.setblocking(False)
    yield near, far
    near.close()
    far.close()


async def test_bytes_go_both_ways(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair
    stream = DescriptorStream(near.fileno(), "till", "it was unplugged")
    far.send(b"TOTAL")
    assert await stream.receive() == b"TOTAL"
    await stream.send(b"OK")
    assert far.recv(10) == b"OK"


async def test_what_was_sent_before_the_end_is_received_and_the_end_is_final(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    near, far = pair
    stream = DescriptorStream(near.fileno(), "till", "it was unplugged")
    far.send(b"TOTAL")
    far.close()
    assert await stream.receive() == b"TOTAL"
    for _ in range(2):
        with pytest.raises(DeviceGone, match=r"^till: it was unplugged$"):
            await stream.receive()


async def test_an_error_of_the_system_is_named(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair
    stream = DescriptorStream(near.fileno(), "till", "it was unplugged")
    far.close()
    for failing in (stream.send(b"OK"), stream.receive()):
        with pytest.raises(DeviceGone, match=r"^till: it was unplugged \(Broken pipe\)$"):
            await failing


@pytest.mark.parametrize("anyio_backend", [("trio", {"clock": MockClock(autojump_threshold=0)})])
async def test_a_peer_that_accepts_no_bytes_ends_receiving_too(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    near, _ = pair
    discarded: list[int] = []
    stream = DescriptorStream(near.fileno(), "till", "it was unplugged", discarded.append)
    faults: list[str] = []

    async def receive() -> None:
        try:
            await stream.receive()
        except DeviceGone as gone:
            faults.append(str(gone))

    began = anyio.current_time()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(receive)
        with pytest.raises(DeviceGone, match="it accepts no bytes; check the cable"):
            await stream.send(b"x" * 10_000_000)
    assert anyio.current_time() - began == WRITE_LIMIT
    assert faults == ["till: it accepts no bytes; check the cable"]
    assert discarded == [near.fileno()]


async def test_two_sends_never_mix(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair
    stream = DescriptorStream(near.fileno(), "till", "it was unplugged")
    received = bytearray()
    async with anyio.create_task_group() as tasks:
        for byte in (b"a", b"b"):
            tasks.start_soon(stream.send, byte * 1_000_000)
        while len(received) < 2_000_000:
            await anyio.wait_readable(far)
            received += far.recv(65536)
    assert received in (b"a" * 1_000_000 + b"b" * 1_000_000, b"b" * 1_000_000 + b"a" * 1_000_000)

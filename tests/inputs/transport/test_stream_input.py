"""A stream through its decoder: what is delivered, what is sent, and what happens when it fails."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

import anyio
import pytest

from kiosk.base.errors import DeviceGone
from kiosk.inputs.common.counters import MANY, ReadingCounter
from kiosk.inputs.transport.stream_input import ProtocolAnswer, StreamReader
from kiosk.sale.events import CancelPressed, Event, PayPressed, ReadingRejected
from tests.inputs.conftest import Listener

pytestmark = pytest.mark.anyio
CANCEL, PAY = CancelPressed("till"), PayPressed("till")
ACK = ProtocolAnswer(b"\x06")


class Stream:
    """An open stream with prepared bytes, after which it fails."""

    def __init__(self, *pieces: bytes, accepts: int = 100) -> None:
        self._pieces, self._accepts = deque(pieces), accepts
        self.sent: list[bytes] = []

    async def receive(self) -> bytes:
        if not self._pieces:
            raise DeviceGone("till: it was unplugged")
        return self._pieces.popleft()

    async def send(self, data: bytes) -> None:
        if len(self.sent) == self._accepts:
            raise DeviceGone("till: it accepts no bytes")
        self.sent.append(data)


class Decoder:
    """Says the same for all bytes, and one thing more when the stream is closed."""

    def __init__(self, output: Sequence[Event | ProtocolAnswer]) -> None:
        self._output = output
        self.deadline = math.inf
        self.fed: list[tuple[bytes, bool]] = []  # and whether the stream is closed

    def opened(self, now: float) -> None:
        self.fed.append((b"opened", now == math.inf))

    def feed(self, data: bytes, now: float) -> Sequence[Event | ProtocolAnswer]:
        self.fed.append((data, now == math.inf))
        return self._output if data else [PAY, ACK]


def reader(stream: Stream, decoder: Decoder, listener: Listener) -> StreamReader:
    return StreamReader(stream, decoder, ReadingCounter("till"), listener.deliver)


async def test_events_are_delivered_and_answers_are_sent(listener: Listener) -> None:
    stream, decoder = Stream(b"a", b"b"), Decoder([ACK, CANCEL])
    with pytest.raises(DeviceGone, match="unplugged"):
        await reader(stream, decoder, listener).run()
    assert [await listener.next() for _ in range(3)] == [CANCEL, CANCEL, PAY]
    assert stream.sent == [b"\x06", b"\x06"]  # and nothing after the end
    assert decoder.fed == [(b"opened", False), (b"a", False), (b"b", False), (b"", True)]


async def test_an_answer_that_fails_does_not_lose_the_events_after_it(listener: Listener) -> None:
    stream, decoder = Stream(b"a", accepts=0), Decoder([ACK, CANCEL, ACK, CANCEL])
    with pytest.raises(DeviceGone, match="accepts no bytes"):
        await reader(stream, decoder, listener).run()
    assert [await listener.next() for _ in range(3)] == [CANCEL, CANCEL, PAY]
    assert stream.sent == []


async def test_noise_is_held_back_here(listener: Listener) -> None:
    rejected = ReadingRejected("noise", "till")
    stream, decoder = Stream(b"a"), Decoder([rejected] * MANY * 2)
    with pytest.raises(DeviceGone):
        await reader(stream, decoder, listener).run()
    events = [await listener.next() for _ in range(listener.waiting)]
    assert events == [rejected] * (MANY - 1) + [PAY]


async def test_the_decoder_is_fed_when_its_deadline_has_passed(listener: Listener) -> None:
    class Silent(Stream):
        async def receive(self) -> bytes:
            await anyio.sleep_forever()
            raise AssertionError

    class Impatient(Decoder):
        def feed(self, data: bytes, now: float) -> Sequence[Event | ProtocolAnswer]:
            self.deadline = math.inf
            return super().feed(data, now)

    stream, decoder = Silent(), Impatient([])
    decoder.deadline = -math.inf
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(reader(stream, decoder, listener).run)
        assert await listener.next() == PAY
        tasks.cancel_scope.cancel()
    assert decoder.fed == [(b"opened", False), (b"", False)]

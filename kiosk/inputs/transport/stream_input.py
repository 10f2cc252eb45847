"""An input on a stream of bytes: an open line, a pure decoder, and replies that go back.

What all byte-stream drivers share, so that a driver is no more than its settings and its decoder.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import anyio

from kiosk.base.errors import DeviceGone
from kiosk.base.retry import keep_open
from kiosk.inputs.common.counters import ReadingCounter, ReadingCounts
from kiosk.inputs.common.outbox import Outbox, report
from kiosk.inputs.common.repeats import RepeatFilter
from kiosk.sale.effects import Reply
from kiosk.sale.events import Deliver, Event, ResultDelivered

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ProtocolAnswer:
    """Bytes that the device gets at once, and that mean no result: an acknowledgement, a status."""

    data: bytes


class Decoder(Protocol):
    """The pure part of a driver. Times are seconds of the loop's clock."""

    @property
    def deadline(self) -> float:
        """When to call ``feed`` although nothing has come in; infinite for never."""
        ...

    def opened(self, now: float) -> None:
        """Begin anew: the line was opened, and what comes at once may be the end of something."""
        ...

    def feed(self, data: bytes, now: float) -> Sequence[Event | ProtocolAnswer]:
        """Take bytes that came in by ``now`` (none: only time has passed); return what they say.

        An infinite ``now`` means that nothing more will come: the line is closed.
        """
        ...


class PlainDecoder(Decoder, Protocol):
    """A decoder of a device that hears of a result at most what a template says."""

    repeats: RepeatFilter

    def settled(self) -> None:
        """Take note that a sale has ended: the same amount is another sale from now on."""
        ...


class ByteStream(Protocol):
    """An open line, as ``Wire`` is."""

    async def receive(self) -> bytes:
        """Return the next bytes, at least one."""
        ...

    async def send(self, data: bytes) -> None:
        """Return once all of the bytes are taken."""
        ...


class ClosableStream(ByteStream, Protocol):
    """An open line that can be let go of, as ``SerialPort`` is."""

    def close(self) -> None:
        """Let go of it."""
        ...


Wording = Callable[[Reply], bytes]  # what the device is sent as a result; nothing for none


class StreamReader:
    """Reads one open line through its decoder."""

    def __init__(
        self, line: ByteStream, decoder: Decoder, watch: ReadingCounter, deliver: Deliver
    ) -> None:
        self._line, self._decoder, self._reading_counter, self._deliver = (
            line,
            decoder,
            watch,
            deliver,
        )
        self._scope = anyio.CancelScope()

    async def run(self) -> None:
        """Deliver what the line says and send what it is answered, until it is gone."""
        self._decoder.opened(anyio.current_time())
        try:
            while True:
                data = b""
                with anyio.CancelScope(deadline=self._decoder.deadline) as self._scope:
                    data = await self._line.receive()
                await self.take(self._decoder.feed(data, anyio.current_time()))
        except DeviceGone:
            await self.take(self._decoder.feed(b"", math.inf), gone=True)
            raise

    async def take(self, said: Sequence[Event | ProtocolAnswer], *, gone: bool = False) -> None:
        """Deliver the events and send the answers. No event is lost with a line that is gone."""
        fault = None
        for each in said:
            if not isinstance(each, ProtocolAnswer):
                if self._reading_counter.passes(each, anyio.current_time()):
                    await self._deliver(each)
            elif not (gone or fault):
                try:
                    await self._line.send(each.data)
                except DeviceGone as error:
                    fault = error
        if fault:
            raise fault
        self._scope.deadline = self._decoder.deadline


class StreamInput:
    """An input on one line, reopened for ever: see ``kiosk.inputs.Input``."""

    def __init__(
        self,
        name: str,
        open_port: Callable[[], ClosableStream],
        decoder: PlainDecoder,
        wording: Wording,
    ) -> None:
        self.name = name
        self._open, self._decoder, self._wording = open_port, decoder, wording
        self._reading_counter = ReadingCounter(name)
        self._replies: Outbox[Reply] = Outbox()
        self._told: Outbox[ResultDelivered] = Outbox()

    @property
    def counts(self) -> ReadingCounts:
        """How the readings went, since the daemon started."""
        return replace(self._reading_counter.counts, repeated=self._decoder.repeats.count)

    async def run(self, deliver: Deliver) -> None:
        """Read the line and answer the device, for ever."""

        async def use(line: ClosableStream) -> None:
            async with anyio.create_task_group() as group:
                group.start_soon(self._write, line)
                await StreamReader(line, self._decoder, self._reading_counter, deliver).run()

        async with anyio.create_task_group() as group:
            group.start_soon(report, self._told, deliver)
            await keep_open(self.name, self._open, use)

    def reply(self, result: Reply) -> None:
        """Queue the result for the device; it waits there while the device is unplugged."""
        self._decoder.settled()
        if not self._wording(result):
            self._told.put(ResultDelivered(result.reference))
        elif dropped := self._replies.put(result):
            _log.warning("%s: too many replies wait; gave one up", dropped.reference)

    async def _write(self, line: ByteStream) -> None:
        while True:
            result = await self._replies.first()
            try:
                await line.send(self._wording(result))
            except DeviceGone:
                return  # the reader ends of it, at a moment when no reading can get lost
            self._replies.remove(result)
            self._told.put(ResultDelivered(result.reference))


def no_wording(_: Reply) -> bytes:
    """Tell nothing: a display or a printer can't say how a sale ended."""
    return b""

"""An input on a stream of bytes: an open port, a pure decoder, and replies that are sent back.

All drivers of byte streams use it, so that a driver is only its settings and its decoder.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import field, replace
from typing import Protocol

import anyio

from kiosk.base.errors import DeviceGone
from kiosk.base.frozen import frozen
from kiosk.base.outbox import Outbox
from kiosk.base.retry import keep_open
from kiosk.inputs.common.counters import ReadingCounter, ReadingCounts
from kiosk.inputs.common.repeats import RepeatFilter
from kiosk.inputs.common.reports import connection_of, in_place_of_older, report
from kiosk.sale.effects import Reply
from kiosk.sale.events import Deliver, Event, ResultDelivered

_log = logging.getLogger(__name__)


@frozen
class ProtocolAnswer:
    """Bytes to send to the device at once: an acknowledgement or a status, not a sale's result.

    ``pause`` is the least silence, in seconds, between the answer before it and this one.
    """

    data: bytes
    pause: float = field(default=0.0, compare=False)


class Decoder(Protocol):
    """The pure part of a driver. Times are seconds of the event loop's clock."""

    @property
    def deadline(self) -> float:
        """When to call ``feed`` even if nothing has come in; infinite for never."""
        ...

    def opened(self, now: float) -> None:
        """Start again: the port was opened. The first bytes may be the end of something."""
        ...

    def feed(self, data: bytes, now: float) -> Sequence[Event | ProtocolAnswer]:
        """Take bytes that came in by ``now`` (none: only time has passed); return what they say.

        An infinite ``now`` means that nothing more will come: the port is closed.
        """
        ...


class PlainDecoder(Decoder, Protocol):
    """A decoder of a device that does not wait for results."""

    repeats: RepeatFilter

    def sale_ended(self) -> None:
        """Take the same amount for another sale from now on."""
        ...


class ByteStream(Protocol):
    """An open stream, such as ``DescriptorStream``. Every failure is raised as DeviceGone."""

    async def receive(self) -> bytes:
        """Return the next bytes, at least one."""
        ...

    async def send(self, data: bytes) -> None:
        """Return when all of the bytes are taken."""
        ...


class ClosableStream(ByteStream, Protocol):
    """An open stream that can be closed, such as ``SerialPort``."""

    def close(self) -> None:
        """Close the stream."""
        ...


Wording = Callable[[Reply], bytes]  # returns what is sent to the device; empty for nothing


class StreamReader:
    """Reads one open stream through its decoder."""

    def __init__(
        self, stream: ByteStream, decoder: Decoder, counter: ReadingCounter, deliver: Deliver
    ) -> None:
        self._stream, self._decoder, self._counter = stream, decoder, counter
        self._deliver = deliver
        self._receiving = anyio.CancelScope()

    async def run(self) -> None:
        """Deliver the events and send the answers of the decoder until DeviceGone is raised."""
        self._decoder.opened(anyio.current_time())
        try:
            while True:
                data = b""
                with anyio.CancelScope(deadline=self._decoder.deadline) as self._receiving:
                    data = await self._stream.receive()
                await self.take(self._decoder.feed(data, anyio.current_time()))
        except DeviceGone:
            await self.take(self._decoder.feed(b"", math.inf), gone=True)
            raise

    async def take(self, output: Sequence[Event | ProtocolAnswer], *, gone: bool = False) -> None:
        """Deliver the events and send the answers. If the stream fails, deliver the events first.

        ``gone``: the stream has failed already, so nothing is sent.
        """
        failure, answered = None, False
        for each in output:
            if not isinstance(each, ProtocolAnswer):
                if self._counter.passes(each, anyio.current_time()):
                    await self._deliver(each)
            elif not (gone or failure):
                await anyio.sleep(each.pause if answered else 0)
                answered = True
                try:
                    await self._stream.send(each.data)
                except DeviceGone as error:
                    failure = error
        if failure:
            raise failure
        self._receiving.deadline = self._decoder.deadline


class StreamInput:
    """An input on one stream, which is opened again after each failure. See ``Input``."""

    def __init__(
        self,
        name: str,
        open_port: Callable[[], ClosableStream],
        decoder: PlainDecoder,
        wording: Wording,
    ) -> None:
        self.name = name
        self._open, self._decoder, self._wording = open_port, decoder, wording
        self._counter = ReadingCounter(name)
        self._replies: Outbox[Reply] = Outbox()
        self._delivered: Outbox[ResultDelivered] = Outbox()

    @property
    def counts(self) -> ReadingCounts:
        """How the readings went, since the daemon started."""
        return replace(self._counter.counts, repeated=self._decoder.repeats.count)

    async def run(self, deliver: Deliver) -> None:
        """Read the stream and send the replies, until canceled."""

        async def use(stream: ClosableStream) -> None:
            async with anyio.create_task_group() as group:
                group.start_soon(self._send_replies, stream)
                await StreamReader(stream, self._decoder, self._counter, deliver).run()

        async with anyio.create_task_group() as group:
            group.start_soon(report, self._delivered, deliver)
            await keep_open(self.name, self._open, use, connection_of(self.name, deliver))

    def reply(self, result: Reply) -> None:
        """Queue the result for the device, also while it is unplugged."""
        self._decoder.sale_ended()
        result = in_place_of_older(self._replies, result)
        if not self._wording(result):
            self._delivered.put(ResultDelivered(result.reference, result.outcome))
        elif dropped := self._replies.put(result):
            _log.warning(
                "%s: too many replies wait; the one for the sale %s is dropped",
                self.name,
                dropped.reference,
            )

    async def _send_replies(self, stream: ByteStream) -> None:
        while True:
            result = await self._replies.first()
            try:
                await stream.send(self._wording(result))
            except DeviceGone:
                return  # receiving fails too, and the reader raises it when no event can get lost
            self._replies.remove(result)
            self._delivered.put(ResultDelivered(result.reference, result.outcome))


def no_wording(_: Reply) -> bytes:
    """Return nothing: a display or a printer cannot tell its register how a sale ended."""
    return b""

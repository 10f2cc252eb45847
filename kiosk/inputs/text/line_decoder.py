"""From the bytes of a stream to events: framer, amounts, repeats.

Pure: the time comes with the bytes, so that a recording is replayed as it happened.
"""

from __future__ import annotations

import logging
from functools import partial

from kiosk.base.errors import BadReading
from kiosk.inputs.common.repeats import RepeatFilter
from kiosk.inputs.text.amounts import AmountRule, masked
from kiosk.inputs.text.line_framer import DroppedLine, LineFramer, TextLine
from kiosk.sale.events import AmountRead, Event, ReadingBegan, ReadingRejected

_log = logging.getLogger(__name__)


class LineDecoder:
    """Decodes what one device sends. ``source`` is the input's name, times are in seconds."""

    def __init__(
        self,
        source: str,
        rule: AmountRule,
        *,
        gap: float,
        longest: int,
        encoding: str = "ascii",
        repeat_within: float = 0.0,
    ) -> None:
        self._source, self._rule, self._encoding = source, rule, encoding
        self._new_framer = partial(LineFramer, gap=gap, longest=longest, skip_tails=rule.tails_pass)
        self._framer = self._new_framer()
        self.repeats = RepeatFilter(repeat_within)

    def opened(self, now: float) -> None:
        """Start again: the port was opened. The first bytes may be the end of a line."""
        self._framer = self._new_framer(opened=now)

    def sale_ended(self) -> None:
        """Take the same amount for another sale from now on."""
        self.repeats.forget()

    @property
    def deadline(self) -> float:
        """When to call ``feed`` even if nothing has come in; infinite for never."""
        return self._framer.deadline

    def feed(self, data: bytes, now: float) -> list[Event]:
        """Take bytes that came in by ``now`` (none: only time has passed); return what they say."""
        silent = self._framer.silent(now)
        readings = self._framer.feed(data, now)
        began: list[Event] = []
        if silent and not self._framer.silent(now):
            began.append(ReadingBegan(self._source))
        events = [event for reading in readings if (event := self._event(reading))]
        return began + [event for event in events if not self._is_repeat(event, now)]

    def _event(self, reading: TextLine | DroppedLine) -> Event | None:
        if isinstance(reading, DroppedLine):
            return ReadingRejected(reading.reason, self._source)
        line = reading.data.decode(self._encoding, errors="replace")
        try:
            money = self._rule.read(line)
        except BadReading as fault:
            _log.info("%s: no amount in %s: %s", self._source, masked(line), fault)
            return ReadingRejected(str(fault), self._source)
        if money is None:
            _log.debug("%s: ignored %s", self._source, masked(line))
            return None
        return AmountRead(money, self._source)

    def _is_repeat(self, event: Event, now: float) -> bool:
        repeat = self.repeats.repeats(event, now)
        if repeat:
            _log.info("%s: the same amount came again too soon; it is ignored", self._source)
        return repeat

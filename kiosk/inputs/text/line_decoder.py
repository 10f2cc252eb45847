"""From a stream's bytes to the counter's events: the framer, the extractor, the repeats.

Pure, so that a recording replays as it happened: all it needs to know of time comes with the bytes.
"""

from __future__ import annotations

import logging
import math

from kiosk.base.errors import BadReading
from kiosk.inputs.common.repeats import RepeatFilter
from kiosk.inputs.text.amounts import AmountRule, masked
from kiosk.inputs.text.line_framer import DroppedLine, LineFramer, TextLine
from kiosk.sale.events import AmountRead, Event, ReadingBegan, ReadingRejected

_log = logging.getLogger(__name__)


class LineDecoder:
    """Decodes what one input sends. ``source`` is the input's name, times are in seconds."""

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
        self._gap, self._longest = gap, longest
        self.repeats = RepeatFilter(repeat_within)
        self.opened(-math.inf)

    def opened(self, now: float) -> None:
        """Begin anew: the port was opened, and what comes at once may be the end of a line."""
        self._framer = LineFramer(
            gap=self._gap, longest=self._longest, skip_tails=self._rule.tails_pass, opened=now
        )

    def settled(self) -> None:
        """A sale has ended: the same amount is another sale from now on."""
        self.repeats.forget()

    @property
    def deadline(self) -> float:
        """When to call ``feed`` although nothing has come in; infinite for never."""
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
            _log.info("%s: the same amount came again at once and is ignored", self._source)
        return repeat

"""From the bytes of a stream to events: framer, amounts, repeats.

Pure: the time comes with the bytes, so that a recording is replayed as it happened.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import field
from functools import partial

from kiosk.base.errors import BadReading
from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.inputs.common.repeats import RepeatFilter
from kiosk.inputs.text.amounts import AmountRule, masked
from kiosk.inputs.text.folding import fold
from kiosk.inputs.text.line_framer import DAMAGED, LOST, DroppedLine, LineEnds, LineFramer, TextLine
from kiosk.sale.events import AmountRead, Event, ReadingBegan, ReadingRejected, ReadingUnread

_log = logging.getLogger(__name__)

# A line with a word for a total and a digit, or with nothing but a number, looks like a total.
_WORDS = "(?:TOTAL|PAGAR|COBRAR|IMPORTE|MONTO|VALOR)"
_LOOKS_LIKE_TOTAL = rf"^(?!SUB)[^0-9]*{_WORDS}|^[^A-Z]{{0,4}}[0-9][0-9.,]*[^A-Z]{{0,2}}$"
_HAS_WORD = rf"(?<![A-Z]){_WORDS}(?![A-Z])"  # perhaps behind a time, or a code
_NO_TEXT = r"\x1b\[[0-9;]*[A-Za-z]|\x1b[^A-Za-z]?|[\x00-\x1f\x7f]"
_PRINTER_CODE = r"[\x0b-\x14\x1b\x1d]"
_FRAME = r"[\x01-\x08]"


@frozen
class LineRule:
    """How one device sends its lines, and which of them are amounts.

    ``label``: a line that it matches says that the next line is the amount. ``new_strip`` returns a
    function that takes all but text out of one stream. The gap is in seconds.
    """

    amounts: AmountRule
    gap: float = 0.5
    longest: int = 512
    encoding: str = "ascii"
    ends: LineEnds = field(default_factory=LineEnds)
    label: re.Pattern[str] | None = None
    new_strip: Callable[[], Callable[[bytes], bytes]] | None = None


class LineDecoder:
    """Decodes what one device sends. ``source`` is the input's name, times are in seconds."""

    def __init__(self, source: str, rule: LineRule, *, repeat_within: float = 0.0) -> None:
        self._source, self._rule = source, rule
        tails_pass = rule.amounts.tails_pass or rule.label is not None
        self._new_framer = partial(
            LineFramer, gap=rule.gap, longest=rule.longest, ends=rule.ends, skip_tails=tails_pass
        )
        self._framer = self._new_framer()
        self._strip = self._new_strip()
        self._labelled = False  # the line before was a label
        self.repeats = RepeatFilter(repeat_within)

    def _new_strip(self) -> Callable[[bytes], bytes]:
        return self._rule.new_strip() if self._rule.new_strip else bytes

    def opened(self, now: float) -> None:
        """Start again: the port was opened. The first bytes may be the end of a line."""
        self._framer = self._new_framer(opened=now)
        self._strip, self._labelled = self._new_strip(), False

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
        readings = self._framer.feed(self._strip(data), now)
        began: list[Event] = []
        if silent and not self._framer.silent(now) and data.strip(LOST):
            began.append(ReadingBegan(self._source))
        events = [event for reading in readings if (event := self._event(reading))]
        return began + [event for event in events if not self._is_repeat(event, now)]

    def _event(self, reading: TextLine | DroppedLine) -> Event | None:
        labelled, self._labelled = self._labelled, False
        if isinstance(reading, DroppedLine):
            stripped = reading.reason == _(DAMAGED) and self._rule.new_strip
            advice = _("; or the line has a code that strip does not know") if stripped else ""
            return ReadingRejected(f"{reading.reason}{advice}", self._source)
        line = reading.data.decode(self._rule.encoding, errors="replace")
        if self._rule.label and not labelled:
            self._labelled = bool(self._rule.label.fullmatch(line.strip()))
            return None if self._labelled else self._passed_over(line)
        try:
            money = self._rule.amounts.read(line)
        except BadReading as fault:
            _log.info("%s: no amount in %s: %s", self._source, masked(line), fault)
            return ReadingRejected(f"{fault}{self._advice(line)}", self._source)
        if money is None:
            return self._passed_over(line)
        return AmountRead(money, self._source)

    def _passed_over(self, line: str) -> Event | None:
        """Return what to say of a line without an amount: something, if it looks like a total."""
        if line.count("\ufffd") * 3 > len(line):
            reason = _("the line is not text; correct baud, bytes and parity, or encoding")
            return ReadingUnread(reason, self._source, masked(line))
        text = fold(re.sub(_NO_TEXT, "", line))
        word = re.search(_HAS_WORD, text)
        labels = word and re.search("[0-9]", text[word.end() :])
        if not (labels or re.search(_LOOKS_LIKE_TOTAL, text.replace(" ", ""))):
            _log.debug("%s: ignored %s", self._source, masked(line))
            return None
        reason = _("the line does not match the setting amount{advice}", advice=self._advice(line))
        return ReadingUnread(reason, self._source, masked(line))

    def _advice(self, line: str) -> str:
        if re.search(_PRINTER_CODE, line) and not self._rule.new_strip:
            return _("; the line has codes of a printer: set strip: printer")
        if re.search(_FRAME, line) and not self._rule.ends.begin:
            return _("; the line has control characters around it: set begins_with and ends_with")
        return ""

    def _is_repeat(self, event: Event, now: float) -> bool:
        repeat = self.repeats.repeats(event, now)
        if repeat:
            _log.info("%s: the same amount came again too soon; it is ignored", self._source)
        return repeat

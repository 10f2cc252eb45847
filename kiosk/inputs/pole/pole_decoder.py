"""From the bytes of a pole display to events: the display is read when it has stopped changing.

Pure. A register writes a display in many small steps, so nothing is read while bytes come in.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable

from kiosk.base.errors import BadReading
from kiosk.base.money import Money
from kiosk.inputs.common.repeats import RepeatFilter
from kiosk.inputs.pole.emulator import Emulator
from kiosk.inputs.pole.screen_rule import Rows, ScreenRule
from kiosk.inputs.text.amounts import masked
from kiosk.inputs.transport.stream_input import ProtocolAnswer
from kiosk.sale.events import AmountRead, Event, ReadingBegan, ReadingRejected, ReadingUnread

# A register clears the display for a moment whenever it writes it again. A display that is blank
# for longer means that the sale is over.
BLANK_BETWEEN_SALES = 2.0  # seconds

_log = logging.getLogger(__name__)


class StandingTotal:
    """Finds out whether a total is new, or was on the display all the time or a moment ago."""

    def __init__(self) -> None:
        self._total: Money | None = None
        self._blank_since = math.inf

    def is_new(self, money: Money | None, *, blank: bool, at: float) -> bool:
        """Take what the display shows at ``at``, in seconds; return whether it is a new total."""
        if blank:
            self._blank_since = min(self._blank_since, at)
        else:
            if at - self._blank_since >= BLANK_BETWEEN_SALES or money is None:
                self._total = None
            self._blank_since = math.inf
        if money is None or money == self._total:
            return False
        self._total = money
        return True

    def forget(self) -> None:
        """Take the next total for a new one."""
        self._total = None


class PoleDecoder:
    """Decodes what one register writes on its display. ``settle`` is in seconds."""

    def __init__(
        self,
        source: str,
        new_display: Callable[[], Emulator],
        rule: ScreenRule,
        *,
        settle: float,
        repeat_within: float,
    ) -> None:
        self._source, self._new_display, self._rule = source, new_display, rule
        self._settle = settle
        self.repeats = RepeatFilter(repeat_within)
        self._display = new_display()
        self._changing = False
        self._last = -math.inf
        self._read_rows: Rows = ()  # that were read last
        self._standing = StandingTotal()

    def opened(self, now: float) -> None:  # noqa: ARG002 - what is on the display is not known
        """Start again: what is on the display is not known."""
        self._display = self._new_display()
        self._changing = False
        self._last = -math.inf
        self._read_rows = ()
        self._standing = StandingTotal()

    def sale_ended(self) -> None:
        """Take the same amount for another sale; but not the total that is still on the display."""
        self.repeats.forget()

    @property
    def deadline(self) -> float:
        """When the display is read; infinite if nothing has changed since the last time."""
        return self._last + self._settle if self._changing else math.inf

    def feed(self, data: bytes, now: float) -> list[Event | ProtocolAnswer]:
        """Take the bytes that came in by ``now``, in seconds; none: only time has passed."""
        output: list[Event | ProtocolAnswer] = []
        if self._changing and now >= self.deadline:
            output += self._read()
        if not data.strip(b"\0") and not self._display.in_command:
            self._display.feed(data)  # fill, or a lost byte of the text that is being written
            return output
        if not self._changing:
            output.append(ReadingBegan(self._source))
        self._changing, self._last = True, now
        if answers := self._display.feed(data):
            output.append(ProtocolAnswer(answers))
        return output

    def _read(self) -> list[Event]:
        """Return what the display says, if it is not what it said before."""
        self._changing = False
        self._display.settled()
        screen = self._display.screen
        rows = screen.text()
        if rows == self._read_rows:
            return []
        self._read_rows = rows
        text = masked(" ".join(row or "" for row in rows).strip())
        try:
            money = self._rule.read(rows, screen.cursor)
        except BadReading as fault:
            self._standing.forget()
            _log.info("%s: no amount in %s: %s", self._source, text, fault)
            return [ReadingRejected(str(fault), self._source)]
        blank = not any(row is None or row.strip() for row in rows)
        is_new = self._standing.is_new(money, blank=blank, at=self._last)
        if money is None:
            if blank or self._rule.is_over(rows):
                return []
            return [ReadingUnread(self._rule.why_not(rows), self._source, text)]
        event = AmountRead(money, self._source)
        return [event] if is_new and not self.repeats.repeats(event, self._last) else []

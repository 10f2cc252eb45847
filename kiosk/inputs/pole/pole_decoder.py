"""From a pole display's bytes to the counter's events: what has come to rest on it is read.

Pure. A register writes a display in many small steps, so nothing is read while bytes come in.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.base.errors import BadReading
from kiosk.base.money import Money
from kiosk.inputs.common.repeats import RepeatFilter
from kiosk.inputs.pole.emulator import Emulator
from kiosk.inputs.text.amounts import masked
from kiosk.inputs.text.totals import TotalRule, fold
from kiosk.inputs.transport.stream_input import ProtocolAnswer
from kiosk.sale.events import AmountRead, Event, ReadingBegan, ReadingRejected

# A display is cleared for a moment whenever it is written anew; one that stays blank for longer
# says that the sale is over.
BLANK_BETWEEN_SALES = 2.0  # seconds

_log = logging.getLogger(__name__)

Rows = tuple[str | None, ...]


@dataclass(frozen=True)
class ScreenRule:
    """Which total a display shows.

    ``over`` finds the words that only come when the sale is over, such as the change; a screen
    with one of them has no total. ``label_row`` and ``amount_row`` count from 0; None: in any row
    the label and its amount.
    """

    totals: TotalRule
    over: re.Pattern[str]
    label_row: int | None = None
    amount_row: int | None = None

    def read(self, rows: Rows) -> Money | None:
        """Return the total on show, None if there is none, or raise BadReading."""
        texts = [row or "" for row in rows]
        if any(self.over.search(fold(text)) for text in texts):
            return None
        if self.label_row is not None and self.amount_row is not None:
            return self._read_apart(texts[self.label_row], rows[self.amount_row])
        found = {money for text in texts if (money := self.totals.read(text))}
        if len(found) > 1:
            raise BadReading("the display shows two totals")
        return next(iter(found), None)

    def _read_apart(self, label: str, amount: str | None) -> Money | None:
        if amount is None or self.totals.behind_label(label) is None:
            return None
        return self.totals.amount_in(amount)


class PoleDecoder:
    """Decodes what one register writes to its display. ``settle`` is in seconds."""

    def __init__(
        self,
        source: str,
        make: Callable[[], Emulator],
        rule: ScreenRule,
        *,
        settle: float,
        repeat_within: float,
    ) -> None:
        self._source, self._make, self._rule, self._settle = source, make, rule, settle
        self.repeats = RepeatFilter(repeat_within)
        self.opened(-math.inf)

    def opened(self, now: float) -> None:  # noqa: ARG002 - what the display shows is unknown anyway
        """Begin anew: nobody knows what the display shows."""
        self._display = self._make()
        self._restless = False
        self._last = -math.inf
        self._seen: Rows = ()
        self._standing: Money | None = None
        self._blank_since = math.inf

    def settled(self) -> None:
        """A sale has ended. The total that still stands there is not another one."""
        self.repeats.forget()

    @property
    def deadline(self) -> float:
        """When what is on show counts as complete; infinite if nothing has changed."""
        return self._last + self._settle if self._restless else math.inf

    def feed(self, data: bytes, now: float) -> list[Event | ProtocolAnswer]:
        """Take the bytes that came in by ``now`` (none: only time has passed), in seconds."""
        said: list[Event | ProtocolAnswer] = []
        if self._restless and now >= self.deadline:
            said += self._at_rest()
        if not data.strip(b"\0") and not self._display.in_command:  # fill, while nothing is written
            return said
        if not self._restless:
            said.append(ReadingBegan(self._source))
        self._restless, self._last = True, now
        if answers := self._display.feed(data):
            said.append(ProtocolAnswer(answers))
        return said

    def _at_rest(self) -> list[Event]:
        self._restless = False
        self._display.interrupted()
        rows = self._display.screen.text()
        if rows == self._seen:
            return []
        self._seen = rows
        try:
            money = self._rule.read(rows)
        except BadReading as fault:
            self._standing = None
            text = " ".join(row or "" for row in rows).strip()
            _log.info("%s: no amount in %s: %s", self._source, masked(text), fault)
            return [ReadingRejected(str(fault), self._source)]
        return self._total(money, rows)

    def _total(self, money: Money | None, rows: Rows) -> list[Event]:
        """Return the total if it is not the one that stood there all along."""
        blank = not any(row is None or row.strip() for row in rows)
        if blank:
            self._blank_since = min(self._blank_since, self._last)
        else:
            if self._last - self._blank_since >= BLANK_BETWEEN_SALES or money is None:
                self._standing = None
            self._blank_since = math.inf
        if money is None or money == self._standing:
            return []
        self._standing = money
        event = AmountRead(money, self._source)
        return [] if self.repeats.repeats(event, self._last) else [event]

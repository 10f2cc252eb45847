"""From a scanner's characters to the events of the sale. Pure.

It joins the framer (characters to codes), the reader of codes (codes to meanings), and what one
scan leaves behind for the next one: repeated scans, quantities, counters. Both kinds of scanner use
it, so that a recording of either is replayed as it happened.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import replace

from kiosk.base.errors import BadReading
from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.base.money import Money
from kiosk.inputs.codes.meaning import Meaning
from kiosk.inputs.codes.own_codes import ControlCode, Quantity, SignedAmount
from kiosk.inputs.common.counters import ReadingCounter
from kiosk.inputs.scanner.code_framer import CodeFramer
from kiosk.inputs.text.amounts import masked
from kiosk.inputs.text.line_framer import DroppedLine
from kiosk.sale.events import (
    AmountRead,
    CancelPressed,
    ClearPressed,
    Event,
    ItemScanned,
    PayPressed,
    ReadingBegan,
    ReadingRejected,
    RemovePressed,
)
from kiosk.sale.words import Item

_log = logging.getLogger(__name__)

STALE_AFTER = 5.0  # seconds; a code that arrives later belongs to an earlier moment
QUANTITY_KEPT_FOR = 30.0  # seconds between KQQTY05 and its item


@frozen
class SignedAmountRead:
    """A signed amount was read; it is sold only if its serial was not used before."""

    signed: SignedAmount
    source: str


@frozen
class ScanOptions:
    """What the scanner adds to each code, and which scans are repeated by mistake.

    ``gs_character`` stands for the GS1 separator. The same code again within ``echo_within``
    seconds is ignored; for amounts, within ``repeat_within`` seconds.
    """

    prefix: str = ""
    gs_character: str = ""
    echo_within: float = 0.3
    repeat_within: float = 3.0


class ScanDecoder:
    """Decodes what one scanner sends. ``source`` is the input's name, times are in seconds."""

    def __init__(
        self,
        source: str,
        framer: CodeFramer,
        read: Callable[[str], Meaning],
        options: ScanOptions = ScanOptions(),
    ) -> None:
        """``read`` returns what a code means, or raises BadReading."""
        self._source, self._framer, self._read, self._options = source, framer, read, options
        self._counter = ReadingCounter(source)
        self.counts = self._counter.counts
        self._quantity, self._quantity_until = 1, -math.inf
        self._latest, self._repeated_until = "", -math.inf

    def sale_ended(self) -> None:
        """Forget the latest code: the same code is now scanned for another customer."""
        self._latest, self._repeated_until = "", -math.inf

    @property
    def unfinished(self) -> bool:
        """Whether ``feed`` must be called after the gap even if nothing has arrived."""
        return self._framer.unfinished

    def unplugged(self, at: float) -> list[Event | SignedAmountRead]:
        """Drop the unfinished code of a scanner that was unplugged; return the events."""
        return [event for scan in self._framer.unplugged() for event in self._decode(scan, at)]

    def feed(
        self, text: str, at: float, now: float | None = None
    ) -> list[Event | SignedAmountRead]:
        """Return the events of characters that were sent at ``at``; "" when time has passed.

        ``now`` is when they arrived, if that may be much later.
        """
        events: list[Event | SignedAmountRead] = []
        if text and self._framer.is_silent(at):
            events.append(ReadingBegan(self._source))
        scans = self._framer.feed(text, at)
        if scans and now is not None and now - at > STALE_AFTER:
            scans = [DroppedLine(_("a code arrived too late; scan it again"))]
        for scan in scans:
            events += self._decode(scan, at)
        return events

    def _decode(self, scan: str | DroppedLine, at: float) -> list[Event | SignedAmountRead]:
        if isinstance(scan, DroppedLine):
            return self._rejected(scan.reason, at)
        code = self._cleaned(scan)
        if code == self._latest and at < self._repeated_until:
            _log.info("%s: the same code was scanned again too soon; it is ignored", self._source)
            self._counter.repeat()
            return []
        try:
            meaning = self._read(code)
        except BadReading as fault:
            _log.info("%s: code %s rejected: %s", self._source, masked(code), fault)
            self._remember(code, at, self._options.echo_within)
            return self._rejected(str(fault), at)
        is_amount = isinstance(meaning, Money | SignedAmount)
        within = self._options.repeat_within if is_amount else self._options.echo_within
        self._remember(code, at, within)
        self._counter.accept()
        return self._events(meaning, at)

    def _cleaned(self, scan: str) -> str:
        code = scan.removeprefix(self._options.prefix)
        gs_character = self._options.gs_character
        return code.replace(gs_character, "\x1d") if gs_character else code

    def _remember(self, code: str, at: float, within: float) -> None:
        self._latest, self._repeated_until = code, at + within

    def _rejected(self, reason: str, at: float) -> list[Event | SignedAmountRead]:
        passes = self._counter.reject(at)
        return [ReadingRejected(reason, self._source)] if passes else []

    def _events(self, meaning: Meaning, at: float) -> list[Event | SignedAmountRead]:
        if isinstance(meaning, Quantity):
            self._quantity, self._quantity_until = meaning.times, at + QUANTITY_KEPT_FOR
            return []
        quantity = self._quantity if at < self._quantity_until else 1
        self._quantity, self._quantity_until = 1, -math.inf
        return [self._event(meaning, quantity)]

    def _event(
        self, meaning: Money | Item | SignedAmount | ControlCode, quantity: int
    ) -> Event | SignedAmountRead:
        match meaning:
            case Money():
                return AmountRead(meaning, self._source)
            case SignedAmount():
                return SignedAmountRead(meaning, self._source)
            case Item():
                several = replace(meaning, quantity=meaning.quantity * quantity)
                return ItemScanned(several, self._source)
            case ControlCode.PAY:
                return PayPressed(self._source)
            case ControlCode.CANCEL:
                return CancelPressed(self._source)
            case ControlCode.REMOVE:
                return RemovePressed(self._source)
            case ControlCode.CLEAR:
                return ClearPressed(self._source)

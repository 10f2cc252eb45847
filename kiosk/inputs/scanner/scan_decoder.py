"""From a scanner's characters to what was meant: the framer, the meaning, the hygiene. Pure.

Both kinds of scanner end here, so that a recording of either replays as it happened.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from kiosk.base.errors import BadReading
from kiosk.base.money import Money
from kiosk.inputs.codes.meaning import Meaning
from kiosk.inputs.codes.own_codes import ControlCode, Quantity, Ticket
from kiosk.inputs.common.counters import ReadingCounts
from kiosk.inputs.common.rate_limit import RejectionLimit
from kiosk.inputs.scanner.scan_framer import ScanFramer
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

STALE = 5.0  # seconds; a code that had to wait longer was meant for another moment
QUANTITY_KEPT_FOR = 30.0  # seconds between KQQTY05 and its item


@dataclass(frozen=True, slots=True)
class TicketRead:
    """A signed amount was read; it counts if its serial is not spent yet."""

    ticket: Ticket
    source: str


@dataclass(frozen=True, slots=True)
class Hygiene:
    """What one scan leaves behind for the next. ``gs_character`` stands for the GS1 separator.

    The same code again within these seconds is the scanner's echo: ``echo_within`` for all, and
    ``repeat_within`` for amounts.
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
        framer: ScanFramer,
        read: Callable[[str], Meaning],
        hygiene: Hygiene = Hygiene(),
    ) -> None:
        """``read`` says what a code means, or raises BadReading."""
        self._source, self._framer, self._read, self._hygiene = source, framer, read, hygiene
        self._rejections = RejectionLimit(source)
        self._times, self._times_until = 1, -math.inf
        self.counts = ReadingCounts()
        self.settled()

    def settled(self) -> None:
        """A sale has ended: the same code is another customer's from now on."""
        self._latest, self._is_echo_until = "", -math.inf

    @property
    def unfinished(self) -> bool:
        """Whether ``feed`` is to be called after a gap although nothing has come in."""
        return self._framer.unfinished

    def unplugged(self, at: float) -> list[Event | TicketRead]:
        """The scanner is gone, and with it the rest of what it was sending."""
        return [event for torn in self._framer.unplugged() for event in self._taken(torn, at)]

    def feed(self, text: str, at: float, now: float | None = None) -> list[Event | TicketRead]:
        """Take characters that were sent at ``at`` (none: only time has passed).

        ``now`` is when they got here, if that may be much later.
        """
        events: list[Event | TicketRead] = []
        if text and self._framer.silent(at):
            events.append(ReadingBegan(self._source))
        scans = self._framer.feed(text, at)
        if scans and now is not None and now - at > STALE:
            scans = [DroppedLine("a code came too late; scan it again")]
        for scan in scans:
            events += self._taken(scan, at)
        return events

    def _taken(self, scan: str | DroppedLine, at: float) -> list[Event | TicketRead]:
        if isinstance(scan, DroppedLine):
            return self._rejected(scan.reason, at)
        code = self._plain(scan)
        if code == self._latest and at < self._is_echo_until:
            _log.info("%s: the same code came again at once and is ignored", self._source)
            self.counts.repeated += 1
            return []
        try:
            meaning = self._read(code)
        except BadReading as fault:
            _log.info("%s: nothing in %s: %s", self._source, masked(code), fault)
            self._remember(code, at, self._hygiene.echo_within)
            return self._rejected(str(fault), at)
        is_amount = isinstance(meaning, Money | Ticket)
        within = self._hygiene.repeat_within if is_amount else self._hygiene.echo_within
        self._remember(code, at, within)
        self.counts.accepted += 1
        return self._meant(meaning, at)

    def _plain(self, scan: str) -> str:
        code = scan.removeprefix(self._hygiene.prefix)
        gs_character = self._hygiene.gs_character
        return code.replace(gs_character, "\x1d") if gs_character else code

    def _remember(self, code: str, at: float, within: float) -> None:
        self._latest, self._is_echo_until = code, at + within

    def _rejected(self, reason: str, at: float) -> list[Event | TicketRead]:
        self.counts.rejected += 1
        self.counts.noisy = self._rejections.exceeded_at(at)
        return [] if self.counts.noisy else [ReadingRejected(reason, self._source)]

    def _meant(self, meaning: Meaning, at: float) -> list[Event | TicketRead]:
        if isinstance(meaning, Quantity):
            self._times, self._times_until = meaning.times, at + QUANTITY_KEPT_FOR
            return []
        times = self._times if at < self._times_until else 1
        self._times, self._times_until = 1, -math.inf
        return [self._event(meaning, times)]

    def _event(
        self, meaning: Money | Item | Ticket | ControlCode, times: int
    ) -> Event | TicketRead:
        match meaning:
            case Money():
                return AmountRead(meaning, self._source)
            case Ticket():
                return TicketRead(meaning, self._source)
            case Item():
                several = replace(meaning, quantity=meaning.quantity * times)
                return ItemScanned(several, self._source)
            case ControlCode.PAY:
                return PayPressed(self._source)
            case ControlCode.CANCEL:
                return CancelPressed(self._source)
            case ControlCode.REMOVE:
                return RemovePressed(self._source)
            case ControlCode.CLEAR:
                return ClearPressed(self._source)

"""The conversation of a payment terminal with its register. Pure: bytes and the clock in.

ACK means heard, not paid: the answer to a sale goes out when the sale has ended. What a register
sends again because it heard no ACK, or no answer, is the same sale. The register has one question
at a time: a new sale means that it has given up the one before, whose answer it must not get then,
since it would take that for the answer to the new one.
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass

from kiosk.inputs.ecr.frames import (
    ACK,
    NAK,
    BrokenFrame,
    Checksum,
    ControlByte,
    Frame,
    Framer,
    frame,
)
from kiosk.inputs.ecr.requests import (
    LastSaleAsked,
    Profile,
    RegisterRequest,
    Request,
    Result,
    SaleAsked,
    Unfit,
)
from kiosk.inputs.ecr.sending import Outgoing, Sending
from kiosk.inputs.transport.stream_input import ProtocolAnswer
from kiosk.sale.effects import Reply
from kiosk.sale.events import AmountRead, Event, ReadingBegan, ReadingRejected, ResultDelivered
from kiosk.sale.words import Outcome, Sale

NAKS = 3  # then the line is too bad to ask for more
_ENCODING = "latin-1"  # each byte a character, so that a ticket goes back as it came

_log = logging.getLogger(__name__)

Said = list[Event | ProtocolAnswer]


@dataclass(frozen=True, slots=True)
class Times:
    """How long things take, in seconds.

    ``resend``: within it, the same request after its answer is the same sale. ``progress``: how
    often the register hears that a sale is underway.
    """

    gap: float
    resend: float
    progress: float


class Terminal:
    """One terminal. ``source`` is the input's name."""

    def __init__(
        self, source: str, profile: Profile, checksum: Checksum | None, times: Times
    ) -> None:
        self._source, self._profile, self._checksum, self._times = source, profile, checksum, times
        self._asked: SaleAsked | None = None  # what the register waits for
        self._number = 0  # of that request; with its ticket, the counter's name for it
        self._spoken = False  # whether the register has asked for anything since the start
        self._last: Result | None = None
        self._told_at = math.inf  # when the register had the last result; infinite: not yet
        self._progress_at = math.inf
        self._sending = Sending()
        self.opened(-math.inf)

    def opened(self, now: float) -> None:
        """Begin anew: the line was opened. A frame says itself where it begins."""
        self._framer = Framer(self._checksum, gap=self._times.gap)
        self._bad = 0
        self._sending.reopened(now)

    @property
    def deadline(self) -> float:
        """When to call ``feed`` although nothing has come in; infinite for never."""
        return min(self._framer.deadline, self._sending.deadline, self._progress_at)

    def feed(self, data: bytes, now: float) -> Said:
        """Take the bytes that came in by ``now`` (none: only time has passed), in seconds."""
        said: Said = []
        for heard in self._framer.feed(data, now):
            match heard:
                case ControlByte(byte):
                    said += self._acknowledged(now) if byte == ACK else self._refused(now)
                case BrokenFrame(reason):
                    said += self._misheard(reason)
                case Frame(text):
                    self._bad = 0
                    said.append(ProtocolAnswer(ACK))
                    said += self._answer(self._profile.read(text.decode(_ENCODING)), now)
        return said + (self._on_time(now) if now < math.inf else [])

    def settled(self, reply: Reply, now: float) -> Said:
        """A sale of this input has ended: answer the register, if it still waits for that."""
        if self._last and reply.reference == self._last.reference:
            self._told_at = math.inf  # from before a restart: the register will ask for it
            return []
        if not self._asked or reply.ticket != self._name:
            return [ResultDelivered(reply.reference)]  # it has given that one up
        ticket = reply.ticket.partition(":")[2]
        self._last = Result(ticket, reply.reference, reply.amount, reply.outcome)
        self._told_at = math.inf
        self._asked, self._progress_at = None, math.inf
        # What comes unasked after a restart would be taken for the answer to something else.
        return self._tell(self._profile.result(self._last), now) if self._spoken else []

    def declined(self, ticket: str, now: float) -> Said:
        """No sale came of this request: tell the register, which may ask again."""
        asked, self._progress_at = self._asked, math.inf
        if asked is None or ticket != self._name:
            return []
        self._asked = None
        answer = self._profile.result(Result(asked.ticket, "", asked.amount, Outcome.REFUSED))
        return self._send(Outgoing(self._framed(answer)), now, answer)

    def remember(self, last: Sale, outcome: Outcome | None) -> None:
        """Know the sale that came last before a restart; without an outcome, wait for its end."""
        number, _, ticket = last.ticket.partition(":")
        self._number = int(number or 0)
        if outcome is None:
            self._asked = SaleAsked(last.amount, ticket)
        else:
            self._last = Result(ticket, last.reference, last.amount, outcome)
            self._told_at = -math.inf  # else its reply comes next

    @property
    def _name(self) -> str:
        """The counter's name for what the register waits for."""
        return f"{self._number}:{self._asked.ticket}" if self._asked else ""

    def _answer(self, request: Request, now: float) -> Said:
        match request:
            case SaleAsked():
                return self._sale(request, now)
            case LastSaleAsked():
                return self._tell(self._profile.last_sale(self._last), now)
            case Unfit(reason, answer):
                rejected = ReadingRejected(reason, self._source)
                return [rejected, *self._send(Outgoing(self._framed(answer)), now, answer)]
            case RegisterRequest(answer):
                return self._send(Outgoing(self._framed(answer)), now, answer)

    def _sale(self, asked: SaleAsked, now: float) -> Said:
        """Take the amount, unless it is the sale that is underway, or the one just told."""
        self._spoken = True
        if self._is_underway(asked):
            return []
        if self._last and self._is_the_last(asked, now):
            return self._tell(self._profile.result(self._last), now)
        self._move_on(asked)
        read = AmountRead(asked.amount, self._source, ticket=self._name)
        return [ReadingBegan(self._source), read, *self._underway(now)]

    def _is_underway(self, asked: SaleAsked) -> bool:
        """Whether this is the sale that the register waits for already."""
        waits = self._asked
        return bool(waits and (waits.amount, waits.ticket) == (asked.amount, asked.ticket))

    def _is_the_last(self, asked: SaleAsked, now: float) -> bool:
        """Whether the register asks again for a result that it has not, or may not have, got."""
        assert self._last
        if (asked.amount, asked.ticket) != (self._last.amount, self._last.ticket):
            return False
        return self._told_at == math.inf or now - self._told_at < self._times.resend

    def _move_on(self, asked: SaleAsked) -> None:
        """Wait with the register for this sale, and for no other any more."""
        self._sending.forget()
        self._asked, self._number, self._progress_at = asked, self._number + 1, math.inf

    def _underway(self, now: float) -> Said:
        """Say that the sale is underway, if the register wants to know; and again later."""
        if not (self._asked and self._asked.progress):
            return []
        self._progress_at = now + self._times.progress
        text = self._profile.progress(self._asked)
        return [] if self._sending.busy else self._send(Outgoing(self._framed(text)), now, text)

    def _tell(self, answer: str, now: float) -> Said:
        tells = self._last.reference if self._last else ""
        return self._send(Outgoing(self._framed(answer), tells), now, answer)

    def _send(self, outgoing: Outgoing, now: float, answer: str) -> Said:
        return _bytes(self._sending.put(outgoing, now)) if answer else []

    def _framed(self, answer: str) -> bytes:
        return frame(answer.encode(_ENCODING, errors="replace"), self._checksum)

    def _acknowledged(self, now: float) -> Said:
        arrived, data = self._sending.acknowledged(now)
        said = _bytes(data)
        last = self._last
        if arrived and last and arrived.tells == last.reference and self._told_at == math.inf:
            self._told_at = now
            said.append(ResultDelivered(last.reference))
        return said

    def _refused(self, now: float) -> Said:
        return _bytes(self._sending.refused(now))

    def _misheard(self, reason: str) -> Said:
        """Ask for it again; after a few times, fall silent and let people hear of it."""
        self._bad += 1
        if self._bad < NAKS:
            return [ProtocolAnswer(NAK)]
        _log.info("%s: %s", self._source, reason)
        said: Said = [ReadingRejected(reason, self._source)]
        return [ProtocolAnswer(NAK), *said] if self._bad == NAKS else said

    def _on_time(self, now: float) -> Said:
        said: Said = []
        if now >= self._sending.deadline:
            said += self._refused(now)
        return said + (self._underway(now) if now >= self._progress_at else [])


def _bytes(data: bytes) -> Said:
    return [ProtocolAnswer(data)] if data else []

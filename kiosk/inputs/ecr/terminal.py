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

from kiosk.inputs.ecr.frames import ACK, NAK, Bad, Checksum, Control, Frame, Framer, frame
from kiosk.inputs.ecr.requests import (
    Heard,
    LastSaleAsked,
    Profile,
    Request,
    Result,
    SaleAsked,
    Unfit,
)
from kiosk.inputs.ecr.sending import Outgoing, Sending
from kiosk.inputs.stream import Answer
from kiosk.sale.effects import Reply
from kiosk.sale.events import AmountRead, Event, ReadingBegan, ReadingRejected, ResultDelivered
from kiosk.sale.words import Outcome

NAKS = 3  # then the line is too bad to ask for more
_ENCODING = "latin-1"  # each byte a character, so that a ticket goes back as it came
KEPT = 8  # sales that the register gave up and that have not ended yet

_log = logging.getLogger(__name__)

Said = list[Event | Answer]


@dataclass(frozen=True, slots=True)
class Times:
    """How long things take, in seconds.

    ``resend``: within it, the same request after its answer is the same sale. ``patience``: how
    long a sale may be underway; one without a result after that never began. ``progress``: how
    often the register hears that a sale is underway.
    """

    gap: float
    resend: float
    patience: float
    progress: float


class Terminal:
    """One terminal. ``source`` is the input's name."""

    def __init__(
        self, source: str, profile: Profile, checksum: Checksum | None, times: Times
    ) -> None:
        self._source, self._profile, self._checksum, self._times = source, profile, checksum, times
        self._asked: SaleAsked | None = None  # what the register waits for
        self._asked_at = -math.inf
        self._given_up: list[SaleAsked] = []  # sales it waits for no more, but the counter does
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
                case Control(byte):
                    said += self._acknowledged(now) if byte == ACK else self._refused(now)
                case Bad(reason):
                    said += self._misheard(reason)
                case Frame(text):
                    self._bad = 0
                    said.append(Answer(ACK))
                    said += self._answer(self._profile.read(text.decode(_ENCODING)), now)
        return said + (self._on_time(now) if now < math.inf else [])

    def settled(self, reply: Reply, now: float) -> Said:
        """A sale of this input has ended: answer the register, if it still waits for that."""
        asked = self._whose(reply)
        result = Result(asked.ticket if asked else "", reply.reference, reply.amount, reply.outcome)
        if asked and asked in self._given_up:
            self._given_up.remove(asked)
            return [ResultDelivered(reply.reference)]
        said: Said = []
        if self._last and self._told_at == math.inf:
            said.append(ResultDelivered(self._last.reference))  # nobody will ask for that one now
        self._last, self._told_at = result, math.inf
        if asked is None:  # from before a restart: the register will ask for its last sale
            return said
        self._asked, self._progress_at = None, math.inf
        return said + self._tell(self._profile.result(result), now)

    def _whose(self, reply: Reply) -> SaleAsked | None:
        """Return the sale that this is the result of: results come in the order of the sales."""
        waiting = [*self._given_up, *([self._asked] if self._asked else [])]
        return next((asked for asked in waiting if asked.amount == reply.amount), None)

    def _answer(self, request: Request, now: float) -> Said:
        match request:
            case SaleAsked():
                return self._sale(request, now)
            case LastSaleAsked():
                return self._tell(self._profile.last_sale(self._last), now)
            case Unfit(reason, answer):
                rejected = ReadingRejected(reason, self._source)
                return [rejected, *self._send(Outgoing(self._framed(answer)), now, answer)]
            case Heard(answer):
                return self._send(Outgoing(self._framed(answer)), now, answer)

    def _sale(self, asked: SaleAsked, now: float) -> Said:
        """Take the amount, unless it is the sale that is underway, or the one just told."""
        if asked == self._asked and now - self._asked_at < self._times.patience:
            return []
        if self._last and self._is_the_last(asked, now):
            return self._tell(self._profile.result(self._last), now)
        self._move_on(asked, now)
        read = AmountRead(asked.amount, self._source)
        return [ReadingBegan(self._source), read, *self._underway(now)]

    def _is_the_last(self, asked: SaleAsked, now: float) -> bool:
        """Whether the register asks again for a result that it has not, or may not have, got."""
        assert self._last
        if asked.amount != self._last.amount:
            return False
        if self._told_at < math.inf:
            return asked.ticket == self._last.ticket and now - self._told_at < self._times.resend
        if self._last.ticket:
            return asked.ticket == self._last.ticket
        return self._last.outcome is Outcome.PAID  # from before a restart: it is asked for again

    def _move_on(self, asked: SaleAsked, now: float) -> None:
        """Wait with the register for this sale, and for no other any more."""
        if self._asked and self._asked != asked:
            self._given_up = [*self._given_up, self._asked][-KEPT:]
        self._sending.forget()
        self._asked, self._asked_at, self._progress_at = asked, now, math.inf

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
            return [Answer(NAK)]
        _log.info("%s: %s", self._source, reason)
        said: Said = [ReadingRejected(reason, self._source)]
        return [Answer(NAK), *said] if self._bad == NAKS else said

    def _on_time(self, now: float) -> Said:
        said: Said = []
        if now >= self._sending.deadline:
            said += self._refused(now)
        return said + (self._underway(now) if now >= self._progress_at else [])


def _bytes(data: bytes) -> Said:
    return [Answer(data)] if data else []

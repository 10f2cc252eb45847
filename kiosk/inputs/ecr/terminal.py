"""The dialog of a payment terminal with its register. Pure: bytes and their times in.

ACK means received, not paid: the answer to a sale is sent when the sale has ended. If the register
gets no ACK or no answer, it sends the same request again, and that is the same sale. The register
asks one thing at a time: a new sale means that it has given up the one before. Then the answer to
that one must not be sent: the register would take it for the answer to the new sale.
"""

from __future__ import annotations

import logging
import math
from dataclasses import replace

from kiosk.base.frozen import frozen
from kiosk.inputs.ecr.frame_sender import FrameSender, OutgoingFrame
from kiosk.inputs.ecr.frames import (
    ACK,
    NAK,
    BrokenFrame,
    ControlByte,
    Frame,
    FrameFormat,
    Framer,
)
from kiosk.inputs.ecr.requests import (
    Answer,
    InvalidSaleAsked,
    LastSaleAsked,
    Profile,
    RegisterRequest,
    Request,
    Result,
    SaleAsked,
    UnknownRequest,
)
from kiosk.inputs.transport.stream_input import ProtocolAnswer
from kiosk.sale import events as on
from kiosk.sale.effects import Reply
from kiosk.sale.words import Outcome, Sale, Unknown

MOST_NAKS = 3  # in a row; then the connection is too bad to ask for the request again
# Transbank's SDK for Node takes what comes within 100 ms for one message: ACK must come by itself.
AFTER_ACK = 0.2  # seconds
_ENCODING = "latin-1"  # each byte is a character, so that a ticket is sent back unchanged

_log = logging.getLogger(__name__)

Output = list[on.Event | ProtocolAnswer]


@frozen
class TerminalTiming:
    """Times in seconds.

    ``gap``: the silence that cuts off a frame. ``resend``: the same request within this time after
    its answer is the same sale. ``progress``: how often the register is told that a sale is in
    progress.
    """

    gap: float
    resend: float
    progress: float


class Terminal:
    """One terminal. ``source`` is the input's name."""

    def __init__(
        self, source: str, profile: Profile, form: FrameFormat, timing: TerminalTiming
    ) -> None:
        self._source, self._profile, self._form = source, profile, form
        self._timing = timing
        self._asked: SaleAsked | None = None  # the sale that the register waits for
        self._number = 0  # of that request; it makes the ticket that the sale gets unique
        self._last: Result | None = None
        self._acknowledged_at = math.inf  # of the last result; infinite: not acknowledged yet
        self._progress_at = math.inf
        self._sender = FrameSender()
        self._framer = Framer(form, gap=timing.gap)
        self._broken = 0  # frames in a row

    def opened(self, now: float) -> None:
        """Start again: the port was opened. What it receives begins with STX anyway."""
        self._framer = Framer(self._form, gap=self._timing.gap)
        self._broken = 0
        self._sender.reopened(now)

    @property
    def deadline(self) -> float:
        """When to call ``feed`` even if nothing has come in; infinite for never."""
        return min(self._framer.deadline, self._sender.deadline, self._progress_at)

    def feed(self, data: bytes, now: float) -> Output:
        """Take the bytes that came in by ``now``, in seconds; none: only time has passed."""
        output: Output = []
        for received in self._framer.feed(data, now):
            match received:
                case ControlByte(byte):
                    output += self._on_ack(now) if byte == ACK else self._on_nak(now)
                case BrokenFrame(reason):
                    output += self._on_broken_frame(reason)
                case Frame(text):
                    self._broken = 0
                    output.append(ProtocolAnswer(ACK))
                    output += self._answer(self._profile.read(text.decode(_ENCODING)), now)
        return output + (self._on_time(now) if now < math.inf else [])

    def sale_ended(self, reply: Reply, now: float) -> Output:
        """Answer the register, if it still waits for this sale."""
        if self._last and reply.reference == self._last.reference:
            return self._ended_before(self._last, reply)
        if not self._asked or reply.ticket != self._ticket:
            # The register has given this sale up.
            return [on.ResultDelivered(reply.reference, reply.outcome)]
        ticket = reply.ticket.partition(":")[2]
        self._last = Result(ticket, reply.reference, reply.amount, reply.outcome)
        self._acknowledged_at = math.inf
        asked, self._asked, self._progress_at = self._asked, None, math.inf
        # After a restart the register could take it for the answer to something else: asked.answer
        # is then no_answer, until the register asks for the sale again.
        return self._send_last(asked.answer, now)

    def _ended_before(self, last: Result, reply: Reply) -> Output:
        """Take the result of the last sale from before a restart, or its end after "unknown".

        The register did not ask now, so it would take an answer for that of another sale. It gets
        the result when it asks for the last sale, or asks for the same sale again.
        """
        if reply.outcome == last.outcome:
            self._acknowledged_at = math.inf
            return []
        self._last = replace(last, outcome=reply.outcome)
        if last.ticket and reply.outcome is Outcome.PAID:  # nobody must pay this ticket again
            self._acknowledged_at = math.inf
        return [on.ResultDelivered(reply.reference, reply.outcome)]

    def declined(self, ticket: str, now: float) -> Output:
        """Tell the register that there is no sale for this request; it may ask again."""
        asked, self._progress_at = self._asked, math.inf
        if asked is None or ticket != self._ticket:
            return []
        self._asked = None
        refused = Result(asked.ticket, "", asked.amount, Outcome.REFUSED)
        return self._send(asked.answer(refused), now)

    def remember(self, last: Sale, outcome: Outcome | Unknown | None) -> None:
        """Remember the last sale before a restart; without an outcome, wait for its end."""
        number, _, ticket = last.ticket.partition(":")
        self._number = int(number or 0)
        if outcome is None:
            self._asked = SaleAsked(last.amount, ticket)
        else:
            self._last = Result(ticket, last.reference, last.amount, outcome)
            self._acknowledged_at = -math.inf  # if it was not, sale_ended comes next

    @property
    def _ticket(self) -> str:
        """The ticket that the sale in progress got: the request's number and the register's own."""
        return f"{self._number}:{self._asked.ticket}" if self._asked else ""

    def _answer(self, request: Request, now: float) -> Output:
        match request:
            case SaleAsked():
                return self._sell(request, now)
            case LastSaleAsked(answer):
                return self._send_last(answer, now)
            case UnknownRequest(reason, answer):
                return [on.ReadingUnread(reason, self._source), *self._send(answer, now)]
            case InvalidSaleAsked(reason, answer):
                return [on.ReadingRejected(reason, self._source), *self._send(answer, now)]
            case RegisterRequest(answers):
                return [each for answer in answers for each in self._send(answer, now)]

    def _sell(self, asked: SaleAsked, now: float) -> Output:
        """Deliver the amount, unless it is that of the sale in progress or of the last one."""
        if self._is_in_progress(asked):
            self._asked = asked
            return self._report_progress(now) if self._progress_at == math.inf else []
        if self._last and self._is_the_last(asked, now):
            return self._send_last(asked.answer, now)
        self._start(asked)
        read = on.AmountRead(asked.amount, self._source, ticket=self._ticket)
        return [on.ReadingBegan(self._source), read, *self._report_progress(now)]

    def _is_in_progress(self, asked: SaleAsked) -> bool:
        """Whether this is the sale that the register waits for already."""
        current = self._asked
        return bool(current and (current.amount, current.ticket) == (asked.amount, asked.ticket))

    def _is_the_last(self, asked: SaleAsked, now: float) -> bool:
        """Whether the register asks again for a result because it did not get it."""
        assert self._last
        if (asked.amount, asked.ticket) != (self._last.amount, self._last.ticket):
            return False
        return (
            self._acknowledged_at == math.inf or now - self._acknowledged_at < self._timing.resend
        )

    def _start(self, asked: SaleAsked) -> None:
        """Wait for this sale, and for no other one any more."""
        self._sender.forget()
        self._asked, self._number, self._progress_at = asked, self._number + 1, math.inf

    def _report_progress(self, now: float) -> Output:
        """Tell the register that the sale is in progress, if it wants that; and again later."""
        if not (self._asked and self._asked.progress):
            return []
        self._progress_at = now + self._timing.progress
        return [] if self._sender.busy else self._send(self._asked.progress, now)

    def _send_last(self, answer: Answer, now: float) -> Output:
        """Send the answer that tells the result of the last sale, if there is one."""
        return self._send(answer(self._last), now, self._last.reference if self._last else "")

    def _send(self, answer: str, now: float, reference: str = "") -> Output:
        if not answer:
            return []
        data = self._form.frame(answer.encode(_ENCODING, errors="replace"))
        return _bytes(self._sender.put(OutgoingFrame(data, reference), now))

    def _on_ack(self, now: float) -> Output:
        arrived, data = self._sender.acknowledged(now)
        output = _bytes(data)
        last, is_first = self._last, self._acknowledged_at == math.inf
        if arrived and last and arrived.reference == last.reference and is_first:
            self._acknowledged_at = now
            output.append(on.ResultDelivered(last.reference, last.outcome))
        return output

    def _on_nak(self, now: float) -> Output:
        return _bytes(self._sender.refused(now))

    def _on_broken_frame(self, reason: str) -> Output:
        """Ask for the frame again; after some broken frames, stop that and reject a reading."""
        self._broken += 1
        if self._broken < MOST_NAKS:
            return [ProtocolAnswer(NAK)]
        _log.info("%s: %s", self._source, reason)
        rejected = on.ReadingRejected(reason, self._source)
        return [ProtocolAnswer(NAK), rejected] if self._broken == MOST_NAKS else [rejected]

    def _on_time(self, now: float) -> Output:
        output: Output = []
        if now >= self._sender.deadline:
            output += self._on_nak(now)
        return output + (self._report_progress(now) if now >= self._progress_at else [])


def _bytes(data: bytes) -> Output:
    return [ProtocolAnswer(data, pause=AFTER_ACK)] if data else []

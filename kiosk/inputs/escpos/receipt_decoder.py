"""From the bytes that a register prints to events: the total before the paper is cut.

Pure. Of a receipt, only the unfinished line and the totals so far are kept.
"""

from __future__ import annotations

import logging
import math
from functools import partial

from kiosk.base.errors import BadReading
from kiosk.base.frozen import frozen
from kiosk.inputs.common.repeats import RepeatFilter
from kiosk.inputs.escpos.language_signs import LanguageSigns
from kiosk.inputs.escpos.printed_receipt import NoSaleRule, PrintedReceipt, SeveralTotals
from kiosk.inputs.escpos.printer_languages import PrinterLanguage
from kiosk.inputs.escpos.printer_status import RealTimeStatus, answer
from kiosk.inputs.text.escape_sequences import (
    EscapeCommand,
    EscapeReader,
    PlainText,
    StrayByte,
    Token,
)
from kiosk.inputs.text.totals import TotalRule
from kiosk.inputs.transport.stream_input import ProtocolAnswer
from kiosk.sale.events import AmountRead, Event, ReadingBegan, ReadingRejected, ReadingUnread

OPEN_DRAWER = b"\x1bp"
JOINED_LATE = 0.1  # seconds after opening in which the first byte may be inside a receipt

_log = logging.getLogger(__name__)


@frozen
class ReceiptRule:
    """How a register's receipts state totals. ``page`` is the code page at a receipt's start."""

    totals: TotalRule
    language: PrinterLanguage
    page: str = "cp437"
    several: SeveralTotals = "refuse"
    no_sale: tuple[str, ...] = ()


class ReceiptStream:
    """Reads what is printed on one connection."""

    def __init__(self, receipts: ReceiptRule) -> None:
        self._rule, self._page, self._language = receipts.totals, receipts.page, receipts.language
        language, page = receipts.language, receipts.page
        self._reader = EscapeReader(language.commands)
        self._real_time = RealTimeStatus()
        self._code_page = page
        self._no_sale = NoSaleRule(receipts.no_sale)
        self._receipt = PrintedReceipt(self._no_sale)
        self._signs = LanguageSigns(language)
        self._height = b""  # that this line of a page was moved to
        self._waits_for_start = False  # for ESC @: it is unknown where commands begin
        self._rest = b""  # the last byte while it waits, which may be the ESC of ESC @

    @property
    def in_command(self) -> bool:
        """Whether a command has begun and not ended."""
        return self._reader.in_command

    @property
    def busy(self) -> bool:
        """Whether something is being printed."""
        return self._receipt.has_begun or self.in_command or self._waits_for_start

    def wait_for_start(self) -> None:
        """Ignore everything up to the next ESC @, or up to silence."""
        self._waits_for_start = True

    def read(self, data: bytes) -> tuple[bytes, list[PrintedReceipt]]:
        """Return the answers to what the register asks, and the receipts that end here."""
        answers = self._real_time.feed(data)
        ended = []
        for token in self._reader.read(self._readable(data)):
            if isinstance(token, EscapeCommand):
                answers += answer(token)
            if self._print(token):
                ended.append(self._next_receipt())
        return answers, ended

    def end_by_silence(self) -> PrintedReceipt:
        """End the receipt. Silence within a command or a total means that something is missing."""
        drawer = self._reader.unfinished == OPEN_DRAWER  # some programs leave its times out
        self._waits_for_start, self._rest = self.in_command and not drawer, b""
        self._reader.reset()
        receipt = self._next_receipt()
        if self._waits_for_start or self._rule.after_label(receipt.line) is not None:
            receipt.totals = [receipt.incomplete()]
        return receipt

    def _next_receipt(self) -> PrintedReceipt:
        self._receipt.advice = self._signs.advice()
        self._signs.seen.clear()
        ended, self._receipt = self._receipt, PrintedReceipt(self._no_sale)
        return ended

    def _readable(self, data: bytes) -> bytes:
        """Return all of the data, or what follows ESC @ while waiting for that."""
        if not self._waits_for_start:
            return data
        data = self._rest + data
        at = data.find(self._language.initialize)
        self._rest = data[-1:]
        self._waits_for_start = at < 0
        return b"" if self._waits_for_start else data[at:]

    def _print(self, token: Token) -> bool:
        """Do to the receipt what the token does on paper; return whether the receipt ends here."""
        receipt, language = self._receipt, self._language
        is_fill = token == StrayByte(b"\0") and not receipt.has_begun
        if self._signs.doubts(token) and not is_fill:
            receipt.is_doubtful = True
        match token:
            case PlainText(data):
                receipt.print(data.decode(self._code_page, errors="replace"))
            case EscapeCommand(name) if name in language.feeds or self._is_new_area(name):
                self._end_line()
            case EscapeCommand(name) if name in language.moves:
                self._move(token)
            case EscapeCommand(name) if name in language.cuts:
                self._end_line()
                return True
            case EscapeCommand(language.initialize):
                self._code_page = self._page
                return True
            case EscapeCommand(language.code_page, args):
                self._code_page = language.code_pages.get(args[0], "ascii")
            case EscapeCommand() if language.prints_picture(token):
                receipt.pictures += 1
        return False

    def _end_line(self) -> None:
        self._height = b""
        self._receipt.end_line(self._rule, self._signs.advice())

    def _is_new_area(self, name: bytes) -> bool:
        """Return whether the text goes on in another area of a page, or in another direction."""
        return self._signs.page_mode and name in (b"\x1bW", b"\x1bT")

    def _move(self, command: EscapeCommand) -> None:
        """Go to another column, or to another height on the page, which is another line."""
        relative = command.name == b"\x1d\\"
        here = b"\0\0" if relative else self._height
        stays = self._receipt.line and command.args == here
        if stays or command.name not in self._language.heights:
            self._receipt.print(" ")
        else:
            self._end_line()
            self._height = b"" if relative else command.args


class ReceiptDecoder:
    """Decodes what one register prints. ``idle`` is the silence, in seconds, that ends a receipt.

    ``repeats`` may be shared with other connections of the same input. ``joins_late``: the first
    bytes after opening may be the end of a receipt, as on a cable.
    """

    def __init__(
        self,
        source: str,
        rule: ReceiptRule,
        *,
        idle: float,
        repeats: RepeatFilter,
        joins_late: bool = True,
    ) -> None:
        self._source, self._idle, self._joins_late, self.repeats = source, idle, joins_late, repeats
        self._several = rule.several
        self._new_stream = partial(ReceiptStream, rule)
        self._stream = self._new_stream()
        self._joins_late_until = self._last = -math.inf

    def opened(self, now: float) -> None:
        """Start again: the port was opened."""
        self._stream = self._new_stream()
        self._joins_late_until = now + JOINED_LATE if self._joins_late else -math.inf
        self._last = -math.inf

    def sale_ended(self) -> None:
        """Take the same amount for another sale from now on."""
        self.repeats.forget()

    @property
    def deadline(self) -> float:
        """When silence ends the receipt; infinite while nothing is being printed."""
        return self._last + self._idle if self._stream.busy else math.inf

    def feed(self, data: bytes, now: float) -> list[Event | ProtocolAnswer]:
        """Take the bytes that came in by ``now``, in seconds; none: only time has passed."""
        output: list[Event | ProtocolAnswer] = []
        silent = now >= self._last + self._idle
        if silent and self._stream.busy:
            output += self._events(self._stream.end_by_silence())
        if not data or not (data.strip(b"\0") or self._stream.busy):  # NULs between receipts
            return output
        if silent:
            output.append(ReadingBegan(self._source))
        if now < self._joins_late_until:
            self._stream.wait_for_start()
        self._joins_late_until, self._last = -math.inf, now
        answers, ended = self._stream.read(data)
        if answers:
            output.append(ProtocolAnswer(answers))
        return output + [event for receipt in ended for event in self._events(receipt)]

    def _events(self, receipt: PrintedReceipt) -> list[Event]:
        """Return what the receipt says. A receipt without text says nothing."""
        found = receipt.result(self._several)
        if found is None:
            if not receipt.characters:
                return []
            return [ReadingUnread(receipt.why_unread(), self._source, receipt.unread_line)]
        if isinstance(found, BadReading):
            _log.info("%s: no total in a receipt: %s", self._source, found)
            return [ReadingRejected(str(found), self._source)]
        event = AmountRead(found, self._source)
        return [] if self.repeats.repeats(event, self._last) else [event]

"""From a receipt printer's bytes to the counter's events: the last total before the cut.

Pure. Nothing of a receipt is kept but its unfinished line and the total so far.
"""

from __future__ import annotations

import logging
import math

from kiosk.base.errors import BadReading
from kiosk.base.money import Money
from kiosk.inputs.common.repeats import RepeatFilter
from kiosk.inputs.escpos import commands as are
from kiosk.inputs.escpos.printer_status import RealTime, answer
from kiosk.inputs.escpos.tokens import PrintedText, PrinterCommand, Token, Tokenizer, UnknownCommand
from kiosk.inputs.text.totals import TotalRule
from kiosk.inputs.transport.stream_input import ProtocolAnswer
from kiosk.sale.events import AmountRead, Event, ReadingBegan, ReadingRejected

SETTLE = 0.1  # seconds after opening in which a first byte may stand amid a receipt
LONGEST_LINE = 512  # characters
LONGEST_RECEIPT = 65536  # characters; more is noise, or a printer that nobody ever cuts

# ESC t n (Epson's guide, code tables): those that Python knows. Digits are the same in all.
_PAGES = {
    0: "cp437", 2: "cp850", 3: "cp860", 4: "cp863", 5: "cp865", 13: "cp857", 14: "cp737",
    15: "iso8859-7", 16: "cp1252", 17: "cp866", 18: "cp852", 19: "cp858", 32: "cp720",
    33: "cp775", 34: "cp855", 35: "cp861", 36: "cp862", 37: "cp864", 38: "cp869",
    39: "iso8859-2", 40: "iso8859-15", 45: "cp1250", 46: "cp1251", 47: "cp1253", 48: "cp1254",
    49: "cp1255", 50: "cp1256", 51: "cp1257", 52: "cp1258",
}  # fmt: skip

_log = logging.getLogger(__name__)


_UNREADABLE = BadReading("there is something unreadable in the line of the total")


class Receipt:
    """What is known of the receipt so far: ``found`` is its last total, or why that is none."""

    def __init__(self) -> None:
        self.found: Money | BadReading | None = None
        self.characters = 0
        self.pictures = 0
        self.line = ""
        self.unknown = False  # an unknown command stands in the line

    @property
    def begun(self) -> bool:
        """Whether anything was printed."""
        return bool(self.characters or self.pictures)

    def print(self, text: str) -> None:
        """Add to the line."""
        self.characters += len(text)
        self.line = (self.line + text)[: LONGEST_LINE + 1]

    def end_line(self, rule: TotalRule) -> None:
        """Look whether the line states a total."""
        line, unknown = self.line, self.unknown
        self.line, self.unknown = "", False
        if not line or rule.behind_label(line) is None:
            return
        try:
            money = rule.read(line)
        except BadReading as fault:
            self.found = fault
        else:
            doubtful = len(line) > LONGEST_LINE or (unknown and money)
            self.found = _UNREADABLE if doubtful else money or self.found


class ReceiptDecoder:
    """Decodes what one register prints. ``idle`` is the silence, in seconds, that ends a receipt.

    ``repeats`` may be shared with other connections of the same input. ``joins_late``: the first
    bytes after opening may be the end of something, as on a cable.
    """

    def __init__(
        self,
        source: str,
        rule: TotalRule,
        *,
        idle: float,
        repeats: RepeatFilter,
        page: str = "cp437",
        joins_late: bool = True,
    ) -> None:
        self._source, self._rule, self._idle, self._page = source, rule, idle, page
        self._joins_late, self.repeats = joins_late, repeats
        self.opened(-math.inf)

    def opened(self, now: float) -> None:
        """Begin anew."""
        self._tokens, self._code_page = Tokenizer(), self._page
        self._settled = now + SETTLE if self._joins_late else -math.inf
        self._last = -math.inf
        self._real_time = RealTime()
        self._lost, self._tail = False, b""  # whether to wait for an ESC @, or for silence
        self._receipt = Receipt()

    def settled(self) -> None:
        """A sale has ended: the same amount is another sale from now on."""
        self.repeats.forget()

    @property
    def deadline(self) -> float:
        """When silence ends what is being printed; infinite if nothing is."""
        busy = self._receipt.begun or self._tokens.amid or self._lost
        return self._last + self._idle if busy else math.inf

    def feed(self, data: bytes, now: float) -> list[Event | ProtocolAnswer]:
        """Take the bytes that came in by ``now`` (none: only time has passed), in seconds."""
        said: list[Event | ProtocolAnswer] = []
        silent = now >= self._last + self._idle
        if silent and self.deadline < math.inf:
            said += self._fall_silent()
        if not data.strip(b"\0") and not self._tokens.amid:  # fill, while nothing is printed
            return said
        if silent:
            said.append(ReadingBegan(self._source))
        if now < self._settled:
            self._lost = True
        self._settled, self._last = -math.inf, now
        return said + self._take(data)

    def _take(self, data: bytes) -> list[Event | ProtocolAnswer]:
        answers = self._real_time.feed(data)
        said: list[Event | ProtocolAnswer] = []
        for token in self._tokens.feed(self._found_again(data)):
            if isinstance(token, PrinterCommand):
                answers += answer(token)
            said += self._heed(token)
        return [ProtocolAnswer(answers), *said] if answers else said

    def _found_again(self, data: bytes) -> bytes:
        """Return what can be understood: all, or what follows an ESC @ after one was lost."""
        if not self._lost:
            return data
        data = self._tail + data
        at = data.find(are.INITIALIZE)
        self._tail = data[-1:]
        self._lost = at < 0
        return b"" if self._lost else data[at:]

    def _heed(self, token: Token) -> list[Event]:
        receipt = self._receipt
        match token:
            case PrintedText(data):
                receipt.print(data.decode(self._code_page, errors="replace"))
            case UnknownCommand():
                receipt.unknown = True
            case PrinterCommand(name) if name in are.FEEDS:
                receipt.end_line(self._rule)
            case PrinterCommand(name) if name in are.MOVES:
                receipt.print(" ")
            case PrinterCommand(name) if name in are.CUTS:
                receipt.end_line(self._rule)
                return self._end()
            case PrinterCommand(are.INITIALIZE):
                self._code_page = self._page
                return self._end()
            case PrinterCommand(are.CODE_PAGE, args):
                self._code_page = _PAGES.get(args[0], "ascii")
            case PrinterCommand() if _is_picture(token):
                receipt.pictures += 1
        return []

    def _fall_silent(self) -> list[Event]:
        """End the receipt, unless silence fell where none belongs."""
        receipt = self._receipt
        self._lost, self._tail = self._tokens.amid, b""
        if self._lost:
            self._tokens = Tokenizer()
        if self._lost or self._rule.behind_label(receipt.line) is not None:
            receipt.found = BadReading("the receipt was cut off")
        return self._end()

    def _end(self) -> list[Event]:
        """Say what the receipt came to."""
        receipt, self._receipt = self._receipt, Receipt()
        found = receipt.found
        if receipt.characters > LONGEST_RECEIPT:
            found = BadReading(f"the receipt has more than {LONGEST_RECEIPT} characters")
        elif receipt.pictures and not receipt.characters:
            found = BadReading("the receipt is a picture, without any text to read")
        if found is None:
            return []
        if isinstance(found, BadReading):
            _log.info("%s: no total in a receipt: %s", self._source, found)
            return [ReadingRejected(str(found), self._source)]
        event = AmountRead(found, self._source)
        return [] if self.repeats.repeats(event, self._last) else [event]


def _is_picture(command: PrinterCommand) -> bool:
    return command.name in are.PICTURES or (
        command.name == are.COUNTED and command.args.startswith(b"L")
    )

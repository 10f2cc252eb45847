"""Programs that sell through the kiosk: by a pipe, a socket or files."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import count

from kiosk.base.errors import BadReading
from kiosk.base.money import Currency, NumberFormat
from kiosk.inputs import InputSettings
from kiosk.inputs.command import CommandSettings
from kiosk.inputs.mqtt import MqttSettings
from kiosk.inputs.tef import tef_fields as tef
from kiosk.inputs.tef_files import TefFilesSettings
from kiosk.sale.events import AmountRead, ReadingRejected
from kiosk.simulator.twins.wire.other_end import Heard, OtherEnd, amount_texts


class _WordWriter(OtherEnd):
    """A program that writes a line for each request."""

    can = frozenset({"key", "press", "send"})
    verb = ""

    def key(self, amount: Decimal) -> bytes:
        """Return the line that asks for a sale."""
        return f"{self.verb} {amount:f}\n".encode()


class PipeWriter(_WordWriter):
    """Whoever writes to the pipe of the input ``fake``."""

    verb = "amount"
    words = ("cancel", "last")


def without_broker(settings: InputSettings) -> InputSettings:
    """Return the settings of the same program on this computer: a simulation has no broker."""
    if not isinstance(settings, MqttSettings):
        return settings
    return CommandSettings(name=settings.name, min=settings.min, max=settings.max)


class LocalProgram(_WordWriter):
    """A program at the socket of the input ``command``, such as ``kiosk sale``."""

    verb = "sale"
    words = ("cancel", "pay", "last")


class TefProgram(OtherEnd):
    """A program that exchanges IntPos files. Its bytes are whole files: see ``tef_files``."""

    can = frozenset({"key", "press", "send"})
    words = ("cancel",)

    def __init__(self, settings: TefFilesSettings, currency: Currency) -> None:
        super().__init__(settings, currency)
        cents = NumberFormat(implied_decimals=currency.minor_units)
        self._number = settings.number.format() if settings.number else cents
        self._identifiers = count(1)
        self._latest = "0"

    def _pressed(self, _word: str) -> bytes:
        """Undo the sale in progress."""
        return tef.file_of((tef.COMMAND, "NCN"), (tef.IDENTIFIER, self._latest))

    def received(self, data: bytes) -> Heard:
        """Take an answer; an acknowledgement has nothing to read."""
        try:
            fields = tef.read_fields(data)
        except BadReading:
            return Heard()
        told = [fields[name] for name in (tef.STATUS, tef.OPERATOR, tef.CONTROL) if name in fields]
        return Heard(replies=(" ".join(told),) if told else ())

    def _totals(self, amount: Decimal) -> Iterator[bytes]:
        self._latest = str(next(self._identifiers))
        for text in amount_texts(amount, self._number, self._currency):
            yield tef.file_of(
                (tef.COMMAND, "CRT"),
                (tef.IDENTIFIER, self._latest),
                (tef.DOCUMENT, self._latest),
                (tef.VALUE, text),
                (tef.CURRENCY, "0"),
            )

    def _read(self, data: bytes) -> AmountRead | ReadingRejected | None:
        read = super()._read(data)
        assert read, "a TEF request is read or rejected"
        return read

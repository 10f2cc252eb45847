"""A register that sends its totals as lines of text: the other end of ``serial_line``."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kiosk.base.money import Currency
from kiosk.inputs.serial_line import SerialLineSettings
from kiosk.simulator.twins.wire.other_end import Heard, OtherEnd, amount_texts
from kiosk.simulator.twins.wire.pattern_text import matching_texts


class LineRegister(OtherEnd):
    """Its lines are written by the input's own pattern, marks and number format."""

    can = frozenset({"key", "send"})

    def __init__(self, settings: SerialLineSettings, currency: Currency) -> None:
        super().__init__(settings, currency)
        self._settings = settings

    def received(self, data: bytes) -> Heard:
        """Take a reply."""
        lines = data.decode(self._settings.encoding, "replace").splitlines()
        return Heard(replies=tuple(line for line in lines if line.strip()))

    def _totals(self, amount: Decimal) -> Iterator[bytes]:
        settings = self._settings
        for text in amount_texts(amount, settings.number.format(), self._currency):
            for line in self._lines(text):
                for label in matching_texts(settings.label, {}) if settings.label else ("",):
                    yield self._framed(label) + self._framed(line)

    def _lines(self, amount: str) -> Iterator[str]:
        pattern = self._settings.amount
        yield from matching_texts(pattern, {"amount": amount}) if pattern else (amount,)

    def _framed(self, line: str) -> bytes:
        settings = self._settings
        end = settings.ends_with.encode("latin-1") or b"\r\n"
        begin = settings.begins_with.encode("latin-1")
        return begin + line.encode(settings.encoding, "replace") + end if line else b""

"""A register with a customer display: the other end of ``pole_display``, in each dialect."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kiosk.base.money import Currency, NumberFormat
from kiosk.inputs.pole_display import PoleDisplaySettings
from kiosk.simulator.twins.wire.other_end import OtherEnd, amount_texts

_POINT = NumberFormat(decimal=".")  # a display of digits has no other mark


class DisplayRegister(OtherEnd):
    """It writes all cells of its display each time."""

    can = frozenset({"key", "press", "send"})
    words = ("clear",)

    def __init__(self, settings: PoleDisplaySettings, currency: Currency) -> None:
        super().__init__(settings, currency)
        self._settings = settings

    @property
    def dialect(self) -> str:
        """The dialect that the register is set to."""
        return self._settings.dialect

    def _pressed(self, _word: str) -> bytes:
        """Blank the display, as between two sales."""
        if self.dialect == "led8n":
            return b"\x02L0000\x0c"
        return self._written(self._rows())

    def _totals(self, amount: Decimal) -> Iterator[bytes]:
        settings = self._settings
        if self.dialect == "led8n":
            form = _POINT if self._currency.minor_units else NumberFormat()
            for digits in amount_texts(amount, form, self._currency):
                yield b"\x02L0100" + b"\x1bQA" + digits.encode() + b"\r"
            return
        for text in amount_texts(amount, settings.number.format(), self._currency):
            for label in settings.include:
                yield self._written(self._rows(label, text))

    def _rows(self, label: str = "", amount: str = "") -> list[str]:
        """Return the rows of the display with a total on them."""
        settings, width = self._settings, self._settings.columns
        rows = [""] * settings.rows
        if settings.label_row and settings.amount_row:
            rows[settings.label_row - 1] = label
            rows[settings.amount_row - 1] += amount.rjust(
                width - len(rows[settings.amount_row - 1])
            )
        else:
            rows[-1] = label + amount.rjust(width - len(label))
        return [row[:width].ljust(width) for row in rows]

    def _written(self, rows: list[str]) -> bytes:
        """Return the bytes that write these rows."""
        texts = [row.encode(self._settings.encoding, "replace") for row in rows]
        last = 0x31 + len(rows) * self._settings.columns - 1
        match self.dialect:
            case "utc_enhanced":
                return b"".join(b"\x1bu" + name + text + b"\r" for name, text in _named(texts))
            case "aedex":
                marks = (b"1", b"2")
                return b"".join(
                    b"!#" + mark + text + b"\r" for mark, text in zip(marks, texts, strict=False)
                )
            case "dsp800":
                clear = b"\x04\x01C1" + bytes([min(last, 0xFF)]) + b"\x17"
                return clear + b"\x04\x01P1\x17" + b"".join(texts)
            case "utc_standard" | "logic_controls" | "ibm":
                return b"\x10\x00" + b"".join(texts)  # from the first cell on
            case _:
                return b"\x0c" + b"".join(texts)


def _named(texts: list[bytes]) -> Iterator[tuple[bytes, bytes]]:
    return zip((b"A", b"B"), texts, strict=False)

"""A program that prints its receipts on the kiosk: the other end of ``escpos_printer``."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kiosk.base.money import Currency
from kiosk.inputs.escpos.printer_languages import PRINTER_LANGUAGES
from kiosk.inputs.escpos_printer import EscposPrinterSettings
from kiosk.simulator.twins.wire.other_end import OtherEnd, amount_texts

_CUTS = {"epson": b"\x1dV\x00", "bematech": b"\x1bw", "daruma": b"\x1bm", "star": b"\x1bd\x03"}
_WIDTH = 32  # characters of a line


class PrintingRegister(OtherEnd):
    """A receipt begins with the printer's own initialization and ends with its cut."""

    can = frozenset({"key", "send"})

    def __init__(self, settings: EscposPrinterSettings, currency: Currency) -> None:
        super().__init__(settings, currency)
        self._settings = settings

    @property
    def dialect(self) -> str:
        """The language of the printer that the program prints for."""
        return self._settings.language

    def _totals(self, amount: Decimal) -> Iterator[bytes]:
        settings = self._settings
        for text in amount_texts(amount, settings.number.format(), self._currency):
            for label in settings.include:
                line = label + text.rjust(_WIDTH - len(label))
                yield self._receipt(line.encode(settings.encoding, "replace"))

    def _receipt(self, total: bytes) -> bytes:
        begin = PRINTER_LANGUAGES[self.dialect].initialize
        shop = b"KIOSK".center(_WIDTH).rstrip() + b"\n\n"
        return begin + shop + total + b"\n\n" + _CUTS[self.dialect]

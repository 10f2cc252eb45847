"""Receipts as PyESCPOS prints them for the printers of Brazil: bytes that nobody here wrote.

PyESCPOS is a package named ``escpos``, as python-escpos is, so both cannot be in one environment.
Its streams are in ``pyescpos_receipts.json``, which this writes again:

    pip install --target DIR PyESCPOS six future
    PYTHONPATH=DIR:. python -m tests.inputs.escpos.pyescpos_receipts
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

STREAMS = Path(__file__).with_suffix(".json")
TOTAL = "12345.67"  # of each receipt, in BRL

# The printer, its module and class in PyESCPOS, and the setting language for it.
PRINTERS = {
    "Bematech MP-4200 TH": ("bematech", "MP4200TH", "bematech"),
    "Bematech MP-2800 TH": ("bematech", "MP2800TH", "epson"),
    "Control iD Print iD Touch": ("controlid", "PrintIdTouch", "epson"),
    "Daruma DR700": ("daruma", "DR700", "daruma"),
    "Daruma DR800": ("daruma", "DR800", "daruma"),
    "Elgin i7": ("elgin", "ElginI7", "epson"),
    "Elgin i9": ("elgin", "ElginI9", "epson"),
    "Epson": ("epson", "GenericESCPOS", "epson"),
    "Epson TM-T20": ("epson", "TMT20", "epson"),
    "Nitere NPDV-1020": ("nitere", "NitereNPDV1020", "bematech"),
}


def streams() -> dict[str, bytes]:
    """Return the stored streams, by printer."""
    return {name: bytes.fromhex(data) for name, data in json.loads(STREAMS.read_text()).items()}


class _Wire:
    """Keeps what is printed."""

    def __init__(self) -> None:
        self.data = b""

    def catch(self) -> None:
        pass

    def write(self, data: bytes) -> None:
        self.data += data

    def read(self) -> bytes:
        return b""


def _receipt(module: str, name: str) -> bytes:
    wire = _Wire()
    printer: Any = getattr(importlib.import_module(f"escpos.impl.{module}"), name)(wire)
    printer.init()
    printer.justify_center()
    printer.set_emphasized(True)
    printer.text("PADARIA SÃO JOÃO")
    printer.set_emphasized(False)
    printer.justify_left()
    printer.set_condensed(True)
    printer.text("2 x PÃO FRANCÊS        10,00    20,00")
    printer.set_condensed(False)
    printer.text("SUBTOTAL              12.345,67")
    printer.set_emphasized(True)
    printer.textout("TOTAL R$ ")
    printer.set_expanded(True)
    printer.textout("12.345,67")
    printer.set_expanded(False)
    printer.set_emphasized(False)
    printer.lf()
    printer.text("DINHEIRO              13.000,00")
    printer.text("TROCO                    654,33")
    for code in (printer.ean13, printer.code128):
        code("7890001000017", barcode_height=50)
    printer.qrcode("https://example.org/nfce?p=TOTAL 9,99", qrcode_module_size=6)
    printer.lf(3)
    printer.cut()
    printer.kick_drawer()
    return wire.data


def main() -> None:
    """Write the streams again."""
    made = {name: _receipt(module, kind).hex() for name, (module, kind, _) in PRINTERS.items()}
    STREAMS.write_text(json.dumps(made, indent=1) + "\n")


if __name__ == "__main__":
    main()

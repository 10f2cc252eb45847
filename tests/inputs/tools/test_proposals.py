"""What ``kiosk identify`` proposes must read what the device sent."""

from __future__ import annotations

import pytest

from kiosk.inputs.tools.proposals import proposals
from kiosk.inputs.tools.protocol_guess import best
from tests.inputs.ecr.transbank_register import SALE
from tests.inputs.escpos.pyescpos_receipts import PRINTERS, streams

DEVICES = [
    (b"TICKET 7\r\nTOTAL $ 1.234,56\r\n", {"driver": "serial_line", "amount": "TOTAL"}),
    (b"TOTAL $ 1,234.56\r\n", {"number": 'decimal: "."'}),
    (b"TOTAL 1 234,56\r\n", {"number": 'thousands: " "'}),
    (b"\x11TOTAL 12,34\r\n\x13", {"strip": "printer"}),
    (b"\x02TOTAL 12,34\x03", {"begins_with": "STX", "ends_with": "ETX"}),
    (b"1.234,56\r\n", {"driver": "serial_line"}),
    (b"PAN\r\n500,00\r\nTOTAL:\r\n1.234,56\r\n", {"label": "TOTAL"}),
    (b"\x1b@\x02L0100\x1bQA1234.56\r", {"driver": "pole_display", "dialect": "led8n"}),
    (b"\x0cSU COMPRA\x1f$\x01\x02TOTAL 1.234,56", {"dialect": "epson"}),
    (b"]E3977123456700305\r", {"driver": "scanner_serial"}),
    (SALE, {"driver": "ecr_terminal", "transbank": "{}"}),
]


@pytest.mark.parametrize(("data", "settings"), DEVICES)
def test_the_proposal_reads_what_was_sent(data: bytes, settings: dict[str, str]) -> None:
    guess, *_ = proposals(data)
    proposed = dict((("driver", guess.driver), *guess.settings))
    assert all(words in proposed[key] for key, words in settings.items())


@pytest.mark.parametrize("printer", streams())
def test_the_language_of_a_printer_is_proposed(printer: str) -> None:
    guess, *_ = proposals(streams()[printer])
    assert guess.driver == "escpos_printer"
    assert dict(guess.settings).get("language", "epson") == PRINTERS[printer][2]


@pytest.mark.parametrize(
    "data",
    [
        b"\x1b@COLGATE TOTAL   250,00\n\x1dV\x00",
        b"\x0cBIENVENIDO\x1f$\x01\x02A NUESTRA TIENDA",
        b"GRACIAS POR SU COMPRA\r\n",
        b"\x02S;1250;7\x03" + bytes([0x53 ^ 0x3B ^ 0x31 ^ 0x32 ^ 0x35 ^ 0x30 ^ 0x3B ^ 0x37 ^ 3]),
    ],
)
def test_what_reads_nothing_is_not_proposed(data: bytes) -> None:
    assert best(data)
    assert proposals(data) == []

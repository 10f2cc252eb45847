"""Bills and other codes that are not the shop's are refused by name."""

from __future__ import annotations

import pytest

from kiosk.base.errors import BadReading
from kiosk.base.money import NumberFormat
from tests.inputs.codes.counter_codes import read

BILLS = [
    ("34194677000000073881758003928662938057318000", "a boleto"),
    ("85890000001097802702003238581080001152019029", "a boleto"),
    ("83640000001331201380008128846271108013618155", "a boleto"),
    ("34191.75809 03928.662933 80573.180009 4 67700000007388", "a boleto"),
    ("00020101021226580014br.gov.bcb.pix0136", "a payment QR"),
    ("https://www.afip.gob.ar/fe/qr/?p=eyJ2ZXIiOjF9", "an electronic invoice"),
    ("<TED version=\"1.0\"><DD>", "an electronic invoice"),
    ("307000000010110001712345678901232026071512"[:40], "an electronic invoice"),
    ("WIFI:S:casa;T:WPA;P:secreto;;", "a Wi-Fi network"),
]  # fmt: skip


@pytest.mark.parametrize(("scan", "kind"), BILLS)
@pytest.mark.parametrize("plain", [None, NumberFormat()])
def test_bills_are_refused_by_name(scan: str, kind: str, plain: NumberFormat | None) -> None:
    with pytest.raises(BadReading, match=f"this is {kind}"):
        read(scan, plain=plain, gs1="assumed")

"""Scans that were damaged on their way: none becomes an amount that the whole scan does not state.

    python -m tests.fuzz.damaged_scans [STREAMS]

Every scan is cut at each byte, each of its bytes is lost (a NUL, which is also how a parity error
arrives), and in codes with a check digit each bit of each byte is flipped. Then as many random
streams as STREAMS (default: 10,000) are read, by a scanner with and without a suffix.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from random import Random

from kiosk.base.money import CURRENCIES, Money, NumberFormat
from kiosk.inputs.codes.catalogue import Product
from kiosk.inputs.codes.labels import LabelPattern, LabelValue
from kiosk.inputs.codes.meaning import CodeReader
from kiosk.inputs.scanner.code_framer import CodeFramer, Suffix
from kiosk.inputs.scanner.scan_decoder import ScanDecoder
from kiosk.inputs.scanner_serial import characters
from kiosk.sale.events import AmountRead, ItemScanned

ARS = CURRENCIES["ARS"]
PRODUCTS = {
    code: Product(code, f"product {code}", Money.of(f"{number}.00", "ARS"), unit)
    for number, (code, unit) in enumerate(
        [
            ("7790001001054", ""),
            ("9771234567003", ""),
            ("036000291452", ""),
            ("02345673", ""),
            ("00001", "kg"),
            ("4", ""),
            ("42", ""),
            ("421", ""),
            ("421-7", ""),
        ],
        1,
    )
}
CHECKED = [
    b"7790001001054\r",
    b"]E07790001001054\r\n",
    b"2100001027506\r",
    b"]C02000001012505\r",
    b"036000291452\r",
    b"]E402345673\r",
]
OTHERS = [
    b"421\r",
    b"421-7\r\n",
    b"977123456700305\r",
    b"]E3977123456700305\r",
    b"9771234567003 05\r",
    b"1234,50\r",
    b"]C101077900010010543103000250392219950\x1d10LOTE\r",
]

Said = tuple[str, str, int]  # of what, its price, how many


def reader(*, plain: bool) -> CodeReader:
    return CodeReader(
        ARS,
        lambda code: PRODUCTS.get(code) or PRODUCTS.get(code.lstrip("0")),
        (
            LabelPattern("20.....{NNNDD}", LabelValue.PRICE),
            LabelPattern("21.....{NNDDD}", LabelValue.WEIGHT),
        ),
        plain=NumberFormat(decimal=",") if plain else None,
    )


def said(
    stream: bytes, *, plain: bool = True, suffix: Suffix = "enter", step: int = 512
) -> set[Said]:
    """Return what a scanner reads in the stream, and in the silence after it."""
    decoder = ScanDecoder("scanner", CodeFramer(suffix=suffix), reader(plain=plain).read)
    events = []
    for at in range(0, len(stream), step):
        events += decoder.feed(characters(stream[at : at + step]), at / 1e5)
    events += decoder.feed("", 60.0)
    found: set[Said] = set()
    for event in events:
        if isinstance(event, AmountRead):
            found.add(("", event.amount.plain(), 1))
        if isinstance(event, ItemScanned):
            found.add((event.item.title, event.item.price.plain(), event.item.quantity))
    return found


def damaged(scan: bytes, *, checked: bool) -> Iterator[bytes]:
    """Yield the scan with each damage."""
    for place in range(len(scan)):
        yield scan[:place]
        yield scan[:place] + b"\0" + scan[place + 1 :]
        for bit in range(8) if checked else ():
            yield scan[:place] + bytes([scan[place] ^ 1 << bit]) + scan[place + 1 :]


def try_scans() -> int:
    """Try all damages of all scans, alone and before a good one; return how many."""
    tried = 0
    for scan in CHECKED + OTHERS:
        whole = said(scan)
        assert len(whole) == 1, scan
        for stream in damaged(scan, checked=scan in CHECKED):
            tried += 1
            plain = scan not in CHECKED  # where plain numbers are amounts, any number is one
            assert said(stream, plain=plain) <= whole, stream
    return tried


def try_stream(random: Random) -> None:
    """Read a random stream as a whole and byte by byte."""
    alphabet = random.choice([bytes(range(256)), b"0123456789\r", b"]E03C1\x1d 42-,\r\n\0"])
    stream = bytes(random.choices(alphabet, k=random.randrange(200)))
    for suffix in ("enter", "tab", "none"):
        whole = said(stream, suffix=suffix)
        assert all(float(price) > 0 for _, price, _ in whole)
        assert suffix == "none" or said(stream, suffix=suffix, step=1) == whole, stream


def main() -> None:
    logging.disable()
    print(f"{try_scans()} damaged scans")
    streams = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    random = Random(15)
    for _ in range(streams):
        try_stream(random)
    print(f"{streams} random streams")


if __name__ == "__main__":
    main()

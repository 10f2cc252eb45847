"""Longer fuzzing of scanners, by coverage: from raw key events and bytes to what a code means.

    pip install atheris      (x86-64, CPython; no dependency of the project)
    python -m tests.fuzz.scanners [-max_total_time=600]

What must hold: nothing but BadReading is raised, nothing grows without end, and an amount is only
ever read from a code whose check digits, signature or GS1 fields say so.
"""

from __future__ import annotations

from kiosk.base.errors import BadReading
from kiosk.base.money import CURRENCIES, Money
from kiosk.inputs.codes.catalogue import Product
from kiosk.inputs.codes.labels import LabelPattern, LabelValue
from kiosk.inputs.codes.meaning import CodeReader, Meaning
from kiosk.inputs.scanner.code_framer import CodeFramer
from kiosk.inputs.scanner.event_device import EVENT
from kiosk.inputs.scanner.key_decoder import KeyDecoder, KeyEvent
from kiosk.inputs.scanner.scan_decoder import ScanDecoder
from kiosk.sale.events import AmountRead, ItemScanned
from tests.fuzz import fuzz

ARS = CURRENCIES["ARS"]
PRODUCTS = {"7790001001054": Product("7790001001054", "Yerba", Money.of("1.00", "ARS"))}
CODES = CodeReader(
    ARS,
    PRODUCTS.get,
    (
        LabelPattern("20.....{NNNDD}", LabelValue.PRICE),
        LabelPattern("21....V{NNDD}", LabelValue.PRICE),
    ),
    gs1="assumed",
    gln="7790001000019",
    control=True,
    key=b"a secret of sixteen bytes",
)


def meaning(data: bytes) -> Meaning | None:
    try:
        return CODES.read(data.decode("latin-1"))
    except BadReading:
        return None


def scanner(data: bytes) -> None:
    decoder = ScanDecoder("scanner", CodeFramer(suffix="enter"), CODES.read)
    for place in range(0, len(data), 16):
        for event in decoder.feed(data[place : place + 16].decode("latin-1"), place / 100):
            if isinstance(event, AmountRead):
                assert event.amount.amount > 0
            if isinstance(event, ItemScanned):
                assert event.item.price.amount > 0
                assert event.item.quantity > 0


def keys(data: bytes) -> None:
    decoder, now = KeyDecoder("br"), 0.0
    usable = len(data) - len(data) % EVENT.size
    for _, _, kind, code, value in EVENT.iter_unpack(data[:usable]):
        now += 0.01
        assert len(decoder.feed(KeyEvent(now, kind, code, value))) <= 2


def one(data: bytes) -> None:
    """Feed one input to all."""
    meaning(data)
    scanner(data)
    keys(data)


if __name__ == "__main__":
    fuzz(one)

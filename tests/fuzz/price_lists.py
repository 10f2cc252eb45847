"""Price lists as spreadsheets write them, damaged ones, and files that are no lists.

    python -m tests.fuzz.price_lists [LISTS]

A good list sells at its own prices. One whose bytes are changed or removed, and any other file, is
sold from or refused, but nothing else is raised.
"""

from __future__ import annotations

import logging
import sys
from random import Random

from kiosk.base.errors import ConfigError
from kiosk.base.money import CURRENCIES, NumberFormat
from kiosk.inputs.codes.catalogue import Catalogue, CatalogueFormat

ARS = CURRENCIES["ARS"]
HEADS = ["code;title;price;unit", "sep=;\nCódigo;Producto;Precio ($);Unidad", "ean;nombre;pvp;um"]
PRICES = ["1234,5", "$ 1.234,50", "1.234,50", "900", "12,00", '"1.234,50"', "1234,5000"]
SOLD = {"1234.50", "900.00", "12.00"}
UNITS = ["", "Kg.", "un", "kilo", "c/u"]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]
FORM = CatalogueFormat(NumberFormat(",", "."), ARS, ";")
COMMAS = CatalogueFormat(NumberFormat(",", "."), ARS, ",")
OLD = CatalogueFormat(NumberFormat(",", "."), ARS, ";", "cp1252")


def good_list(random: Random) -> bytes:
    rows = [random.choice(HEADS)]
    for number in range(random.randrange(1, 6)):
        price, unit = random.choice(PRICES), random.choice(UNITS)
        rows.append(f"{100 + number};Ñandú {number};{price};{unit}")
    end = random.choice(["\n", "\r\n", "\r"])
    return end.join([*rows, ""]).encode(random.choice(ENCODINGS))


def spoiled(data: bytes, random: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(random.randrange(4)):
        place = random.randrange(len(changed) + 1)
        match random.randrange(4):
            case 0:
                changed[place : place + 1] = bytes([random.randrange(256)])
            case 1:
                del changed[place : place + random.randrange(9)]
            case 2:
                changed[place:place] = random.choice([b'"', b";", b"\n", b"\0", b",", b"\xff"])
            case _:
                del changed[place:]
    return bytes(changed)


def try_list(random: Random) -> None:
    """Load a list as it is, spoiled, and bytes that are none."""
    good = good_list(random)
    for data in (good, spoiled(good, random), random.randbytes(random.randrange(120))):
        for form in (FORM, COMMAS, OLD):
            try:
                catalogue = Catalogue(data, form)
            except ConfigError:
                continue
            assert catalogue.summary()
            for number in range(100, 106):
                product = catalogue.find(str(number))
                assert product is None or product.price.amount > 0
                assert product is None or data != good or product.price.plain() in SOLD


def main() -> None:
    logging.disable()
    lists = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    random = Random(15)
    for _ in range(lists):
        try_list(random)
    print(f"{lists} lists")


if __name__ == "__main__":
    main()

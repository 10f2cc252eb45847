"""The catalogue: one parsed CSV file with a line for each product.

It keeps the file's bytes and an index of 12 bytes per row, so that a hundred thousand products take
a few megabytes; a row is parsed when its code is scanned. All rows are checked when the file is
loaded. A file with a fault is refused as a whole, because half a price list sells wrongly.

``kiosk/inputs/scanner/price_list.py`` loads the file again when it changes.
"""

from __future__ import annotations

import csv
import io
import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

from kiosk.base.errors import BadReading, ConfigError
from kiosk.base.money import Currency, Money, NumberFormat
from kiosk.inputs.codes.check_digits import is_gtin

COLUMNS = ("code", "title", "price", "unit", "category")
MAX_FAULTS = 20  # that are reported; more of them would hide the first
MAX_BYTES = 64 * 2**20  # of the file

_NEEDED = ("code", "title", "price")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Product:
    """A row of the file. ``price`` is for one ``unit``; an empty unit is a piece."""

    code: str
    title: str
    price: Money
    unit: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class CatalogueFormat:
    """How the file is written."""

    number: NumberFormat
    currency: Currency
    delimiter: str = ","
    encoding: str = "utf-8"


class Catalogue:
    """Products by their codes. A GTIN is found with any of its lengths: 12, 13 or 14 digits."""

    def __init__(
        self, data: bytes, file_format: CatalogueFormat, name: str = "the catalogue"
    ) -> None:
        """Index the file's bytes. Raises ConfigError with a sentence for each faulty line."""
        self._format, self._name = file_format, name
        self._faults: list[str] = []
        self._data = data.removeprefix(b"\xef\xbb\xbf")  # a spreadsheet's byte order mark
        self._columns: dict[str, int] = {}
        index = sorted(self._rows())
        self._keys = array("Q", (key for key, _ in index))
        self._offsets = array("L", (offset for _, offset in index))
        self._check_duplicates()
        if self._faults:
            raise ConfigError(*self._faults[:MAX_FAULTS])

    @classmethod
    def empty(cls, file_format: CatalogueFormat) -> Catalogue:
        """Return a catalogue without products."""
        return cls(b"code,title,price\n".replace(b",", file_format.delimiter.encode()), file_format)

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, code: str) -> Product | None:
        """Return the product with this code, or None."""
        key = _key(code)
        place = bisect_left(self._keys, key)
        while place < len(self._keys) and self._keys[place] == key:
            product = self._product(self._line_at(self._offsets[place]))
            if _canonical(product.code) == _canonical(code):
                return product
            place += 1  # another code with the same hash
        return None

    def _rows(self) -> Iterator[tuple[int, int]]:
        """Yield the key of each row and its offset in the data; collect the faults."""
        offset = 0
        for number, line in enumerate(io.BytesIO(self._data), 1):
            start, offset = offset, offset + len(line)
            if len(self._faults) >= MAX_FAULTS:
                return
            try:
                fields = self._fields(line)
                if not self._columns:
                    self._columns = self._header(fields)
                elif any(fields):
                    yield _key(self._product(fields).code), start
            except BadReading as fault:
                self._faults.append(f"{self._name}:{number}: {fault}")
                if not self._columns:
                    return
        if not self._columns and not self._faults:
            self._faults.append(
                f"{self._name}:1: the file is empty; start it with code,title,price"
            )

    def _fields(self, line: bytes) -> list[str]:
        try:
            text = line.decode(self._format.encoding).rstrip("\r\n")
        except UnicodeDecodeError:
            encoding = self._format.encoding
            raise BadReading(
                f"it is not written in {encoding}; save the file as {encoding}, or set encoding"
            ) from None
        if '"' not in text:
            return [field.strip() for field in text.split(self._format.delimiter)]
        try:
            rows = list(csv.reader([text], delimiter=self._format.delimiter, strict=True))
        except csv.Error:
            raise BadReading("a quotation mark is not closed on this line; close it") from None
        return [field.strip() for field in rows[0]]

    def _header(self, fields: list[str]) -> dict[str, int]:
        columns = {field.lower(): place for place, field in enumerate(fields)}
        if missing := [name for name in _NEEDED if name not in columns]:
            raise BadReading(
                f"the first line has no column {missing[0]}; write the names of the columns: "
                + self._format.delimiter.join(COLUMNS)
            )
        return {name: columns[name] for name in COLUMNS if name in columns}

    def _product(self, fields: list[str]) -> Product:
        if len(fields) <= max(self._columns[name] for name in _NEEDED):
            raise BadReading("the line has fewer fields than the first line; add the missing ones")
        values = {name: fields[at] for name, at in self._columns.items() if at < len(fields)}
        code, title = values["code"], values["title"]
        if not code or not title:
            raise BadReading(f"the {'title' if code else 'code'} is empty; write it")
        if _CONTROL.search(code + title):
            raise BadReading("the code or the title has control characters; remove them")
        if not code.isascii():
            raise BadReading("the code has characters that are not ASCII; remove them")
        try:
            price = self._format.number.parse(values["price"], self._format.currency)
        except BadReading as fault:
            raise BadReading(f"the price {values['price']!r} can't be used: {fault}") from None
        return Product(code, title, price, values.get("unit", ""), values.get("category", ""))

    def _check_duplicates(self) -> None:
        for place in range(1, len(self._keys)):
            if self._keys[place] != self._keys[place - 1] or len(self._faults) >= MAX_FAULTS:
                continue
            first, second = (self._line_number(self._offsets[p]) for p in (place - 1, place))
            code = self._product(self._line_at(self._offsets[place])).code
            if _canonical(code) == _canonical(
                self._product(self._line_at(self._offsets[place - 1])).code
            ):
                self._faults.append(
                    f"{self._name}:{second}: the code {code} is already on line {first}; "
                    "remove one of them"
                )

    def _line_at(self, offset: int) -> list[str]:
        end = self._data.find(b"\n", offset)
        return self._fields(self._data[offset : end if end >= 0 else None])

    def _line_number(self, offset: int) -> int:
        return self._data.count(b"\n", 0, offset) + 1


def _canonical(code: str) -> str:
    """Return a GTIN with 14 digits, and any other code as it is."""
    return code.zfill(14) if is_gtin(code) else code


def _key(code: str) -> int:
    return int.from_bytes(blake2b(_canonical(code).encode(), digest_size=8).digest(), "big")

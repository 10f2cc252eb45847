"""The catalogue: one parsed CSV file with a line for each product.

It keeps the file's bytes and an index of 16 bytes per row, so that a hundred thousand products take
a few megabytes; a row is parsed when its code is scanned. All rows are checked when the file is
loaded. A row with a fault is refused, and the others are sold.

``kiosk/inputs/scanner/price_list.py`` loads the file again when it changes.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from hashlib import blake2b
from itertools import groupby
from operator import itemgetter

from kiosk.base.errors import BadReading, ConfigError
from kiosk.base.frozen import frozen
from kiosk.base.language import _, ngettext
from kiosk.base.money import Currency, Money, NumberFormat
from kiosk.inputs.codes.catalogue_columns import NEEDED, below_titles, find_columns
from kiosk.inputs.codes.catalogue_fields import (
    is_cut_price,
    read_code,
    read_price,
    read_title,
    read_unit,
)
from kiosk.inputs.codes.catalogue_text import CatalogueText
from kiosk.inputs.codes.check_digits import is_gtin

MAX_FAULTS = 20  # rows that are named; more of them would hide the first
MAX_REASONS = 2000  # refused rows whose reason is kept for the cashier
MAX_BYTES = 64 * 2**20  # of the file


@frozen
class Product:
    """A row of the file. ``price`` is for one ``unit``: kg, or else a piece."""

    code: str
    title: str
    price: Money
    unit: str = ""
    category: str = ""


@frozen
class CatalogueFormat:
    """How the file is written."""

    number: NumberFormat
    currency: Currency
    delimiter: str = ","
    encoding: str = "utf-8"


class Catalogue:
    """Products by their codes. A GTIN is found with any of its lengths: 12, 13 or 14 digits.

    ``refused`` has a sentence for each of the first rows that are not sold, ``remarks`` for each of
    the first ones that are sold and should be corrected.
    """

    def __init__(
        self, data: bytes, file_format: CatalogueFormat, name: str = "the catalogue"
    ) -> None:
        """Index the file's bytes. Raises ConfigError if no row can be sold."""
        self._format, self._name = file_format, name
        self.refused: list[str] = []
        self.remarks: list[str] = []
        self.refusals = 0  # all rows that are not sold
        self._reasons: dict[str, str] = {}  # by code
        self._text = below_titles(self._read(data))
        self._width = 0  # fields of the first line
        self._columns = self._header()
        index = list(self._without_duplicates(sorted(self._rows())))
        self._keys = array("Q", (key for key, _ in index))
        self._offsets = array("Q", (offset for _, offset in index))
        if not index:
            empty = _("{name}: the file has no articles; fill it", name=name)
            raise ConfigError(self.summary() if self.refused else empty)

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, code: str) -> Product | None:
        """Return the product with this code, or None."""
        key = _key(code)
        place = bisect_left(self._keys, key)
        while place < len(self._keys) and self._keys[place] == key:
            product = self._product_at(self._offsets[place])
            if _canonical(product.code) == _canonical(code):
                return product
            place += 1  # another code with the same hash
        return None

    def first(self, number: int) -> list[Product]:
        """Return so many products, in the order of the file."""
        return [self._product_at(offset) for offset in sorted(self._offsets)[:number]]

    def why_missing(self, code: str) -> str:
        """Return why a code is not found although the file has it; an empty text if it has not."""
        if reason := self._reasons.get(_canonical(code)):
            return reason
        short = code.lstrip("0")
        if code.isdigit() and short != code and self.find(short):
            return _("the price list has {short}; a spreadsheet has removed its zeros", short=short)
        return ""

    def summary(self) -> str:
        """Return how many articles are sold and refused, and a line for each refused one."""
        articles = ngettext("{number:,} article", "{number:,} articles", len(self))
        lines = [f"{self._name}: {articles}"]
        if self.refusals:
            lines[0] += ngettext(
                "; {number:,} row refused:", "; {number:,} rows refused:", self.refusals
            )
        more = self.refusals - len(self.refused)
        also = [_("and {more:,} more", more=more)] if more else []
        return "\n    ".join([*lines, *self.refused, *also, *self.remarks])

    def _read(self, data: bytes) -> CatalogueText:
        try:
            return CatalogueText.read(data, self._format.delimiter, self._format.encoding)
        except ConfigError as fault:
            raise ConfigError(f"{self._name}: {fault}") from None

    def _header(self) -> dict[str, int]:
        line = self._text.line_at(self._text.begin)
        place = f"{self._name}:{self._text.first_line}"
        if not line.strip():
            raise ConfigError(
                _("{place}: the file is empty; start it with code,title,price", place=place)
            )
        try:
            fields = self._text.fields(line)
            self._width = len(fields)
            return find_columns(fields, self._text)
        except BadReading as fault:
            raise ConfigError(f"{place}: {fault}") from None

    def _rows(self) -> Iterator[tuple[int, int]]:
        """Yield the key of each row and its offset in the data; collect the refused rows."""
        offset, text = self._text.begin, self._text
        number = text.first_line
        while (end := text.data.find(b"\n", offset)) >= 0 or offset < len(text.data):
            start, offset = offset, end + 1 if end >= 0 else len(text.data)
            number += 1
            if number == text.first_line + 1:
                continue  # the names of the columns
            key = self._checked(text.data[start:offset], number - 1)
            if key is not None:
                yield key, start

    def _checked(self, line: bytes, number: int) -> int | None:
        """Return the key of a row; None if it is empty or refused."""
        fields: list[str] = []
        try:
            fields = self._text.fields(line)
            if not any(fields):
                return None
            self._check_length(fields, line.decode())
            product = self._product(fields)
        except BadReading as fault:
            self._refuse(number, fields, str(fault))
            return None
        code = self._field(fields, "code")
        is_plain = product.code == code and code.isalnum() and len(code) not in {7, 10, 11}
        if not is_plain and len(self.remarks) < MAX_FAULTS:
            remark = read_code(code)[1]
            if remark:
                self.remarks.append(_place(number, product.title, remark))
        return _key(product.code)

    def _check_length(self, fields: list[str], line: str) -> None:
        if len(fields) <= max(self._columns[name] for name in NEEDED):
            raise BadReading(
                _("the line has fewer fields than the first line; add the missing ones")
            )
        if any(fields[self._width :]):
            raise BadReading(
                _(
                    "the line has more fields than the first line; put quotation marks around a "
                    "field that has a {delimiter!r}",
                    delimiter=self._text.delimiter,
                )
            )
        place = self._columns["price"]
        if line[-1:] != "\n" and self._text.may_end_in(fields, place, self._format.number.decimal):
            raise BadReading(
                _("the file may be cut off in this price; save it again with a line end")
            )
        after = fields[place + 1] if place + 1 < len(fields) else ""
        if is_cut_price(fields[place], after, line, self._format.number, self._text.delimiter):
            raise BadReading(
                _(
                    "the price may be {before}{delimiter}{after}; put quotation marks around the "
                    "price",
                    before=fields[place],
                    delimiter=self._text.delimiter,
                    after=after,
                )
            )

    def _refuse(self, number: int, fields: list[str], why: str) -> None:
        code, title = self._field(fields, "code"), self._field(fields, "title")
        names = f"{title} ({code})" if title and code else title or code
        name = "".join(char if char.isprintable() else "?" for char in names)[:60]
        self.refusals += 1
        if len(self.refused) < MAX_FAULTS:
            self.refused.append(_place(number, name, why))
        if code and len(self._reasons) < MAX_REASONS:
            self._reasons[_canonical(code)] = _(
                "line {number} of the price list is refused: {why}", number=number, why=why
            )

    def _field(self, fields: list[str], name: str) -> str:
        place = self._columns.get(name, len(fields))
        return fields[place] if place < len(fields) else ""

    def _product(self, fields: list[str]) -> Product:
        code, _ = read_code(self._field(fields, "code"))
        title = read_title(self._field(fields, "title"))
        price = read_price(self._field(fields, "price"), self._format.number, self._format.currency)
        unit = read_unit(self._field(fields, "unit"))
        return Product(code, title, price, unit, self._field(fields, "category"))

    def _product_at(self, offset: int) -> Product:
        return self._product(self._text.fields(self._text.line_at(offset)))

    def _without_duplicates(self, index: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Yield each row once; refuse all rows of a code that has two prices."""
        for key, group in groupby(index, key=itemgetter(0)):
            rows = list(group)
            if len(rows) == 1:
                yield rows[0]
            else:
                yield from ((key, offset) for offset in self._agreeing([at for _, at in rows]))

    def _agreeing(self, offsets: list[int]) -> Iterator[int]:
        """Yield the first row of each code, if its other rows have the same price."""
        products: dict[str, list[tuple[int, Product]]] = {}
        for offset in offsets:
            product = self._product_at(offset)
            products.setdefault(_canonical(product.code), []).append((offset, product))
        for rows in products.values():
            if len({(product.price, product.unit) for _, product in rows}) == 1:
                yield rows[0][0]
                continue
            numbers = [self._text.number_at(offset) for offset, _ in rows]
            lines = " and ".join(map(str, numbers[:2]))
            for number, (offset, product) in zip(numbers, rows, strict=True):
                fields = self._text.fields(self._text.line_at(offset))
                why = _(
                    "the code {code} has two prices, on the lines {lines}; remove one",
                    code=product.code,
                    lines=lines,
                )
                self._refuse(number, fields, why)


def _canonical(code: str) -> str:
    """Return a GTIN with 14 digits, and any other code as it is."""
    return code.zfill(14) if is_gtin(code) else code


def _key(code: str) -> int:
    return int.from_bytes(blake2b(_canonical(code).encode(), digest_size=8).digest(), "big")


def _place(number: int, name: str, why: str) -> str:
    """Return what is wrong in a line; ``name`` is that of the article, if it is known."""
    if not name:
        return _("line {number}: {why}", number=number, why=why)
    return _("line {number}, {name}: {why}", number=number, name=name, why=why)

"""From the bytes of a price list to its lines, whatever program has saved it.

Spreadsheets write byte order marks, UTF-16, ``sep=;`` before the first line, and old ones end lines
with CR alone. The result is UTF-8 with LF, so that a line can be found again by its offset.
"""

from __future__ import annotations

import codecs
import csv
import re
import unicodedata
from dataclasses import replace

from kiosk.base.errors import BadReading, ConfigError
from kiosk.base.frozen import frozen
from kiosk.base.language import _

UNREADABLE = "\ufffd"  # replaces bytes that are not in the encoding

_MARKS = (  # the longer ones first: that of UTF-32 begins like that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # xlsx or ods, and xls
_SEPARATOR = re.compile(r'"?sep=([^A-Za-z0-9"])"?[;,\t ]*', re.IGNORECASE)


@frozen
class CatalogueText:
    """The lines of a file, in UTF-8 with LF. ``begin`` is the offset of the first one.

    ``first_line`` is its number, because ``sep=;`` may be before it.
    """

    data: bytes
    delimiter: str
    encoding: str
    begin: int = 0
    first_line: int = 1

    @classmethod
    def read(cls, data: bytes, delimiter: str, encoding: str) -> CatalogueText:
        """Return the lines of a file. Raises ConfigError if it is not a text."""
        if data.startswith(_SPREADSHEETS):
            raise ConfigError(_("it is the own file of a spreadsheet program; save it as CSV"))
        encoding = _encoding_of(data, encoding)
        try:
            text = data.decode(encoding, errors="replace").replace("\r\n", "\n").replace("\r", "\n")
        except (LookupError, UnicodeError) as fault:
            raise ConfigError(
                _(
                    "it can't be read as {encoding} ({fault}); set encoding",
                    encoding=encoding,
                    fault=fault,
                )
            ) from None
        lines = text.encode("utf-8", errors="replace")
        lines = data if lines == data else lines  # keep one copy
        head = text.partition("\n")[0]
        if separator := _SEPARATOR.fullmatch(head.strip(" ")):
            begin = len(head.encode()) + 1
            return cls(lines, separator[1], encoding, begin, 2)
        return cls(lines, delimiter, encoding)

    def fields(self, line: bytes) -> list[str]:
        """Return the fields of a line. Raises BadReading."""
        text = line.decode().rstrip("\n")
        if UNREADABLE in text:
            raise BadReading(
                _(
                    "it is not written in {encoding}; save the file as {encoding}, or set encoding",
                    encoding=self.encoding,
                )
            )
        if '"' not in text:
            return [field.strip() for field in text.split(self.delimiter)]
        try:
            rows = list(csv.reader([text], delimiter=self.delimiter, strict=True))
        except csv.Error:
            raise BadReading(_("a quotation mark is not closed on this line; close it")) from None
        return [field.strip() for field in rows[0]]

    def starting_at(self, place: int, number: int) -> CatalogueText:
        """Return the same lines from the one with this offset and this number."""
        return replace(self, begin=place, first_line=number)

    def may_end_in(self, fields: list[str], place: int, decimal: str) -> bool:
        """Return whether the file may be cut off in this field, the price of the last line.

        It has no decimals then, but the price in the line before has them.
        """
        last = self.data.rfind(b"\n")
        before = self.line_at(self.data.rfind(b"\n", 0, max(last, 0)) + 1).decode()
        has_decimals = before.rstrip('"')[-3:-2] == decimal
        return has_decimals and place == len(fields) - 1 and decimal not in fields[place]

    def line_at(self, offset: int) -> bytes:
        """Return the line that begins there."""
        end = self.data.find(b"\n", offset)
        return self.data[offset : end if end >= 0 else None]

    def number_at(self, offset: int) -> int:
        """Return the number of the line that begins there."""
        return self.data.count(b"\n", 0, offset) + 1


def _encoding_of(data: bytes, encoding: str) -> str:
    """Return what the file itself says, and the setting if it says nothing."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    if data[1:2] == b"\0" != data[:1]:
        return "utf-16-le"
    if data[:1] == b"\0" != data[1:2]:
        return "utf-16-be"
    return encoding


def plain_words(text: str) -> str:
    """Return the text in small letters without accents, and a blank for each other character."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(re.findall("[a-z0-9]+", re.sub("[\u0300-\u036f]", "", plain)))

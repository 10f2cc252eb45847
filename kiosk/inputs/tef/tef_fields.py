"""The files of Brazil's TEF, as fields: a line for each, ``003-000 = 1234``. Pure.

Sources: "Troca de arquivos" of PayGo, and the manual of CliSiTef. The last line is ``999-999 = 0``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from kiosk.base.errors import BadReading
from kiosk.base.language import _

COMMAND, IDENTIFIER, DOCUMENT, VALUE, CURRENCY = (f"00{n}-000" for n in range(5))
STATUS, NETWORK, NUMBER, AUTHORIZATION = "009-000", "010-000", "012-000", "013-000"
DAY, TIME, CONTROL, RECEIPT_LINES, OPERATOR = (f"0{n}-000" for n in (22, 23, 27, 28, 30))
CONFIRMATION, WALLET = "729-000", "749-000"
END = "999-999"
LONGEST = 16_384  # bytes of a request; a real one has some hundred

_FIELD = re.compile(r"([0-9]{3}-[0-9]{3}) ?=(.*)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def is_whole(data: bytes) -> bool:
    """Return whether the file has its last line: a program may still be writing it."""
    return len(data) <= LONGEST and _lines(data)[-1:] == [f"{END} = 0"]


def read_fields(data: bytes) -> Mapping[str, str]:
    """Return the fields of a request; raise BadReading if it is not whole or not valid."""
    if not is_whole(data):
        raise BadReading(_("the request is incomplete; send it again"))
    found = [_FIELD.fullmatch(line) for line in _lines(data)]
    fields = [(each[1], each[2].strip()) for each in found if each]
    if len(fields) < len(found) or _CONTROL.search(data.decode("latin-1")):
        raise BadReading(_("the request has an unreadable line; check the program"))
    names = dict(fields)
    if len(names) < len(fields):
        raise BadReading(_("the request has a field twice; check the program"))
    if not names.get(COMMAND) or not names.get(IDENTIFIER):
        raise BadReading(_("the request has no command or no identifier; check the program"))
    return names


def file_of(*fields: tuple[str, str]) -> bytes:
    """Return the file with these fields, and the one that ends it."""
    lines = (f"{name} = {value}\r\n" for name, value in (*fields, (END, "0")))
    return "".join(lines).encode("latin-1", errors="replace")


def _lines(data: bytes) -> list[str]:
    lines = data.replace(b"\r\n", b"\n").decode("latin-1").split("\n")
    return [line.rstrip(" \r") for line in lines if line.strip()]

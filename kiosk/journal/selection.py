"""SQL that leaves out rows of a large journal, so that Python looks only at a few of them.

It leaves out only what is certain. Python decides about each row that is left, so a doubt costs
time, and nothing else.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache

from kiosk.base.money import CURRENCIES
from kiosk.journal.records import COLUMNS, LONGEST
from kiosk.sale.words import Outcome

# A time that does not begin with a date as people write it. The others are in the order of text.
UNDATED = "created_at NOT GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*'"
# A time without a day: no report of a day would ask for such a sale. SQLite also takes numbers and
# mere times for times, and a BLOB for its text, and it has a year 0.
WITHOUT_DAY = (
    "(+created_at >= x'' OR created_at < '0001' OR julianday(created_at) IS NULL "
    "OR created_at NOT GLOB '????-??-??*')"
)
# Days by which a local date may differ from the written one, which has a time zone of its own.
_ZONES = 2


def began_on(day: date) -> tuple[str, tuple[str, str]]:
    """Return a condition, and its values, for the dated sales that may have begun on that day."""
    return "created_at >= ? AND created_at < ?", (_moved(day, -_ZONES), _moved(day, _ZONES + 1))


def began_on_or_after(day: date) -> tuple[str, tuple[str]]:
    """Return a condition for the dated sales that may have begun on that local day or later."""
    return "created_at >= ?", (_moved(day, -_ZONES),)


def _moved(day: date, days: int) -> str:
    try:
        return (day + timedelta(days=days)).isoformat()
    except OverflowError:
        return "0000" if days < 0 else "9999-99"


def prepare(db: sqlite3.Connection) -> None:
    """Give this connection the function that ``doubtful`` calls.

    Once: SQLite refuses to replace a function while somebody reads through the same connection.
    """
    db.create_function("is_plain", 1, _is_plain, deterministic=True)


def doubtful() -> str:
    """Return a condition for the rows that may be unreadable: see ``records.read``.

    All rows are among them whose time is not in our own form. It needs a prepared connection.
    """
    # JSON has no place for a BLOB, and a flipped bit makes one of a text. The plus hides the type
    # of the column, by which SQLite would compare a BLOB as text.
    blob = " OR ".join(f"+{name} >= x''" for name in COLUMNS.split(", "))
    row = f"CAST(json_array({COLUMNS}) AS BLOB)"
    return f"CASE WHEN {blob} THEN TRUE ELSE NOT is_plain({row}) END"


def _is_plain(row: bytes) -> bool:
    if not row.isascii() or b"\\" in row:  # JSON writes control characters with a backslash
        return False
    return _plain_row_pattern().fullmatch(row) is not None


def _plain_row(decimals: int, currencies: Iterable[str]) -> str:
    """Return a pattern for a row, as JSON, that has a currency with so many decimals."""
    amount = f'"[0-9]{{1,15}}{rf"[.][0-9]{{{decimals}}}" if decimals else ""}"'
    exactly = {
        "reference": f'"[!->@-~][ -!#-~]{{0,{LONGEST - 1}}}"',
        "source": f'"[^"]{{1,{LONGEST}}}"',
        "amount": amount,
        "currency": f'"(?:{"|".join(currencies)})"',
        "created_at": f'"{_DAY}T{_TIME}"',
        "outcome": f'(?:null|"(?:{"|".join(Outcome)})")',
        "paid_amount": f"(?:null|{amount})",
        "refunded_amount": f"(?:null|{amount})",
    }
    text = f'(?:"[^"]{{0,{LONGEST}}}"|null)'
    return rf"\[{','.join(exactly.get(name, text) for name in COLUMNS.split(', '))}\]"


def _plain_rows() -> Iterator[str]:
    """Yield a pattern for the currencies with the same number of decimals, for each number."""
    by_decimals: dict[int, list[str]] = defaultdict(list)
    for currency in CURRENCIES.values():
        by_decimals[currency.minor_units].append(currency.code)
    for decimals, currencies in by_decimals.items():
        yield _plain_row(decimals, currencies)


@cache
def _plain_row_pattern() -> re.Pattern[bytes]:  # takes 2 ms, and a start needs none
    return _compiled(_plain_rows())


def _compiled(rows: Iterable[str]) -> re.Pattern[bytes]:
    return re.compile("|".join(rows).encode())


_DAY = (
    "[1-9][0-9]{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9][.][0-9]{3}[+]00:00"

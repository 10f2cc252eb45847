"""SQL that leaves out rows of a large journal, so that Python looks only at a few of them.

It leaves out only what is certain. Python decides about each row that is left, so a doubt costs
time, and nothing else.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from kiosk.base.money import CURRENCIES
from kiosk.journal.records import COLUMNS, LONGEST, NEEDED
from kiosk.sale.words import Outcome

# A time that begins with a date as people write it. Text in this form is in the order of time.
_DATED = "created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*'"
# Days by which a local date may differ from the written one, which has a time zone of its own.
_ZONES = 2

_AMOUNTS = ("paid_amount", "refunded_amount")
_CHECKED = ("currency", "outcome", "created_at", *_AMOUNTS)  # have a condition of their own


def began_on(day: date) -> tuple[str, tuple[str, ...]]:
    """Return a condition, and its values, for the sales that may have begun on that local day."""
    first, after = _moved(day, -_ZONES), _moved(day, _ZONES + 1)
    return f"(created_at >= ? AND created_at < ? OR NOT {_DATED})", (first, after)


def began_about_or_after(day: date) -> tuple[str, tuple[str, ...]]:
    """Return a condition for the sales that may have begun on that local day or later."""
    return f"(created_at >= ? OR NOT {_DATED})", (_moved(day, -_ZONES),)


def _moved(day: date, days: int) -> str:
    try:
        return (day + timedelta(days=days)).isoformat()
    except OverflowError:
        return "0000" if days < 0 else "9999-99"


def doubtful(db: sqlite3.Connection) -> str:
    """Return a condition for the rows that may be unreadable: see ``records.read``."""
    db.create_function("is_plain", 1, _is_plain, deterministic=True)
    needed, optional = " AND ".join(_certain()), " AND ".join(_certain_or_null())
    return f"(({needed}) IS NOT TRUE OR ({optional}) IS FALSE)"


def _is_plain(text: bytes | None) -> bool:
    if text is None:  # a column is NULL that must not be
        return False
    return len(text) <= LONGEST and b"\0" not in text and (text.isascii() or _is_utf_8(text))


def _is_utf_8(text: bytes) -> bool:
    try:
        return "\N{REPLACEMENT CHARACTER}" not in text.decode()
    except UnicodeDecodeError:
        return False


def _certain() -> Iterator[str]:
    """Yield the conditions that are true for each row that can certainly be read."""
    yield f"({' OR '.join(_plain_amounts())})"
    yield from map(_is_text, NEEDED)
    yield "strftime('%Y-%m-%dT%H:%M:%f+00:00', created_at) = created_at"
    yield "created_at > '0001' AND source != ''"
    yield "reference GLOB '[^?]*' AND reference NOT GLOB '*[^ -~]*'"
    # A text that is short with others together is short alone.
    texts = [
        name if name in NEEDED else f"ifnull({name}, '')"
        for name in COLUMNS.split(", ")
        if name not in _CHECKED
    ]
    yield f"is_plain(CAST({' || '.join(texts)} AS BLOB))"


def _certain_or_null() -> Iterator[str]:
    """Yield the conditions that are not false for such a row: a NULL makes them NULL."""
    yield from (_is_text(name) for name in COLUMNS.split(", ") if name not in NEEDED)
    yield from (f"{name} = amount" for name in _AMOUNTS)
    yield f"outcome IN {_words(Outcome)}"


def _is_text(name: str) -> str:
    """Return a condition; the plus hides the column's type, by which SQLite makes a number text."""
    return f"+{name} >= '' AND +{name} < x''"


def _plain_amounts() -> Iterator[str]:
    """Yield a condition for the amounts of all currencies with the same number of decimals."""
    by_decimals: dict[int, list[str]] = defaultdict(list)
    for currency in CURRENCIES.values():
        by_decimals[currency.minor_units].append(currency.code)
    for decimals, codes in by_decimals.items():
        point = f".{'[0-9]' * decimals}" if decimals else ""
        yield (
            f"currency IN {_words(codes)} AND amount GLOB '[0-9]*{point}' "
            f"AND amount NOT GLOB '*[^0-9{point[:1]}]*' AND amount NOT GLOB '*.*.*' "
            f"AND length(amount) <= {15 + bool(decimals) + decimals}"
        )


def _words(words: Iterable[str]) -> str:
    """Return our own words as a list in SQL."""
    return f"({', '.join(repr(str(word)) for word in words)})"

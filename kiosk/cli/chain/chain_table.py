"""Counters of a chain in lines for people, for any width, and as JSON for programs."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from kiosk.base.language import _, mark, ngettext
from kiosk.cli.live_screen import wrapped
from kiosk.fleet.viewer.chain_counters import ChainCounter
from kiosk.orders.answers.json_values import clean

_LONGEST = 200  # characters of a problem
_WORDS = (mark("stopped"), mark("lost"))  # the other states are those of kiosk status
_HEAD = (mark("counter"), mark("state"), mark("since"), mark("last sale"), mark("version"))


def table(counters: Iterable[ChainCounter], columns: int | None) -> Iterator[str]:
    """Yield a row for each counter and a line for each of its problems; then a summary.

    ``columns``: rows that are wider are broken. None: they are not broken, and not aligned, so that
    a line only changes with its counter.
    """
    known = list(counters)
    rows = [(*map(_, _HEAD),), *map(_cells, known)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    fits = columns is not None and sum(widths) + 2 * len(widths) <= columns
    if fits:
        yield _aligned(rows[0], widths)
    for counter, cells in zip(known, rows[1:], strict=True):
        yield from [_aligned(cells, widths)] if fits else _broken(cells, columns)
        for problem in counter.problems():
            yield from _broken([f"  ! {clean(problem, _LONGEST)}"], columns)
    yield from _broken([summary(known)], columns)


def _aligned(cells: Iterable[str], widths: Iterable[int]) -> str:
    return "  ".join(f"{cell:{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()


def _broken(cells: Iterable[str], columns: int | None) -> list[str]:
    line = "  ".join(filter(None, cells))
    return [line] if columns is None else wrapped(line, columns)


def _cells(counter: ChainCounter) -> tuple[str, ...]:
    state = _(counter.state) if counter.state else "?"
    return (
        counter.name,
        state,
        local_time(counter.since),
        last_sale(counter),
        clean(counter.version, 24),
    )


def last_sale(counter: ChainCounter) -> str:
    """Return the newest sale in words; empty if none is known."""
    sale = counter.last_sale
    if sale is None:
        return ""
    words = sale.outcome or "?", sale.amount, sale.currency, local_time(sale.ended_at)
    return " ".join(clean(word, 24) for word in words if word)


def summary(counters: list[ChainCounter]) -> str:
    """Return how many counters there are, and with which releases."""
    ill = sum(bool(counter.problems()) for counter in counters)
    versions = Counter(clean(each.version, 24) for each in counters if each.version)
    words = [
        ngettext("{number} counter", "{number} counters", len(counters)),
        ngettext("{number} is not well", "{number} are not well", ill)
        if ill
        else _("all are well"),
        *(f"{version} × {count}" for version, count in sorted(versions.items())),
    ]
    return ", ".join(words)


def local_time(text: str) -> str:
    """Return a time of a message in this computer's time zone; that of today without its day."""
    try:
        at = datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        return clean(text, 24)
    return f"{at:%H:%M}" if f"{at:%F}" == time.strftime("%F") else f"{at:%F %H:%M}"


def counter_as_json(counter: ChainCounter) -> dict[str, Any]:
    """Return what is known of a counter, for programs."""
    presence, health, sale = counter.presence, counter.health, counter.last_sale
    return {
        "counter": counter.name,
        "well": not counter.problems(),
        "online": counter.online,
        "state": counter.state or None,
        "since": counter.since or None,
        "reference": getattr(presence, "reference", None),
        "version": counter.version or None,
        "problems": counter.problems(),
        "last_sale": sale.model_dump() if sale else None,
        "health": health.model_dump(exclude_none=True) if health else None,
    }

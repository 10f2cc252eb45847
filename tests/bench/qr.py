"""The plan of a QR beside segno: its time, its version and its mask.

    python -m tests.bench.qr

A plan is what ``fit`` does with a new string: split it, choose version and level, encode it and
weigh the masks. ``segno.make(text, error="m")`` does less: it keeps the string in one piece.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import segno

from kiosk.display.qr import fit
from kiosk.display.qr.capacity import LEVELS
from kiosk.display.qr.encoding import Encoding
from kiosk.display.qr.segments import segments
from tests.bench.table import Row, print_rows
from tests.display.corpus import corpus
from tests.display.qr.encoders import with_zxing

ROOMS = (64, 80, 122, 128, 200, 240, 300)  # pixels of the panels' short sides
TEXTS = tuple(text for text in corpus(57) if text.isascii())


def measure() -> Iterator[Row]:
    """Yield the rows of the QR."""
    yield Row("plan of a QR: segno.make(error='m')", _time_ratio(), 0.3, "×")
    count = f"of {len(TEXTS) * len(LEVELS)} symbols"
    yield Row("QRs in a larger version than zxing-cpp's", _larger_versions(), 0, note=count)
    yield Row("QRs with another mask than segno's best", _other_masks(), 0, note=count)


def _time_ratio() -> float:
    """Return the median over the rooms; each is the ratio of two medians over the strings."""
    for text in TEXTS[:3]:  # fonts, tables and caches of both
        _plan(text, ROOMS[0])
        segno.make(text, error="m")
    ratios: list[float] = []
    for room in ROOMS:
        pairs = [
            (_timed(lambda: _plan(text, room)), _timed(lambda: segno.make(text, error="m")))  # noqa: B023
            for text in TEXTS
        ]
        ours, segnos = zip(*pairs, strict=True)
        ratios.append(statistics.median(ours) / statistics.median(segnos))
    return statistics.median(ratios)


def _timed(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _plan(text: str, room: int) -> None:
    fit._encoding.cache_clear()  # each string as if it were the first time
    fit.fit.cache_clear()
    fit.fit(text, room)


def _larger_versions() -> int:
    return sum(
        Encoding(text).version(level) > with_zxing(text, level)
        for text in TEXTS
        for level in LEVELS
    )


def _other_masks() -> int:
    return sum(_weighed_by_segno(text, level) for text in TEXTS for level in LEVELS)


def _weighed_by_segno(text: str, level: str) -> bool:
    """Return whether segno makes another symbol of the same segments."""
    ours = Encoding(text)
    version = ours.version(level)
    parts: Any = [(part.text.encode(), part.mode.value) for part in segments(text, version)]
    code = segno.make_qr(parts, error=level, version=version, boost_error=False)
    return tuple(bytes(row) for row in code.matrix) != ours.matrix(level)


if __name__ == "__main__":
    print_rows(measure())

"""How long payers take: what is assumed on the first day, and what this counter has learned.

Times are seconds from the QR on the panel to the payment. They are counted in bins that grow with
the time, because a second matters less after minutes. ``look_times.py`` plans the looks with the
share of the payers that pay in each bin.

The first day's assumption is a mixture of crowds with different medians. In each of them nobody
pays in the first 5 s; then 85 % take a time around the median, and 15 % take much longer, because
they open the app, log in, or look for the money first. The observed payments do two things: they
decide which crowd this is, and they are counted beside it, so that a counter whose payers are like
no crowd is learned, too.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import pairwise

EARLIEST = 5.0  # seconds; open the camera, read the amount, confirm
HORIZON = 900.0  # seconds; later payments are too rare to plan for them

# The medians of the crowds in seconds, and how probable each is on the first day. The sum is 1.
# Those of small weight are there to be found by the first sales.
CROWDS = {8: 0.03, 12: 0.29, 17: 0.07, 25: 0.23, 40: 0.22, 60: 0.13, 90: 0.03}
WORTH = 100.0  # orders; the crowds count as much as so many payments that were observed
OUTLIERS = 0.05  # of each crowd, at any time: so a strange payment rules no crowd out

# A crowd whose median is 25 s: share, median and sigma of the logarithm of each part's times, in
# seconds after EARLIEST. Its quantiles are 15 s (10 %), 25 s, 63 s (90 %) and 244 s (99 %).
_PARTS = ((0.85, 18.11, 0.498), (0.15, 72.66, 0.793))
_MEDIAN = 25.0

_GROWTH, _FIRST = 1.03, 0.15  # each bin is so much wider than the one before; seconds of the first
_BLUR = 2.7  # bins; sigma of the curve that spreads an observed time over its neighbours


def _edges() -> Iterator[float]:
    edge, width = 0.0, _FIRST
    while edge < HORIZON:
        yield edge
        edge, width = edge + width, width * _GROWTH
    yield HORIZON


EDGES = tuple(_edges())
BINS = len(EDGES) - 1


def payment_shares(paid_after: Iterable[float]) -> list[float]:
    """Return the share of the payers in each bin. Times that are not possible do not count."""
    counts = _counts(paid_after)
    crowds = [_shares(median) for median in CROWDS]
    shares = _blurred(counts)
    for weight, crowd in zip(_weights(crowds, counts), crowds, strict=True):
        for place, share in enumerate(crowd):
            shares[place] += WORTH * weight * share
    orders = WORTH + sum(counts.values())
    return [share / orders for share in shares]


def _counts(paid_after: Iterable[float]) -> dict[int, int]:
    """Return the number of observed payments by bin."""
    counts: dict[int, int] = {}
    for seconds in paid_after:
        if 0 < seconds < HORIZON:
            number = bisect_right(EDGES, seconds) - 1
            counts[number] = counts.get(number, 0) + 1
    return counts


def _weights(crowds: list[list[float]], counts: dict[int, int]) -> list[float]:
    """Return how probable each crowd is after these payments (Bayes' theorem)."""
    uniform = OUTLIERS / BINS
    logarithms = [
        math.log(weight)
        + sum(
            number * math.log((1 - OUTLIERS) * crowd[place] + uniform)
            for place, number in counts.items()
        )
        for weight, crowd in zip(CROWDS.values(), crowds, strict=True)
    ]
    best = max(logarithms)
    likelihoods = [math.exp(each - best) for each in logarithms]
    return [each / sum(likelihoods) for each in likelihoods]


def _blurred(counts: dict[int, int]) -> list[float]:
    """Return the observed payments, each spread over the bins beside its own."""
    distances = range(-round(3 * _BLUR), round(3 * _BLUR) + 1)
    curve = [(each, math.exp(-((each / _BLUR) ** 2) / 2)) for each in distances]
    area = sum(height for _, height in curve)
    spread = [0.0] * BINS
    for place, number in counts.items():
        for distance, height in curve:
            spread[_inside(place + distance)] += number * height / area
    return spread


def _inside(place: int) -> int:
    """Return the bin for a place beyond an end: it is mirrored there."""
    place = place if place >= 0 else -1 - place
    return place if place < BINS else 2 * BINS - 1 - place


def _shares(median: float) -> list[float]:
    """Return the share of a crowd's payers in each bin."""
    paid = [share_paid_until(edge, median) for edge in EDGES]
    return [after - before for before, after in pairwise(paid)]


def share_paid_until(seconds: float, median: float) -> float:
    """Return the share of a crowd's payers that pay in so many seconds."""
    if seconds <= EARLIEST:
        return 0.0
    scale = (median - EARLIEST) / (_MEDIAN - EARLIEST)
    return sum(
        share
        * math.erfc(math.log(middle * scale / (seconds - EARLIEST)) / sigma / math.sqrt(2))
        / 2
        for share, middle, sigma in _PARTS
    )

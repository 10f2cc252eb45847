"""ISO 8601 durations, as ``expiration_time`` has them: ``P3Y6M4DT12H30M5S``, ``PT16M``."""

from __future__ import annotations

import re

_SECONDS = {
    "years": 365 * 86_400,
    "months": 30 * 86_400,
    "weeks": 7 * 86_400,
    "days": 86_400,
    "hours": 3_600,
    "minutes": 60,
    "seconds": 1,
}
_PATTERN = re.compile(
    r"P(?:(?P<years>[0-9]+)Y)?(?:(?P<months>[0-9]+)M)?(?:(?P<weeks>[0-9]+)W)?(?:(?P<days>[0-9]+)D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]+)H)?(?:(?P<minutes>[0-9]+)M)?(?:(?P<seconds>[0-9]+)S)?)?"
)


def seconds_of(text: str) -> int | None:
    """Return the seconds, a year being 365 days and a month 30; None if it is no duration."""
    match = _PATTERN.fullmatch(text)
    if match is None or text == "P":
        return None
    return sum(int(count or 0) * _SECONDS[unit] for unit, count in match.groupdict().items())

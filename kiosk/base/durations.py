"""Durations: the text in YAML (``5 min``) and in ISO 8601 (``PT5M``) to seconds, and back."""

from __future__ import annotations

import re
from decimal import Decimal

from kiosk.base.language import _, mark

_UNITS: dict[str, Decimal | int] = {
    "ms": Decimal("0.001"),
    "s": 1, "sec": 1, "second": 1, "seconds": 1,
    "min": 60, "minute": 60, "minutes": 60,
    "h": 3600, "hour": 3600, "hours": 3600,
}  # fmt: skip
_HELP = mark("write it with its unit, such as 800 ms, 8 s, 5 min or PT5M")
_PART = r"([0-9]{1,9}(?:\.[0-9]{1,3})?) ?([a-z]+)"

_ISO_8601 = re.compile(
    r"P(?=.)(?P<calendar>(?:([0-9]{1,9})Y)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})W)?)"
    r"(?:([0-9]{1,9})D)?(?:T(?=.)(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})S)?)?"
)
_ISO_SECONDS = (365 * 86_400, 30 * 86_400, 7 * 86_400, 86_400, 3600, 60, 1)


def parse_duration(text: str) -> float:
    """Return the seconds in ``5 min``, ``800 ms``, ``1 h 30 min`` or ``PT5M``; raises ValueError.

    Years, months and weeks are refused: a technician who writes ``P1M`` may mean a minute.
    """
    iso = parse_iso_duration(text, calendar=False)
    if iso is not None:
        return float(iso)
    lower = text.lower()
    if not re.fullmatch(rf"{_PART}(?:,? {_PART})*", lower):
        raise ValueError(_("{text!r} is not a valid duration; {help}", text=text, help=_(_HELP)))
    return float(sum(Decimal(number) * _unit(unit) for number, unit in re.findall(_PART, lower)))


# What people write in Spanish and Portuguese, and what they mean.
_MEANT = {
    "m": "min", "mins": "min", "minuto": "min", "minutos": "min",
    "seg": "s", "segs": "s", "segundo": "s", "segundos": "s", "secs": "s",
    "hs": "h", "hr": "h", "hrs": "h", "hora": "h", "horas": "h",
}  # fmt: skip


def _unit(unit: str) -> Decimal | int:
    if unit in _MEANT:
        raise ValueError(
            _("{unit!r} is not a unit of time; write {meant}", unit=unit, meant=_MEANT[unit])
        )
    if unit not in _UNITS:
        raise ValueError(_("{unit!r} is not a unit of time; {help}", unit=unit, help=_(_HELP)))
    return _UNITS[unit]


def format_duration(seconds: float) -> str:
    """Return the shortest text that ``parse_duration`` reads as this: ``5 min``, ``800 ms``."""
    milliseconds = round(seconds * 1000)
    for unit, size in (("h", 3_600_000), ("min", 60_000), ("s", 1000)):
        if milliseconds and milliseconds % size == 0:
            return f"{milliseconds // size} {unit}"
    return f"{milliseconds} ms" if milliseconds else "0 s"


def parse_iso_duration(text: str, *, calendar: bool = True) -> int | None:
    """Return the seconds of an ISO 8601 duration, or None if the text is not one.

    ``calendar`` allows years (365 days), months (30 days) and weeks.
    """
    match = _ISO_8601.fullmatch(text)
    if match is None or (match["calendar"] and not calendar):
        return None
    counts = (int(count or 0) for count in match.groups()[1:])
    return sum(count * size for count, size in zip(counts, _ISO_SECONDS, strict=True))


def format_iso_duration(seconds: float) -> str:
    """Return whole seconds in ISO 8601: 300 is ``PT5M``."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    parts = ((hours, "H"), (minute, "M"), (second, "S"))
    return "PT" + ("".join(f"{number}{unit}" for number, unit in parts if number) or "0S")

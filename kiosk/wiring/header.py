"""The 40-pin header: what each pin is ("GPIO and the 40-pin header" of Raspberry Pi)."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.base.parts import Supply

PINS = range(1, 41)

_SUPPLIES: Mapping[Supply, tuple[int, ...]] = {
    Supply.V3: (1, 17),
    Supply.V5: (2, 4),
    Supply.GROUND: (6, 9, 14, 20, 25, 30, 34, 39),
}
_LINES = {
    3: 2,
    5: 3,
    7: 4,
    8: 14,
    10: 15,
    11: 17,
    12: 18,
    13: 27,
    15: 22,
    16: 23,
    18: 24,
    19: 10,
    21: 9,
    22: 25,
    23: 11,
    24: 8,
    26: 7,
    27: 0,
    28: 1,
    29: 5,
    31: 6,
    32: 12,
    33: 13,
    35: 19,
    36: 16,
    37: 26,
    38: 20,
    40: 21,
}
_PIN_OF = {line: pin for pin, line in _LINES.items()}


def pins_of(to: int | Supply) -> tuple[int, ...]:
    """Return the pins of a supply, or the one of a GPIO line."""
    return _SUPPLIES[to] if isinstance(to, Supply) else (_PIN_OF[to],)


def name_of(pin: int) -> str:
    """Return what the pin is: ``GPIO17``, ``3.3 V``."""
    if pin in _LINES:
        return f"GPIO{_LINES[pin]}"
    return next(supply for supply, pins in _SUPPLIES.items() if pin in pins)

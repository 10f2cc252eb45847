"""Amounts and results in English, for shops whose panel speaks English."""

from __future__ import annotations

from kiosk.sale.words import Screen
from kiosk.signals.voice.spoken_language import (
    CURRENCIES,
    Noun,
    SpokenLanguage,
    Words,
    groups_of_three,
    words_of,
)

_PHRASES: dict[Screen, Words] = {
    Screen.SCAN_ME: ("please scan",),
    Screen.PAID: ("paid",),
    Screen.CANCELED: ("sale canceled",),
    Screen.EXPIRED: ("time is up",),
    Screen.REFUSED: ("the charge failed",),
    Screen.REFUNDED: ("money returned",),
    Screen.HELD: ("attention, cashier",),
    Screen.CHECKING: ("checking", "do not pay again"),
}

_SMALL = words_of(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TENS = words_of("- - twenty thirty forty fifty sixty seventy eighty ninety")
_SCALES = ((), ("thousand",), ("million",), ("billion",))


def counted(value: int, noun: Noun) -> Words:
    """Return ``one peso``, ``two hundred thousand one pesos``."""
    groups = [
        word
        for place, group in reversed(list(enumerate(groups_of_three(value))))
        if group
        for word in (*_below_thousand(group), *_SCALES[place])
    ]
    return (*(groups or [_SMALL[0]]), noun.one if value == 1 else noun.many)


def _below_thousand(value: int) -> list[str]:
    """Return 1 to 999."""
    hundreds, rest = divmod(value, 100)
    words = [_SMALL[hundreds], "hundred"] if hundreds else []
    if 0 < rest < 20:
        words.append(_SMALL[rest])
    elif rest:
        tens, units = divmod(rest, 10)
        words += [_TENS[tens], *([_SMALL[units]] if units else [])]
    return words


ENGLISH = SpokenLanguage(
    espeak="en-us",
    currencies=CURRENCIES,
    phrases=_PHRASES,
    total="total",
    last="last sale",
    counted=counted,
    link="and",
    cents=counted,
)

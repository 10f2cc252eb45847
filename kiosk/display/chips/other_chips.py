"""Chips and panels that sellers offer and that the kiosk does not drive: what to say about them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NO_LIBRARY = "no library that the kiosk uses drives it"
_PARALLEL = "it needs a parallel bus or a video signal"
_CHARACTERS = "it shows characters, or has too few pixels for a QR"
_SLOW_CRYSTAL = "phones do not read its slow, low-contrast liquid crystal"
_NOT_OLED_MADE_FOR = "it has another set of commands"

# Why the kiosk does not drive them. Names as sellers write them, in lower case.
OTHER_CHIPS = {
    **dict.fromkeys(
        (
            *("gc9106", "gc9107", "gc9d01", "hx8347", "hx8357", "ili9163", "ili9225", "ili9342"),
            *(
                "ili9481",
                "r61529",
                "rm68140",
                "s6d02a1",
                "ssd1283",
                "ssd1333",
                "ssd1320",
                "ssd1357",
            ),
            *("st7701", "st77916", "nv3030b", "jd9853", "sh8601"),
        ),
        _NO_LIBRARY,
    ),
    **dict.fromkeys(
        ("ili9881", "nt35510", "otm8009a", "ra8875", "ra8876", "ssd1963", "st7262"), _PARALLEL
    ),
    **dict.fromkeys(
        ("hd44780", "max7219", "ws0010", "winstar_weh", "ht1621", "tm1637"), _CHARACTERS
    ),
    **dict.fromkeys(
        ("ks0108", "pcd8544", "st7565", "st7567", "st7920", "uc1701x", "uc1609"), _SLOW_CRYSTAL
    ),
    **dict.fromkeys(("sh1108", "sh1122", "ssd1318"), _NOT_OLED_MADE_FOR),
}


def refuse_other_chip(name: str, supported: Iterable[str]) -> None:
    """Raise ValueError with what to write, if this name is known; do nothing if it is not."""
    chip, known = name.lower(), ", ".join(supported)
    if chip in OTHER_CHIPS:
        raise ValueError(
            f"{name!r} is known, but not supported: {OTHER_CHIPS[chip]}; use a panel with one of"
            f" {known}"
        )
    base = re.sub(r"[a-z]{1,2}[0-9]?$", "", chip)  # st7789v2, ili9341v, gc9a01a
    if chip != base and base in supported:
        raise ValueError(f"{name!r} is a version of {base}; write {base}")

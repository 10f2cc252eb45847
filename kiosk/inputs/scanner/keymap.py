"""Which character a key gives, by the country that the scanner is set to.

The scanner's setting counts, not this computer's: it types as on a keyboard of that country. Only
ASCII is known here, since codes that a kiosk can use have nothing else.
"""

from __future__ import annotations

from typing import Literal

Layout = Literal["us", "es", "latam", "pt", "br"]

NOTHING = "·"  # a key that gives no ASCII character there
DEAD_KEYS = {"ˋ": "`", "ˆ": "^", "˜": "~"}  # they wait for the next key; a space makes them appear

# The printing keys by their codes (linux/input-event-codes.h): digits, three rows of letters, the
# 102nd key beside the left Shift, and the 103rd of Brazil.
KEYS = (*range(2, 14), *range(16, 28), *range(30, 42), *range(43, 54), 86, 89)

# The characters of KEYS: alone, with Shift, with AltGr. Written down from Debian's ckbcomp with
# xkb-data 2.35; a test compares them where that program is installed.
LEVELS: dict[Layout, tuple[str, str, str]] = {
    "us": (
        "1234567890-=qwertyuiop[]asdfghjkl;'`\\zxcvbnm,./<·",
        '!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"~|ZXCVBNM<>?>·',
        "·················································",
    ),
    "es": (
        "1234567890'·qwertyuiopˋ+asdfghjkl····zxcvbnm,.-<·",
        '!"·$%&/()=?·QWERTYUIOPˆ*ASDFGHJKL····ZXCVBNM;:_>·',
        "|@#~··{[]}\\·@·········[]·········˜{\\}··········|·",
    ),
    "latam": (
        "1234567890'·qwertyuiop·+asdfghjkl·{|}zxcvbnm,.-<·",
        '!"#$%&/()=?·QWERTYUIOP·*ASDFGHJKL·[·]ZXCVBNM;:_>·',
        "|@·~··{[]}\\·@··········~·········~ˆ·ˋ··········\\·",
    ),
    "pt": (
        "1234567890'·qwertyuiop+·asdfghjkl··\\˜zxcvbnm,.-<·",
        '!"#$%&/()=?·QWERTYUIOP*ˋASDFGHJKL··|ˆZXCVBNM;:_>·',
        "·@····{[]}\\·@··········˜··········ˆ·ˋ··········\\·",
    ),
    "br": (
        "1234567890-=qwertyuiop·[asdfghjkl·˜']zxcvbnm,.;\\/",
        '!@#$%·&*()_+QWERTYUIOPˋ{ASDFGHJKL·ˆ"}ZXCVBNM<>:|?',
        "······{[]}\\·/?········'···········~··············",
    ),
}

# The keypad as Num Lock leaves it; scanners that use it count on that. Its point is the layout's.
KEYPAD = {
    71: "7", 72: "8", 73: "9", 74: "-",
    75: "4", 76: "5", 77: "6", 78: "+",
    79: "1", 80: "2", 81: "3", 82: "0",
    55: "*", 98: "/", 117: "=",
}  # fmt: skip
KEYPAD_POINTS = {83: ".", 121: "."}  # 121 is the second one of Brazil
BRAZIL_POINTS = {83: ",", 121: "."}


def keymap(layout: Layout) -> dict[int, tuple[str, str, str]]:
    """Return each key's characters: alone, with Shift, with AltGr. The keypad ignores both."""
    points = BRAZIL_POINTS if layout == "br" else KEYPAD_POINTS
    keypad = {code: (char, char, char) for code, char in (KEYPAD | points).items()}
    return dict(zip(KEYS, zip(*LEVELS[layout], strict=True), strict=True)) | keypad

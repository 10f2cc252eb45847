"""Which character each key types, for the keyboard layout that the scanner is set to.

This computer's own layout has no effect. Only ASCII is in the tables, because the codes that a
kiosk can use have only ASCII.
"""

from __future__ import annotations

from typing import Literal

Layout = Literal["us", "es", "latam", "pt", "br"]

NOTHING = "·"  # the key types no ASCII character there
DEAD_KEYS = {"ˋ": "`", "ˆ": "^", "˜": "~"}  # typed with the next key; a space makes them appear

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

# The keypad with Num Lock on, as scanners expect it. Its decimal key depends on the layout.
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

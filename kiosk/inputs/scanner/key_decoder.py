"""Turns the key events of a keyboard scanner into characters. Pure.

Events and their numbers: the kernel's documentation, input/event-codes.rst and
linux/input-event-codes.h. Where a code begins and ends is decided in ``code_framer.py``.
"""

from __future__ import annotations

import math
from collections.abc import Collection

from kiosk.base.frozen import frozen
from kiosk.inputs.scanner.code_framer import GARBLED, LOST, STRAY
from kiosk.inputs.scanner.keymap import DEAD_KEYS, KEYPAD, NOTHING, Layout, keymap

EV_SYN, EV_KEY = 0, 1
SYN_REPORT, SYN_DROPPED = 0, 3
UP, DOWN = 0, 1  # the value of a key event; 2 is an automatic repeat, which is ignored

RELEASED_AFTER = 1.0  # seconds without an event, after which no key can still be held

GS = "\x1d"

_SHIFTS, _CTRLS, _ALT, _ALTGR = {42, 54}, {29, 97}, 56, 100
_MODIFIERS = {*_SHIFTS, *_CTRLS, _ALT, _ALTGR, 125, 126}  # and the two with a logo
_CAPS, _F8, _BRACKET, _SPACE = 58, 66, 27, 57
_LOCKS = {69, 70}  # Num Lock and Scroll Lock: a scanner may press them; they type nothing
_TYPED = {28: "\r", 96: "\r", 108: "\n", 15: "\t", _SPACE: " "}  # Enter, keypad Enter, Down, Tab
_ENDS = {28, 96, 108}
_U = 22
_US = keymap("us")


@frozen
class KeyEvent:
    """One ``struct input_event``; ``at`` is in seconds of the reader's clock."""

    at: float
    type: int
    code: int
    value: int


class KeyDecoder:
    """Turns key events into ASCII, and into the marks GARBLED, LOST and STRAY of ``code_framer``.

    ``gs_keys`` are the keys for the separator of GS1 codes: ``ctrl+]``, ``f8``.
    """

    def __init__(self, layout: Layout, gs_keys: Collection[str] = ("ctrl+]", "f8")) -> None:
        self._keymap = keymap(layout)
        self._f8_is_gs, self._ctrl_is_gs = "f8" in gs_keys, "ctrl+]" in gs_keys
        self._skipping = False  # until the next report, because the kernel's buffer overflowed
        self._last = -math.inf
        self._held: set[int] = set()
        self._caps_lock = False
        self._number = ""  # typed on the keypad while Alt is held
        self._accent = ""  # of a dead key that waits for the next key
        self._unicode: str | None = None  # hexadecimal digits, typed after Ctrl+Shift+U

    def release_all(self) -> None:
        """Regard all keys as released, and Caps Lock as off."""
        self._held.clear()
        self._caps_lock = False
        self._number = self._accent = ""
        self._unicode = None

    def feed(self, event: KeyEvent) -> str:
        """Return the characters that the event types; often none."""
        if event.at > self._last + RELEASED_AFTER:
            self.release_all()
        self._last = event.at
        if event.type == EV_SYN:
            return self._synchronise(event.code)
        if self._skipping or event.type != EV_KEY:
            return ""
        if event.code in _MODIFIERS:
            return self._modifier(event.code, event.value)
        return self._pressed(event.code) if event.value == DOWN else ""

    def _synchronise(self, code: int) -> str:
        """After a loss, ignore the events up to the next report (input/event-codes.rst)."""
        if code == SYN_DROPPED:
            self._skipping = True
            self.release_all()
            return LOST
        if code == SYN_REPORT:
            self._skipping = False
        return ""

    def _modifier(self, code: int, value: int) -> str:
        if value != UP:
            self._held.add(code)
            return ""
        self._held.discard(code)
        if code in _CTRLS and self._unicode:  # the digits were typed while Ctrl was held
            return self._end_unicode()
        number, self._number = self._number, ""
        return _by_number(number) if code == _ALT and number else ""

    def _pressed(self, code: int) -> str:
        if code == _CAPS:
            self._caps_lock = not self._caps_lock
            return ""
        if code in _LOCKS:
            return ""
        if self._unicode is not None:
            return self._unicode_digit(code)
        if _ALT in self._held:
            self._number += KEYPAD.get(code, "")
            return "" if code in KEYPAD else GARBLED
        if self._held & _CTRLS and _ALTGR not in self._held:
            return self._control(code)
        if code == _F8 and self._f8_is_gs:
            return GS
        return self._accented(self._character(code))

    def _control(self, code: int) -> str:
        """Return the control character of a key with Ctrl; the same key in every layout."""
        if code == _BRACKET:
            return GS if self._ctrl_is_gs else GARBLED
        if self._held & _SHIFTS:
            self._unicode = "" if code == _U else None
            return "" if code == _U else STRAY
        letter = _US[code][0].upper() if code in _US else ""
        return chr(ord(letter) - 64) if "@" <= letter <= "_" else GARBLED

    def _unicode_digit(self, code: int) -> str:
        """Take a key after Ctrl+Shift+U: a digit, or Enter or the space bar, which end the number.

        That Enter is not the suffix of the code. Any other key makes all up to the end of the scan
        doubtful: nobody knows which program the scanner is set for.
        """
        if code in _ENDS or code == _SPACE:
            return self._end_unicode()
        digit = KEYPAD.get(code, _US.get(code, (NOTHING,))[0])
        if digit not in "0123456789abcdef" or len(self._unicode or "") >= 6:
            self._unicode = None
            return STRAY
        self._unicode = (self._unicode or "") + digit
        return ""

    def _end_unicode(self) -> str:
        digits, self._unicode = self._unicode, None
        char = chr(min(int(digits or "0", 16), 0x7F))
        return char if char == GS or " " <= char <= "~" else STRAY

    def _character(self, code: int) -> str:
        if code in _ENDS:
            self._held.clear()  # a Shift whose release was lost damages one code, not all
        if code in _TYPED:
            return _TYPED[code]
        plain, shifted, third = self._keymap.get(code, (NOTHING,) * 3)
        shift = bool(self._held & _SHIFTS)
        if _ALTGR in self._held:
            char = NOTHING if shift else third
        elif shift != (self._caps_lock and plain.isalpha()):
            char = shifted
        else:
            char = plain
        return GARBLED if char == NOTHING else char

    def _accented(self, char: str) -> str:
        accent, self._accent = self._accent, DEAD_KEYS.get(char, "")
        if self._accent:
            return accent
        return accent if accent and char == " " else accent + char


def _by_number(number: str) -> str:
    """Return the character that Windows types for Alt and these keypad digits.

    With a leading 0 the number is of Windows-1252, else of code page 437.
    """
    if not number.isdigit() or not 0 < int(number) < 256:
        return GARBLED
    page = "cp1252" if number.startswith("0") else "cp437"
    char = bytes([int(number)]).decode(page, errors="replace")
    return char if char.isascii() else GARBLED

"""A keyboard scanner: the kernel events of the keys that it presses to type a text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kiosk.inputs.scanner.event_device import EVENT
from kiosk.inputs.scanner.key_decoder import DOWN, EV_KEY, EV_SYN, SYN_DROPPED, SYN_REPORT, UP
from kiosk.inputs.scanner.keymap import DEAD_KEYS, Layout, keymap

EV_MSC, MSC_SCAN = 4, 4
ENTER, TAB, SHIFT, CTRL, ALT, ALTGR, CAPS, F8 = 28, 15, 42, 29, 56, 100, 58, 66
KEYPAD = {"0": 82, "1": 79, "2": 80, "3": 81, "4": 75, "5": 76, "6": 77, "7": 71, "8": 72, "9": 73}
SPACE = 57

Raw = tuple[int, int, int]  # type, code, value
DROPPED: Raw = (EV_SYN, SYN_DROPPED, 0)
REPORT: Raw = (EV_SYN, SYN_REPORT, 0)


def press(code: int, value: int) -> list[Raw]:
    """Return one change of a key: scan code, key, report, as the kernel's HID driver sends it."""
    return [(EV_MSC, MSC_SCAN, 0x70000 + code), (EV_KEY, code, value), REPORT]


def tap(*codes: int) -> list[Raw]:
    """Press the keys in this order, and release them in the opposite order."""
    down = [event for code in codes for event in press(code, DOWN)]
    return down + [event for code in reversed(codes) for event in press(code, UP)]


def typed(text: str, layout: Layout = "us", end: Iterable[int] = (ENTER,)) -> list[Raw]:
    """Return the events of a whole code and its suffix."""
    events = [event for char in text for event in _char(char, layout)]
    return events + [event for code in end for event in tap(code)]


def _char(char: str, layout: Layout) -> list[Raw]:
    if char == " ":
        return tap(SPACE)
    if char == "\x1d":
        return tap(CTRL, 27)
    for code, levels in keymap(layout).items():
        for held, given in zip((None, SHIFT, ALTGR), levels, strict=True):
            keys = (code,) if held is None else (held, code)
            if given == char:
                return tap(*keys)
            if DEAD_KEYS.get(given) == char:
                return tap(*keys) + tap(SPACE)
    return alt_code(char)


def alt_code(char: str) -> list[Raw]:
    """Type the character by its number on the keypad, with Alt held."""
    digits = [event for digit in f"{ord(char)}" for event in tap(KEYPAD[digit])]
    return press(ALT, DOWN) + digits + press(ALT, UP)


def packed(events: Iterable[Raw], at: float = 0.0, step: float = 0.0) -> bytes:
    """Return the bytes that are read from the device; ``step`` is the time between reports."""
    return b"".join(_timed(events, at, step))


def _timed(events: Iterable[Raw], at: float, step: float) -> Iterator[bytes]:
    for kind, code, value in events:
        seconds, rest = divmod(at, 1)
        yield EVENT.pack(int(seconds), int(rest * 1_000_000), kind, code, value)
        if (kind, code) == (EV_SYN, SYN_REPORT):
            at += step

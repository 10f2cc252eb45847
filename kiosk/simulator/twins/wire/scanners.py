"""Scanners: the characters or keys of a code, as the scanner of an input sends them."""

from __future__ import annotations

import time
from collections.abc import Iterator

from kiosk.base.language import _
from kiosk.base.money import Currency
from kiosk.inputs.scanner.event_device import EVENT
from kiosk.inputs.scanner.key_decoder import DOWN, EV_KEY, EV_SYN, GS, SYN_REPORT, UP
from kiosk.inputs.scanner.keymap import DEAD_KEYS, keymap
from kiosk.inputs.scanner.scanner_input import ScannerSettings
from kiosk.inputs.scanner_hid import ScannerHidSettings
from kiosk.simulator.twins.wire.other_end import CannotDo, OtherEnd

_SUFFIXES = {"enter": "\r", "tab": "\t", "none": ""}
_SHIFT, _CTRL, _ALTGR, _F8, _BRACKET = 42, 29, 100, 66, 27
_KEYS = {"\r": (28,), "\t": (15,), " ": (57,)}  # Enter, Tab and the space bar


class CableScanner(OtherEnd):
    """A scanner on a serial port."""

    can = frozenset({"scan", "send"})

    def __init__(self, settings: ScannerSettings, currency: Currency) -> None:
        super().__init__(settings, currency)
        self._settings = settings

    def scan(self, code: str) -> bytes:
        """Return the code's characters, with what the scanner sends around them."""
        return self._around(code).replace(GS, self._settings.gs_character or GS).encode("utf-8")

    def _around(self, code: str) -> str:
        settings = self._settings
        if not code or "\r" in code or "\n" in code:
            raise CannotDo(_("a code has at least one character, and no line ends"))
        before = settings.begins_with + settings.prefix
        return before + code + settings.ends_with + _SUFFIXES[settings.suffix]


class KeyboardScanner(CableScanner):
    """A scanner that acts as a keyboard: each character is a key of the layout it is set to."""

    def __init__(self, settings: ScannerHidSettings, currency: Currency) -> None:
        super().__init__(settings, currency)
        self._layout, self._gs_keys = settings.layout, settings.gs_keys

    @property
    def dialect(self) -> str:
        """The keyboard layout."""
        return self._layout

    def scan(self, code: str) -> bytes:
        """Return the kernel's events of all keys, which happen now."""
        keys = [tap for char in self._around(code) for tap in self._taps(char)]
        return b"".join(_events(held, time.monotonic()) for held in keys)

    def _taps(self, char: str) -> Iterator[tuple[int, ...]]:
        """Yield the keys for a character: those that are held first, the one that types last."""
        if char == GS:
            yield (_CTRL, _BRACKET) if "ctrl+]" in self._gs_keys else (_F8,)
            return
        if char in _KEYS:
            yield _KEYS[char]
            return
        for code, levels in keymap(self._layout).items():
            for held, given in zip(((), (_SHIFT,), (_ALTGR,)), levels, strict=True):
                if given == char:
                    yield (*held, code)
                    return
                if DEAD_KEYS.get(given) == char:
                    yield (*held, code)
                    yield _KEYS[" "]
                    return
        raise CannotDo(
            _("the layout {layout} has no key for {char!r}", layout=self._layout, char=char)
        )


def _events(keys: tuple[int, ...], at: float) -> bytes:
    """Return the events of keys that are pressed in order, and released in the opposite order."""
    seconds, microseconds = int(at), int(at % 1 * 1_000_000)
    changes = [(key, DOWN) for key in keys] + [(key, UP) for key in reversed(keys)]
    return b"".join(
        EVENT.pack(seconds, microseconds, EV_KEY, key, value)
        + EVENT.pack(seconds, microseconds, EV_SYN, SYN_REPORT, 0)
        for key, value in changes
    )

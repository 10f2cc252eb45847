"""Masks texts that leave the shop: only the kiosk's own words and short numbers stay.

A list of what is secret always lacks something. So this goes the other way: a word stays if it is
in the kiosk's own source, or a name that Python or systemd use. All else gets a number, the same
number each time: ``sale [#3]: order [#4] was created``. Tokens, names, e-mail addresses, codes and
whatever they were encoded in are not words of the kiosk.
"""

from __future__ import annotations

import builtins
import errno
import os
import re
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

import kiosk

_PACKAGE = Path(kiosk.__file__).parent
_WORD = re.compile(r"[^\W\d_]\w*")
_COMMENTS = re.compile(r'"""[^"]*"""|#.*')
# Parts of the texts of systemd, of Python and of the kernel. With one letter, nothing is spelled.
_OF_THE_SYSTEM = """
Traceback most recent call last File line in during handling of the above exception another occurred
Started Starting Stopped Stopping Deactivated Succeeded Failed Main process exited code status with
result exit signal core dump killed dumped watchdog timeout Scheduled restart job counter is at
Consumed CPU time wall clock peak memory INVOCATION TERM KILL ABRT SEGV SIGTERM SIGKILL SIGABRT
Linux Debian GNU Raspberry Pi Model Rev Plus Zero Compute Module bookworm trixie aarch64 armv7l x86
x86_64 rpi rpt v7 v8 deb12 deb13 amd64 sudo apt systemctl journalctl dmesg Reloading Reloaded
"""
# Seven digits or more, also in groups and over lines: a document, a code, a payment, a telephone.
_DIGITS = re.compile(r"\d[\d\s.,/:+_-]*")
_FEWEST_DIGITS = 7
_TOKEN = re.compile(r"[^\s,;:()\[\]{}<>\"'`=!?|]+")
_PARTS = re.compile(r"[./_-]+")
_SHORT = re.compile(r"\d{1,5}[a-z]{0,2}")
_BEGIN, _END = "\ue000", "\ue001"  # private characters of Unicode, around the number of a mask
_MASKED = re.compile(f"{_BEGIN}([0-9]+){_END}")


class Masker:
    """Masks texts; the same word has the same number in all of them."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    @property
    def count(self) -> int:
        """How many different words were masked."""
        return len(self._numbers)

    def text(self, text: str) -> str:
        """Return the text with its line breaks, and with all words masked that may be secret."""
        clean = text.replace(_BEGIN, "?").replace(_END, "?")
        without_numbers = _DIGITS.sub(self._masked_digits, clean)
        return _MASKED.sub(r"[#\1]", _TOKEN.sub(self._checked, without_numbers))

    def numbers(self, text: str) -> str:
        """Return the text with its long numbers masked. Only for what no person has written."""
        return _MASKED.sub(r"[#\1]", _DIGITS.sub(self._masked_digits, text))

    def name(self, word: str) -> str:
        """Return what stands for this word in all texts; it is masked in any case."""
        return _MASKED.sub(r"[#\1]", self._mark(_DIGITS.sub(self._masked_digits, word)))

    def _masked_digits(self, found: re.Match[str]) -> str:
        number = found[0].rstrip(" \t.,/:+_-\r\n")
        if sum(map(str.isdigit, number)) < _FEWEST_DIGITS:
            return found[0]
        lines = "\n" * number.count("\n")
        return self._mark(number) + lines + found[0].removeprefix(number)

    def _checked(self, found: re.Match[str]) -> str:
        token = found[0]
        if _MASKED.fullmatch(token) or is_harmless(token):
            return token
        return self._mark(token)

    def _mark(self, secret: str) -> str:
        number = self._numbers.setdefault(secret, len(self._numbers) + 1)
        return f"{_BEGIN}{number}{_END}"


def is_harmless(token: str) -> bool:
    """Return whether the token has only words of the kiosk, short numbers and punctuation."""
    return all(
        part in vocabulary() or _SHORT.fullmatch(part) or not any(map(str.isalnum, part))
        for part in _PARTS.split(token)
    )


@cache
def vocabulary() -> frozenset[str]:
    """Return the words of the kiosk's source without comments, of Python and of systemd."""
    words = {*_OF_THE_SYSTEM.split(), *dir(builtins), *sys.stdlib_module_names}
    for file in _PACKAGE.rglob("*.py"):
        if "simulator" not in file.parts:
            words.update(_WORD.findall(_COMMENTS.sub("", file.read_text(encoding="utf-8"))))
    for number in errno.errorcode:
        words.update(_WORD.findall(os.strerror(number)))
    for package in metadata.distributions():
        words.update(_WORD.findall(package.name))
    return frozenset(part for word in words for part in (word, *word.split("_")))

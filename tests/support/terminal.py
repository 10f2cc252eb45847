"""A terminal with the command ``kiosk`` on it, and a person who reads and types."""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from select import select
from time import monotonic

from tests.support.processes import LONG_ENOUGH

CTRL_C = "\x03"
TRIES = 4  # times that Ctrl-C is pressed, within LONG_ENOUGH
# The new process gets the terminal as its own, so that the terminal's Ctrl-C reaches it.
_START = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "kiosk", *sys.argv[1:]])
"""


class Terminal:
    """What is on the screen is ``text``; ``code`` is the exit code."""

    def __init__(self, wire: int, process: subprocess.Popen[bytes]) -> None:
        self._wire, self._process = wire, process
        self.text, self._read = "", 0

    def expect(self, words: str) -> str:
        """Read until the words come; return what came before them, since the last expected words."""
        end = monotonic() + LONG_ENOUGH
        while (at := self.text.find(words, self._read)) < 0:
            assert self._more(end - monotonic()), f"{words!r} did not come:\n{self.text}"
        before, self._read = self.text[self._read : at], at + len(words)
        return before

    def expect_while(self, words: str, do: Callable[[], object]) -> None:
        """Do something every second until the words come, as somebody who tries it again."""
        end = monotonic() + LONG_ENOUGH
        while words not in self.text[self._read :]:
            assert monotonic() < end, f"{words!r} did not come:\n{self.text}"
            do()
            self._more(1.0)
        self.expect(words)

    def type(self, line: str) -> None:
        """Type a line and Enter."""
        os.write(self._wire, line.encode() + b"\n")

    def press(self, keys: str) -> None:
        """Press keys without Enter."""
        os.write(self._wire, keys.encode(errors="surrogateescape"))

    def ends(self) -> int:
        """Wait for the end of the command; return its exit code."""
        end = monotonic() + LONG_ENOUGH
        while self._more(end - monotonic()):
            pass
        return self._process.wait(LONG_ENOUGH)

    def interrupted(self) -> int:
        """Press Ctrl-C and wait for the end of the command; return its exit code.

        Press again after a while, as a person does: a signal that comes in the moment between
        Python's last look for signals and its read from the terminal is seen with the next key.
        """
        for _ in range(TRIES):
            self.press(CTRL_C)
            end = monotonic() + LONG_ENOUGH / TRIES
            while self._more(end - monotonic()):
                pass
            if self._ended():
                break
        return self._process.wait(LONG_ENOUGH)

    def _ended(self) -> bool:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        return self._process.returncode is not None

    def _more(self, patience: float) -> bool:
        if not select([self._wire], [], [], max(0, patience))[0]:
            return False
        try:
            data = os.read(self._wire, 65_536)
        except OSError:  # EIO: nobody has the other end open
            return False
        self.text += data.decode(errors="replace").replace("\r\n", "\n")
        return bool(data)


@contextmanager
def on_terminal(*words: str, columns: int = 80, **environ: str) -> Iterator[Terminal]:
    """Run ``kiosk`` with these words on a terminal of its own."""
    wire, device = os.openpty()
    fcntl.ioctl(device, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    inherited = {name: text for name, text in os.environ.items() if name != "COLUMNS"}
    process = subprocess.Popen(
        [sys.executable, "-c", _START, *words],
        stdin=device,
        stdout=device,
        stderr=device,
        env=inherited | environ,
    )
    os.close(device)
    try:
        yield Terminal(wire, process)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(LONG_ENOUGH)
        os.close(wire)

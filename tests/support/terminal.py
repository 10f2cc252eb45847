"""The command line on a terminal: what it draws there, and somebody who types."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.processes import LONG_ENOUGH


class Terminal:
    """A terminal with a command on it."""

    def __init__(self, keyboard: int, process: subprocess.Popen[bytes]) -> None:
        self._keyboard, self._process = keyboard, process
        self.said = ""

    def types(self, text: str) -> None:
        os.write(self._keyboard, text.encode())

    def shows(self, text: str) -> str:
        """Wait until this was printed; return all that was. It fails when the command ends."""
        while text not in self.said:
            assert self._more(), f"{text!r} is not in {self.said}"
        return self.said

    def presses_ctrl_c(self) -> None:
        self._process.send_signal(signal.SIGINT)

    def ends(self) -> int:
        """Wait for the end, and return the exit code."""
        while self._more():
            pass
        return self._process.wait(LONG_ENOUGH)

    def _more(self) -> bool:
        try:
            data = os.read(self._keyboard, 65536)
        except OSError:  # Linux's way to say that the terminal was closed
            return False
        self.said += data.decode().replace("\r\n", "\n")
        return bool(data)


@contextmanager
def on_terminal(*words: str, columns: int = 80, **environ: str) -> Iterator[Terminal]:
    """Run ``kiosk`` with these words on a terminal of this width."""
    keyboard, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environ = {name: text for name, text in os.environ.items() if name != "COLUMNS"} | environ
    process = subprocess.Popen(
        [sys.executable, "-m", "kiosk", *words], stdin=terminal, stdout=terminal, stderr=terminal,
        env=environ, start_new_session=True,
    )  # fmt: skip
    os.close(terminal)
    try:
        yield Terminal(keyboard, process)
    finally:
        process.kill()
        process.wait()
        os.close(keyboard)

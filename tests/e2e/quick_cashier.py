"""A cashier who sells as fast as the counter can.

The payer pays at once (``pay_after`` of the service), and the cashier cancels too late: then the kiosk
looks at the order immediately, finds it paid and says so.
"""

from __future__ import annotations

import socket
from typing import Self

from tests.e2e.rig import Counter


def add_command_input(counter: Counter) -> None:
    """Let programs sell, before the start of the daemon."""
    path = counter.folder / "command.sock"
    counter.change("\nsale:", f"\n  - {{driver: command, path: {path}}}\nsale:")


class QuickCashier:
    """Sells through the input `command`: an amount, and a cancel that comes too late."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._program = socket.socket(socket.AF_UNIX)

    def __enter__(self) -> Self:
        """Connect to the running daemon."""
        self._program.connect(str(self._counter.folder / "command.sock"))
        self._answers = self._program.makefile(encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        """Disconnect."""
        self._answers.close()
        self._program.close()

    def sell(self, number: int) -> None:
        """Sell, and wait for the result."""
        self._program.sendall(b"sale %d\n" % (20 + number % 900))
        assert self._answers.readline() == "heard\n"
        self._counter.becomes("paying")
        self._program.sendall(b"cancel\n")
        said = [self._answers.readline() for _ in range(2)]
        assert any(line.startswith("paid ") for line in said), (number, said)

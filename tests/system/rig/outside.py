"""What keeps its power when the booted system loses it: service, payers, register.

    with Outside(tmp_path) as outside:
        with Guest(tmp_path, lines=outside.plug_in) as guest: ...

Inside, the service is at ``URL`` (see ``inside/wire.py``), the register at ``REGISTER``.
"""

from __future__ import annotations

import os
import socket
import threading
from contextlib import ExitStack
from pathlib import Path
from select import select
from time import monotonic
from typing import Self

from tests.e2e.rig import Api
from tests.support.processes import eventually, free_port, running
from tests.system.inside.wire import Wire

PORT = 9000
URL = f"http://127.0.0.1:{PORT}"
WIRE, REGISTER = "/dev/ttyS1", "/dev/ttyS2"


class Register:
    """A cash register at the other end of a serial line."""

    def __init__(self) -> None:
        self._line: socket.socket | None = None
        self.heard = b""

    def plug_in(self) -> socket.socket:
        """Return the booted system's end."""
        self.unplug()
        self._line, theirs = socket.socketpair()
        self._line.setblocking(False)
        self.heard = b""
        return theirs

    def unplug(self) -> None:
        if self._line:
            self._line.close()
        self._line = None

    def send(self, line: bytes) -> None:
        """Send a total, whether the kiosk listens or not."""
        assert self._line
        try:
            self._line.send(line)
        except (BrokenPipeError, BlockingIOError, ConnectionResetError):
            return

    def heard_lines(self) -> list[str]:
        """Return the complete lines from the kiosk."""
        assert self._line
        while select([self._line], [], [], 0)[0] and (more := self._line.recv(4096)):
            self.heard += more
        *lines, self.heard = self.heard.split(b"\n")
        return [line.decode().strip() for line in lines]

    def hears(self, within: float = 20.0) -> bytes:
        """Return the next line from the kiosk."""
        end = monotonic() + within
        assert self._line
        while b"\n" not in self.heard:
            assert select([self._line], [], [], max(end - monotonic(), 0))[0], self.heard
            self.heard += self._line.recv(4096)
        line, _, self.heard = self.heard.partition(b"\n")
        return line + b"\n"


class Outside:
    """What is around one counter."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self._wire: Wire | None = None
        self._listening: threading.Thread | None = None
        self.register = Register()

    def __enter__(self) -> Self:
        port = free_port()
        self._port = port
        self._stack.enter_context(
            running("simulate-api", "--port", str(port), log=self._folder / "api.log")
        )
        self.api = Api(f"http://127.0.0.1:{port}")
        self._stack.callback(self.api.http.close)
        eventually(self.api.answers)
        return self

    def __exit__(self, *_: object) -> None:
        self.register.unplug()
        if self._listening:
            self._listening.join(10)  # it ends with the booted system's power
        self._stack.close()

    def sells(self) -> str:
        """Do a whole sale: total, order, payment, and the answer to the register."""
        before = len(self.api.orders())
        self.register.send(b"TOTAL 77,25\r\n")
        eventually(lambda: len(self.api.orders()) > before)
        newest = self.api.orders()[0]
        self.api.pay(newest["id"])
        reference: str = newest["external_reference"]
        while reference not in (answer := self.register.hears(30).decode()):
            pass  # the late result of an earlier sale
        assert answer == f"PAID 77.25 {reference}\r\n"
        return reference

    def plug_in(self) -> list[socket.socket]:
        """Return the booted system's ends of its serial lines, from ttyS1 on; once a boot."""
        ours, theirs = socket.socketpair()
        self._wire = Wire(os.dup(ours.fileno()), self._dial)
        ours.close()
        self._listening = threading.Thread(target=self._wire.listen, daemon=True)
        self._listening.start()
        return [theirs, self.register.plug_in()]

    def turn_away(self) -> None:
        """Refuse the booted system's calls until it is booted again."""
        assert self._wire
        self._wire.cut()

    def _dial(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self._port))

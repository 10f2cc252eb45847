"""TCP connections from the booted system to this computer, over one serial line.

    wire.py TTY PORT      # inside: who connects to PORT on loopback, is connected outside

A frame is a connection's number and a length, then that many bytes; none mean: it is closed.
"""

import os
import socket
import struct
import sys
import threading
import tty
from collections.abc import Callable
from contextlib import suppress

_HEAD = struct.Struct("!HH")
_AT_ONCE = 4096  # bytes; a longer frame would keep the others waiting


class Wire:
    """One end of the line. ``dial`` makes the connection that the other end asks for."""

    def __init__(self, line: int, dial: Callable[[], socket.socket]) -> None:
        self._reading = os.fdopen(line, "rb", closefd=False)
        self._line, self._dial = line, dial
        self._open: dict[int, socket.socket] = {}
        self._one_writes, self._one_brings = threading.Lock(), threading.Lock()
        self._cut = False

    def carry(self, number: int, connection: socket.socket) -> None:
        """Take this connection over to the other end, in a thread of its own."""
        self._open[number] = connection
        threading.Thread(target=self._send, args=(number, connection), daemon=True).start()

    def listen(self) -> None:
        """Bring what comes over to its connection, until the line is cut: then they all end."""
        with suppress(ConnectionResetError):  # cut while something was on its way
            while len(head := self._reading.read(_HEAD.size)) == _HEAD.size:
                number, length = _HEAD.unpack(head)
                self._bring(number, self._reading.read(length))
        self.hang_up()

    def cut(self) -> None:
        """From now on, bring nothing over; the line itself stays."""
        with self._one_brings:
            self._cut = True

    def _bring(self, number: int, data: bytes) -> None:
        with self._one_brings:
            if self._cut:
                return
            if not data:
                self._hang_up(number)
                return
            if number not in self._open:
                self.carry(number, self._dial())
            with suppress(OSError):  # hung up here; the other end hears of that
                self._open[number].sendall(data)

    def hang_up(self) -> None:
        """Close every connection: the other end is gone."""
        for number in tuple(self._open):
            self._hang_up(number)

    def _hang_up(self, number: int) -> None:
        connection = self._open.pop(number, None)
        if connection:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _send(self, number: int, connection: socket.socket) -> None:
        data = b"-"
        while data:
            try:
                data = connection.recv(_AT_ONCE)
            except OSError:
                data = b""
            frame = _HEAD.pack(number, len(data)) + data
            with self._one_writes, suppress(OSError):
                while frame:
                    frame = frame[os.write(self._line, frame) :]


def no_calls_from_outside() -> socket.socket:
    """Only the booted system calls."""
    raise AssertionError("the world outside does not call")


def main(path: str, port: str) -> None:
    """Serve for ever."""
    line = os.open(path, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(line)
    wire = Wire(line, no_calls_from_outside)
    threading.Thread(target=wire.listen, daemon=True).start()
    with socket.create_server(("127.0.0.1", int(port))) as listener:
        number = 0
        while True:
            connection, _ = listener.accept()
            number = number % 0xFFFF + 1
            wire.carry(number, connection)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The daemon as systemd runs it: systemd starts it, listens, reloads it and stops it."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread

from tests.e2e.rig import Counter
from tests.service.test_systemd import Systemd
from tests.support.processes import eventually

Daemon = subprocess.Popen[bytes]


class Unit:
    """A daemon, and what it has told systemd."""

    def __init__(self, counter: Counter, systemd: Systemd, daemon: Daemon) -> None:
        self._counter, self._systemd, self.daemon = counter, systemd, daemon
        self.heard: list[str] = []
        self._ear = Thread(target=self._listen)  # the socket's queue is short
        self._ear.start()

    def _listen(self) -> None:
        self._systemd.socket.setblocking(True)
        while text := self._systemd.socket.recv(4096):
            self.heard.append(text.decode())

    def close(self) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
            end.sendto(b"", self._systemd.environ["NOTIFY_SOCKET"])
        self._ear.join()
        self._systemd.socket.close()

    def hears(self, word: str) -> str:
        """Wait for a datagram that begins with this word; drop it and those before it."""

        def listen() -> str | None:
            for text in self.heard:
                if text.startswith(word):
                    del self.heard[: self.heard.index(text) + 1]
                    return text
            return None

        try:
            return eventually(listen) or ""
        except AssertionError:
            raise AssertionError(f"{self.heard}\n{self._counter.log.read_text()}") from None

    def reload(self) -> None:
        """Reload the file, and wait until the reload has begun."""
        self.daemon.send_signal(signal.SIGHUP)
        assert "MONOTONIC_USEC=" in self.hears("RELOADING=1")


@contextmanager
def started(counter: Counter, address: Path, *through: str) -> Iterator[Unit]:
    """Run the daemon with a systemd that listens at this address."""
    systemd = Systemd(str(address))
    with (
        counter.running(through=through, **systemd.environ) as daemon,
        closing(Unit(counter, systemd, daemon)) as unit,
    ):
        yield unit

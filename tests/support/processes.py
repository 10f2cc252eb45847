"""Run commands of the kiosk as processes, and wait for what they do."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from select import select
from time import monotonic
from typing import TypeVar

T = TypeVar("T")

LONG_ENOUGH = 120.0
"""Seconds that are enough on a busy computer. Only a test that fails waits this long."""


def eventually(question: Callable[[], T], within: float = LONG_ENOUGH) -> T:
    """Ask until the answer is true, and return it."""
    end = monotonic() + within
    while not (answer := question()):
        assert monotonic() < end, f"not within {within} s"
        select([], [], [], 0.02)
    return answer


def free_port() -> int:
    """Return a TCP port of this computer that nobody listens on.

    It is below 32768, so Linux does not give it to an outgoing connection before the process that
    needs it has started.
    """
    while True:
        port = secrets.choice(range(10_000, 32_768))
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


@contextmanager
def running(
    *command: str, log: Path, through: Sequence[str] = (), **environ: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``kiosk`` with these words as a process, and end it with SIGTERM.

    ``through`` is a command that runs another one, such as one that removes privileges.
    """
    words = [*through, sys.executable, "-m", "kiosk", *command]
    with log.open("ab") as err:
        process = subprocess.Popen(words, stderr=err, stdout=err, env={**os.environ, **environ})
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(LONG_ENOUGH)


def power_cut(process: subprocess.Popen[bytes]) -> None:
    """Kill the process in the middle of whatever it does."""
    process.send_signal(signal.SIGKILL)
    process.wait(LONG_ENOUGH)

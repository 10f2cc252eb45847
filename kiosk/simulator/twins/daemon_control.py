"""What a simulation tells its daemon, as lines of JSON on the daemon's standard input."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from functools import partial

from kiosk.simulator.twins.pace import Pace, PacedLoop, Tempo
from kiosk.simulator.twins.replaced_hardware import drive_button


def tempo_command(tempo: Tempo) -> bytes:
    """Return the command to go on at this tempo."""
    return json.dumps({"tempo": tempo.as_text()}).encode() + b"\n"


def press_command(pin: int, *, active_low: bool) -> bytes:
    """Return the command to press the button at a GPIO line."""
    return json.dumps({"press": pin, "active_low": active_low}).encode() + b"\n"


class Obedience:
    """Carries out the commands in a thread. When they end, the simulation has ended: so must this.

    The first command is the tempo; it is waited for.
    """

    def __init__(self, descriptor: int, pace: Pace) -> None:
        self._lines = _lines(descriptor)
        self._pace = pace
        self._loop: PacedLoop | None = None
        self._obey(next(self._lines, ""))
        threading.Thread(target=self._run, daemon=True).start()

    def make_loop(self) -> PacedLoop:
        """Return the event loop, which is woken when its pace changes."""
        self._loop = PacedLoop(self._pace)
        return self._loop

    def _run(self) -> None:
        for line in self._lines:
            self._obey(line)
        os._exit(1)

    def _obey(self, line: str) -> None:
        match json.loads(line or "{}"):
            case {"tempo": tempo}:
                self._change_tempo(Tempo.of(tempo))
            case {"press": pin, "active_low": active_low}:
                drive_button(pin, active_low=active_low)

    def _change_tempo(self, tempo: Tempo) -> None:
        if self._loop:
            self._loop.call_soon_threadsafe(partial(self._pace.take, tempo))
        else:
            self._pace.tempo = tempo


def _lines(descriptor: int) -> Iterator[str]:
    """Yield lines until the other end is closed.

    Not through ``open``: a thread that waits in it holds a lock, and disturbs Python's exit.
    """
    rest = b""
    while data := os.read(descriptor, 4096):
        *lines, rest = (rest + data).split(b"\n")
        yield from (line.decode() for line in lines)

"""What the daemon's fake devices leave behind: frames, lamps and tones, replies, the status.

Read when asked, from where the last look stopped; nothing here watches or waits. The devices' own
records are the only source: what is not written there did not happen.
"""

from __future__ import annotations

import json
from collections import deque
from pathlib import Path
from typing import Any

from kiosk.simulator.bench.fake_devices import Devices

TONES_KEPT = 64  # more than any pattern plays between two looks of the page


class Tail:
    """A file of JSON lines that grows; it may come into being later."""

    def __init__(self, path: Path) -> None:
        """Begin at the end: what is there already is an older story."""
        self._path = path
        self._read = _size(path)

    def new(self) -> list[dict[str, Any]]:
        """Return the whole lines that came since the last time."""
        if _size(self._path) < self._read:  # somebody began a new file
            self._read = 0
        try:
            with self._path.open("rb") as file:
                file.seek(self._read)
                whole, newline, _ = file.read().rpartition(b"\n")
        except FileNotFoundError:
            return []
        self._read += len(whole) + len(newline)
        return [json.loads(line) for line in whole.splitlines()]


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


class FakePanelView:
    """The fake panel since it was switched on."""

    def __init__(self, frames: Path) -> None:
        self._frames = frames
        self._before = self._last = self._count()

    def newest(self) -> int | None:
        """Return the number of the frame that is on it; None while it shows nothing."""
        while self.path(self._last + 1).exists():
            self._last += 1
        return None if self._last == self._before else self._last

    def path(self, number: int) -> Path:
        """Return the file of a frame."""
        return self._frames / f"{number:06}.png"

    def _count(self) -> int:
        numbers = (int(path.stem) for path in self._frames.glob("*.png") if path.stem.isdigit())
        return max(numbers, default=0)


class LampsView:
    """The lamps and the buzzer since they were switched on: dark and silent at first."""

    def __init__(self, record: Path) -> None:
        self._tail = Tail(record)
        self.signal: str | None = None
        self.lamps: dict[str, float] = {}
        self.tones: deque[tuple[float, float]] = deque(maxlen=TONES_KEPT)  # Unix seconds, hertz

    def look(self) -> None:
        """Take in what happened since the last look."""
        for change in self._tail.new():
            match change:
                case {"signal": name}:
                    self.signal = name
                case {"lamp": lamp, "level": level}:
                    self.lamps[lamp] = level
                case {"tone": hertz, "at": at}:
                    self.tones.append((at, hertz))


class StatusView:
    """The status file, once this life of the daemon has written it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._before = self._changed()

    def read(self) -> dict[str, Any] | None:
        """Return what it says; None before the daemon has said anything."""
        if self._changed() in (None, self._before):
            return None
        return dict(json.loads(self._path.read_text()))

    def _changed(self) -> int | None:
        return self._path.stat().st_mtime_ns if self._path.exists() else None


class Life:
    """All that one life of the daemon, from one start to its end, has shown."""

    def __init__(self, devices: Devices) -> None:
        self.glass = FakePanelView(devices.frames)
        self.lights = LampsView(devices.record)
        self.status = StatusView(devices.status)

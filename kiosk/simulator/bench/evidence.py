"""What the daemon's simulated devices write to files: frames, lamps and tones, the status.

Each file is read when asked, from where the last read stopped; nothing here watches or waits. The
records of the devices are the only source.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar

from kiosk.base.localized_text import LocalizedText

Seen = TypeVar("Seen")
TONES_KEPT = 64  # more than any pattern plays between two requests of the page


class Tail:
    """The end of a growing file of JSON lines, as ``tail -f`` reads it. It may not exist yet."""

    def __init__(self, path: Path) -> None:
        """Start at the end: what is in the file already belongs to an earlier run."""
        self._path = path
        self._read = _size(path)

    def new(self) -> list[dict[str, Any]]:
        """Return the complete lines that were added since the last call."""
        if _size(self._path) < self._read:  # a new file was started
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
    """The frames that the fake panel has shown since this view was made."""

    def __init__(self, frames: Path) -> None:
        self._frames = frames
        self._before = self._last = self._last_number()

    def newest(self) -> int | None:
        """Return the number of the frame on the panel, or None while it shows nothing."""
        while self.path(self._last + 1).exists():
            self._last += 1
        return None if self._last == self._before else self._last

    def path(self, number: int) -> Path:
        """Return the file of a frame."""
        return self._frames / f"{number:06}.png"

    def _last_number(self) -> int:
        numbers = (int(path.stem) for path in self._frames.glob("*.png") if path.stem.isdigit())
        return max(numbers, default=0)


class LampsView:
    """The lamps and the buzzer since this view was made: dark and silent at first.

    ``levels`` holds the brightness of each lamp, 0 to 1; ``tones`` holds (Unix seconds, hertz), and
    ``said`` what the voice said last.
    """

    def __init__(self, record: Path) -> None:
        self._tail = Tail(record)
        self.signal: str | None = None
        self.said: str | None = None
        self.levels: dict[str, float] = {}
        self.tones: deque[tuple[float, float]] = deque(maxlen=TONES_KEPT)

    def update(self) -> list[dict[str, Any]]:
        """Read what happened since the last update, and return it."""
        changes = self._tail.new()
        for change in changes:
            match change:
                case {"signal": name}:
                    self.signal = name
                case {"said": text}:
                    self.said = text
                case {"lamp": lamp, "level": level}:
                    self.levels[lamp] = level
                case {"tone": hertz, "at": at}:
                    self.tones.append((at, hertz))
        return changes


class StatusView:
    """The status file, once this run of the daemon has written it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._before = self._changed()

    def read(self) -> dict[str, Any] | None:
        """Return its content, or None before this run of the daemon has written it.

        Its texts know their parts, so that they can be said in each language.
        """
        if self._changed() in (None, self._before):
            return None
        status = dict(json.loads(self._path.read_text()))
        parts = status.pop("parts", {})
        return dict(_with_texts(status, {text: _text_of(text, parts[text]) for text in parts}))

    def _changed(self) -> int | None:
        return self._path.stat().st_mtime_ns if self._path.exists() else None


def _with_texts(data: Any, texts: Mapping[str, LocalizedText]) -> Any:
    """Return JSON's data with these texts in the place of the plain ones."""
    match data:
        case dict():
            return {key: _with_texts(value, texts) for key, value in data.items()}
        case list():
            return [_with_texts(value, texts) for value in data]
        case str():
            return texts.get(data, data)
        case data:
            return data


def _text_of(text: str, parts: Mapping[str, Any]) -> LocalizedText:
    """Return the text that the daemon made of these parts."""
    fields = {
        name: _text_of(value["message"], value) if isinstance(value, Mapping) else value
        for name, value in parts["fields"].items()
    }
    return LocalizedText(text, parts["message"], fields)


class RunEvidence:
    """Everything that one run of the daemon, from its start to its end, has shown."""

    def __init__(self, frames: Path, record: Path, status: Path) -> None:
        self.panel = FakePanelView(frames)
        self.lamps = LampsView(record)
        self.status = StatusView(status)


def written_at(path: Path) -> float:
    """Return when a file was written, in Unix seconds of this computer."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()


class Newest(Generic[Seen]):
    """Finds what is new in a bounded list that grows at its end."""

    def __init__(self) -> None:
        self._last: Seen | None = None

    def of(self, seen: Iterable[Seen]) -> list[Seen]:
        """Return what was added since the last call, oldest first."""
        items = list(seen)
        new: list[Seen] = []
        for item in reversed(items):
            if item is self._last:
                break
            new.append(item)
        if items:
            self._last = items[-1]
        return new[::-1]

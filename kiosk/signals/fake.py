"""The signals ``fake``: no lamps and no buzzer, but a record of what they would do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from kiosk.base.errors import DeviceGone
from kiosk.base.permissions import Permissions, files
from kiosk.sale.words import Screen
from kiosk.signals import Lamp, SignalsSettings


class FakeSignalsSettings(SignalsSettings):
    """A record instead of lamps and a buzzer."""

    driver: Literal["fake"] = Field("fake", description="A record instead of lamps and a buzzer.")
    record: Path | None = Field(
        None,
        description="The file for a JSON line per signal, lamp and tone. Left out: none.",
    )

    def permissions(self) -> Permissions:
        """Return the permissions that it needs."""
        return files(self.record)

    def open(self, clock: Callable[[], float]) -> FakeLamps:
        """Open the record; ``clock`` gives the seconds that are written to it."""
        return FakeLamps(self.record, clock)


class FakeLamps:
    """All four lamps and a buzzer: see ``kiosk.signals.Lamps``."""

    def __init__(self, record: Path | None, clock: Callable[[], float]) -> None:
        self._record, self._clock = record, clock
        self._levels: dict[Lamp, float] = {}
        self._hertz = 0.0
        if record:
            with _as_device(record):
                record.parent.mkdir(parents=True, exist_ok=True)
                record.touch()

    def begin(self, signal: Screen) -> None:
        """Record the signal."""
        self._write(signal=signal.value)

    def light(self, lamp: Lamp, level: float) -> None:
        """Record the lamp's change."""
        self._levels[lamp] = level
        self._write(lamp=lamp, level=level)

    def tone(self, hertz: float) -> None:
        """Record the buzzer's change."""
        self._hertz = hertz
        self._write(tone=hertz)

    def close(self) -> None:
        """Record that everything is switched off."""
        for lamp in [lamp for lamp, level in self._levels.items() if level]:
            self.light(lamp, 0.0)
        if self._hertz:
            self.tone(0.0)

    def _write(self, **change: Any) -> None:
        if self._record:
            line = json.dumps({"at": round(self._clock(), 3)} | change) + "\n"
            with _as_device(self._record), self._record.open("a", encoding="utf-8") as file:
                file.write(line)


@contextmanager
def _as_device(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise DeviceGone(f"{path}: the record can't be written ({fault.strerror})") from fault

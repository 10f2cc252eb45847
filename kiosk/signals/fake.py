"""The signals ``fake``: no lamps and no buzzer, but a record of what they would do."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import anyio
from pydantic import Field

from kiosk.base.environment import Environment
from kiosk.base.errors import DeviceGone
from kiosk.base.language import _, system_reason
from kiosk.base.money import Currency
from kiosk.base.permissions import Permissions, files
from kiosk.sale.words import Screen
from kiosk.signals import Lamp, SignalsSettings

if TYPE_CHECKING:
    from kiosk.signals.voice.sentences import Sentence
    from kiosk.signals.voice.speaker import Speaker

LETTER = 0.07  # seconds; so long a voice takes for one


class FakeSignalsSettings(SignalsSettings):
    """A record instead of lamps and a buzzer."""

    driver: Literal["fake"] = Field("fake", description="A record instead of lamps and a buzzer.")
    record: Path | None = Field(
        None,
        description=(
            "The file for a JSON line per signal, lamp, tone and sentence. Leave it out to keep "
            "none."
        ),
    )

    def permissions(self) -> Permissions:
        """Return the permissions that it needs."""
        return files(self.record)

    def open(self, clock: Callable[[], float]) -> FakeLamps:
        """Open the record; ``clock`` gives the seconds that are written to it."""
        record = SignalRecord(self.record, clock)
        record.create()
        return FakeLamps(record)

    def speaker(self, language: str, currency: Currency, environment: Environment) -> Speaker:  # noqa: ARG002 - it makes no sound
        """Return a voice that is only recorded."""
        return FakeSpeaker(SignalRecord(self.record, environment.wall_clock))

    def voice_faults(self, language: str, currency: Currency) -> Iterator[str]:  # noqa: ARG002 - it makes no sound
        """Return nothing: a record needs neither programs nor words."""
        return iter(())


class SignalRecord:
    """The file with a JSON line for each change. All failures are DeviceGone."""

    def __init__(self, path: Path | None, clock: Callable[[], float]) -> None:
        self._path, self._clock = path, clock

    def create(self) -> None:
        """Make the file, if there is to be one and it does not exist."""
        if self._path:
            with _as_device(self._path):
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._path.touch()

    def write(self, **change: Any) -> None:
        """Append a line."""
        if self._path:
            line = json.dumps({"at": round(self._clock(), 3)} | change, ensure_ascii=False) + "\n"
            with _as_device(self._path):
                file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
                try:
                    os.write(file, line.encode())
                finally:
                    os.close(file)


class FakeSpeaker:
    """A Speaker that takes as long as a voice would, and records what it says."""

    def __init__(self, record: SignalRecord) -> None:
        self._record = record

    async def check(self) -> None:
        """Make the record."""
        self._record.create()

    async def say(self, said: Sentence) -> None:
        """Record the sentence at its beginning, and whether it was cut off."""
        from kiosk.signals.voice.sentences import written  # noqa: PLC0415 - not without a voice

        text = written(said)
        self._record.write(said=text)
        try:
            await anyio.sleep(len(text) * LETTER)
        except anyio.get_cancelled_exc_class():
            self._record.write(cut_off=text)
            raise


class FakeLamps:
    """All four lamps and a buzzer: see ``kiosk.signals.Lamps``."""

    def __init__(self, record: SignalRecord) -> None:
        self._write = record.write
        self._levels: dict[Lamp, float] = {}
        self._hertz = 0.0

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


@contextmanager
def _as_device(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise DeviceGone(
            _(
                "{path}: the record can't be written ({reason})",
                path=path,
                reason=system_reason(fault),
            )
        ) from fault

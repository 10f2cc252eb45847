"""The clock of a simulation, which can run faster than the computer's: the same in all processes.

The event loop of the daemon, its wall clock, the fake service and the payer take their time from
here. Linux's monotonic clock is the same for all processes, so two clocks that were told the same
``Tempo`` are always equal.
"""

from __future__ import annotations

import asyncio  # noqa: TID251 - the clock of anyio's event loop can be replaced only here
import json
import time
from collections.abc import Callable
from dataclasses import asdict
from selectors import DefaultSelector, SelectorKey

import anyio

from kiosk.base.frozen import frozen
from kiosk.base.language import _

FASTEST = 60


@frozen
class Tempo:
    """How time passes since ``since``, in seconds of the monotonic clock.

    At that moment the simulation's own monotonic clock was ``began``, and its wall clock ``wall``.
    """

    speed: float
    since: float
    began: float
    wall: float

    def as_text(self) -> str:
        """Return it for another process."""
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, text: str) -> Tempo:
        """Return it as another process has sent it."""
        return cls(**json.loads(text))


class Pace:
    """A clock that runs ``speed`` times as fast as the computer's: 1 to 60."""

    def __init__(
        self,
        wall_clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._monotonic = monotonic
        self._changed = anyio.Event()
        now = monotonic()
        self.tempo = Tempo(1.0, now, now, wall_clock())

    @property
    def speed(self) -> float:
        """How many seconds pass in one of the computer's."""
        return self.tempo.speed

    @speed.setter
    def speed(self, speed: float) -> None:
        if not 1 <= speed <= FASTEST:
            raise ValueError(
                _(
                    "the clock runs 1 to {most} times as fast, not {speed:g} times",
                    most=FASTEST,
                    speed=speed,
                )
            )
        self.take(Tempo(speed, self._monotonic(), self.now(), self.clock()))

    def take(self, tempo: Tempo) -> None:
        """Go on at this tempo, also in the middle of a sleep."""
        self.tempo = tempo
        self._changed.set()
        self._changed = anyio.Event()

    def now(self) -> float:
        """Return the simulation's monotonic clock, in seconds."""
        tempo = self.tempo
        return tempo.began + (self._monotonic() - tempo.since) * tempo.speed

    def clock(self) -> float:
        """Return the simulation's wall clock, in Unix seconds."""
        tempo = self.tempo
        return tempo.wall + (self._monotonic() - tempo.since) * tempo.speed

    async def sleep(self, seconds: float) -> None:
        """Sleep for so many seconds of the simulation."""
        end = self.now() + seconds
        while (left := end - self.now()) > 0:
            with anyio.move_on_after(left / self.speed):
                await self._changed.wait()


class PacedLoop(asyncio.SelectorEventLoop):
    """An event loop on the simulation's clock. Only the daemon of a simulation has one."""

    def __init__(self, pace: Pace) -> None:
        super().__init__(_PacedSelector(pace))
        self._pace = pace

    def time(self) -> float:
        """Return the loop's clock."""
        return self._pace.now()


class _PacedSelector(DefaultSelector):
    """Waits for a shorter time while the clock runs faster."""

    def __init__(self, pace: Pace) -> None:
        super().__init__()
        self._pace = pace

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        if timeout is not None and timeout > 0:
            timeout /= self._pace.speed
        return super().select(timeout)

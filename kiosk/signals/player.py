"""Plays signals on the lamps and the buzzer. Whatever befalls those, the sale goes on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import get_args

import anyio

from kiosk.base.retry import keep_open
from kiosk.sale.words import Screen
from kiosk.signals import Lamp, Lamps, SignalsSettings
from kiosk.signals.current_signal import CurrentSignal
from kiosk.signals.patterns import Step

STALE_AFTER = 1.0  # seconds; then a signal that could not be played is history

_LAMPS: tuple[Lamp, ...] = get_args(Lamp)


class Player:
    """Plays what was asked for last. ``clock`` gives the seconds that a fake's record names."""

    def __init__(
        self, settings: SignalsSettings, *, clock: Callable[[], float] = anyio.current_time
    ) -> None:
        self._settings, self._clock = settings, clock
        self._programme = CurrentSignal()
        self._asked: deque[tuple[Screen, float]] = deque(maxlen=32)
        self._bell = anyio.Event()

    def play(self, name: Screen) -> None:
        """Play the signal from now on. Never blocks and never fails.

        A state that is on already goes on; ``rejected_input`` comes in between.
        """
        self._asked.append((name, anyio.current_time()))
        self._bell.set()

    async def run(self) -> None:
        """Play for ever; lamps that are gone are tried again. Dark and silent at the end."""
        await keep_open("signals", lambda: self._settings.open(self._clock), self._perform)

    async def _perform(self, lamps: Lamps) -> None:
        shown = Step(0)
        self._catch_up()
        while True:
            self._bell = anyio.Event()
            self._begin(lamps)
            step, until = self._programme.now(anyio.current_time())
            _change(lamps, shown, step)
            shown = step
            with anyio.CancelScope(deadline=until):
                await self._bell.wait()

    def _catch_up(self) -> None:
        """What was asked for while the lamps were gone is over, save the last of it."""
        over = anyio.current_time() - STALE_AFTER
        while len(self._asked) > 1 and self._asked[0][1] < over:
            self._programme.ask(*self._asked.popleft())

    def _begin(self, lamps: Lamps) -> None:
        while self._asked:
            name, since = self._asked.popleft()
            if self._programme.ask(name, since):
                lamps.begin(name)


def _change(lamps: Lamps, old: Step, new: Step) -> None:
    """Write what differs: a lamp that burns on is left alone."""
    for lamp in _LAMPS:
        level = new.lights.get(lamp, 0.0)
        if level != old.lights.get(lamp, 0.0):
            lamps.light(lamp, level)
    if new.hertz != old.hertz:
        lamps.tone(new.hertz)

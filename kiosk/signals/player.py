"""Plays signals on the lamps and the buzzer. If those fail, the sale goes on without them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import get_args

import anyio

from kiosk.base.retry import keep_open
from kiosk.sale.words import Screen
from kiosk.signals import Lamp, Lamps, SignalsSettings
from kiosk.signals.current_signal import CurrentSignal
from kiosk.signals.patterns import PatternStep

STALE_AFTER = 1.0  # seconds; a signal that could not be played within them is dropped

_LAMPS: tuple[Lamp, ...] = get_args(Lamp)


class Player:
    """Plays the signal that was requested last.

    ``clock`` gives the seconds that a fake driver writes to its record. ``on_problem`` is called
    with each new reason why the lamps do not work, and with an empty text when they do.
    """

    def __init__(
        self,
        settings: SignalsSettings,
        *,
        clock: Callable[[], float] = anyio.current_time,
        on_problem: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._settings, self._clock, self._on_problem = settings, clock, on_problem
        self._current = CurrentSignal()
        self._requests: deque[tuple[Screen, float]] = deque(maxlen=32)
        self._requested = anyio.Event()

    def play(self, name: Screen) -> None:
        """Play the signal from now on. Never blocks and never fails.

        A state that is already on goes on; ``rejected_input`` interrupts it for a moment.
        """
        self._requests.append((name, anyio.current_time()))
        self._requested.set()

    async def run(self) -> None:
        """Play for ever; open the lamps again when they fail. Dark and silent at the end."""

        async def tell(problem: str) -> None:
            self._on_problem(problem)

        await keep_open("signals", lambda: self._settings.open(self._clock), self._play_on, tell)

    async def _play_on(self, lamps: Lamps) -> None:
        shown = PatternStep(0)
        self._drop_stale_requests()
        while True:
            self._requested = anyio.Event()
            self._take_requests(lamps)
            step, until = self._current.step(anyio.current_time())
            _change(lamps, shown, step)
            shown = step
            with anyio.CancelScope(deadline=until):
                await self._requested.wait()

    def _drop_stale_requests(self) -> None:
        """Drop what was requested while the lamps had failed, except the last request."""
        oldest = anyio.current_time() - STALE_AFTER
        while len(self._requests) > 1 and self._requests[0][1] < oldest:
            self._current.request(*self._requests.popleft())

    def _take_requests(self, lamps: Lamps) -> None:
        while self._requests:
            name, since = self._requests.popleft()
            if self._current.request(name, since):
                lamps.begin(name)


def _change(lamps: Lamps, old: PatternStep, new: PatternStep) -> None:
    """Write only what differs: a lamp that stays as it is gets no call."""
    for lamp in _LAMPS:
        level = new.lights.get(lamp, 0.0)
        if level != old.lights.get(lamp, 0.0):
            lamps.light(lamp, level)
    if new.hertz != old.hertz:
        lamps.tone(new.hertz)

"""Registers that print a total twice: the second one is not a second sale."""

from __future__ import annotations

import math

from kiosk.sale.events import AmountRead, Event, ReadingBegan


class RepeatFilter:
    """Tells a repeated amount: the same again within ``within`` seconds, nothing else between.

    The time counts from the reading that went through, so that a total that keeps coming goes
    through every now and then. 0 switches the filter off. A result in between makes the same
    amount a new one: the next customer may owe as much.
    """

    def __init__(self, within: float) -> None:
        self._within = within
        self.count = 0  # repeats that were told
        self._latest: Event | None = None
        self._at = -math.inf

    def forget(self) -> None:
        """Take whatever comes next for new."""
        self._latest = None

    def repeats(self, event: Event, now: float) -> bool:
        """Return whether the event only says again what the one before it said."""
        if isinstance(event, ReadingBegan):  # it says nothing
            return False
        if (
            isinstance(event, AmountRead)
            and event == self._latest
            and now < self._at + self._within
        ):
            self.count += 1
            return True
        self._latest, self._at = event, now
        return False

"""Registers that send a total twice: the second one is not a second sale."""

from __future__ import annotations

import math

from kiosk.sale.events import AmountRead, Event, ReadingBegan


class RepeatFilter:
    """Finds an amount that comes again within ``within`` seconds, with no other event in between.

    The time counts from the amount that was delivered, so that a total that is sent all the time is
    delivered from time to time. 0 switches the filter off. After a result the same amount is a new
    one: it may be the next customer's.
    """

    def __init__(self, within: float) -> None:
        self._within = within
        self.count = 0  # of the repeats that were found
        self._latest: Event | None = None
        self._at = -math.inf

    def forget(self) -> None:
        """Take the next event for a new one, whatever it is."""
        self._latest = None

    def repeats(self, event: Event, now: float) -> bool:
        """Return whether the event repeats the one before it."""
        if isinstance(event, ReadingBegan):  # part of the reading that follows it
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

"""What an input has said so far: counters for the status, and an ear for noise."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.inputs.storms import Storm
from kiosk.sale.events import AmountRead, Event, ReadingRejected


@dataclass(slots=True)
class Tally:
    """How the readings of an input went, since the daemon started."""

    accepted: int = 0
    rejected: int = 0
    repeated: int = 0


class Watch:
    """Counts what an input says, and keeps a storm of rejections from the counter."""

    def __init__(self, source: str) -> None:
        self.tally = Tally()
        self._storm = Storm(source)

    def passes(self, event: Event, now: float) -> bool:
        """Count the event; return whether the counter is to hear of it."""
        if isinstance(event, AmountRead):
            self.tally.accepted += 1
        elif isinstance(event, ReadingRejected):
            self.tally.rejected += 1
            return not self._storm.swallows(now)
        return True

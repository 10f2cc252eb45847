"""What an input has said so far: counters for the status, and an ear for noise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol, runtime_checkable

from kiosk.inputs.common.rate_limit import RejectionLimit
from kiosk.sale.events import AmountRead, Event, ReadingRejected


@dataclass(slots=True)
class ReadingCounts:
    """How the readings of an input went, since the daemon started."""

    accepted: int = 0
    rejected: int = 0
    repeated: int = 0
    noisy: bool = False  # so much is rejected that the counter is not told any more


@runtime_checkable
class Counted(Protocol):
    """An input that counts its readings; a button has none to count."""

    @property
    def counts(self) -> ReadingCounts:
        """How the readings went, since the daemon started."""
        ...


def counts_by_input(inputs: Mapping[str, object]) -> dict[str, Any]:
    """Return what the status file says of the inputs, by their names."""
    counted = {name: device for name, device in inputs.items() if isinstance(device, Counted)}
    return {"inputs": {name: asdict(device.counts) for name, device in counted.items()}}


class ReadingCounter:
    """Counts what an input says, and keeps a storm of rejections from the counter."""

    def __init__(self, source: str) -> None:
        self.counts = ReadingCounts()
        self._rejections = RejectionLimit(source)

    def passes(self, event: Event, now: float) -> bool:
        """Count the event; return whether the counter is to hear of it."""
        if isinstance(event, AmountRead):
            self.counts.accepted += 1
        elif isinstance(event, ReadingRejected):
            self.counts.rejected += 1
            self.counts.noisy = self._rejections.exceeded_at(now)
            return not self.counts.noisy
        return True

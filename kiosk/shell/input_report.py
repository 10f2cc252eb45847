"""What the status says about the inputs: connected or not, their counts, their latest readings.

It outlives a configuration, because inputs do.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from kiosk.base.language import _, mark
from kiosk.inputs.common.counters import Counted, ReadingCounts
from kiosk.sale import events as on
from kiosk.sale.events import Event

LATEST = 10  # readings of each input that the status has

_OPENING = mark("it is being opened")


class InputReport:
    """Takes note of what inputs deliver."""

    def __init__(self, wall_clock: Callable[[], float]) -> None:
        self._wall_clock = wall_clock
        self._begun = wall_clock()
        self._connections: dict[str, tuple[str, float]] = {}  # why not connected, and since when
        self._latest: dict[str, deque[dict[str, Any]]] = defaultdict(lambda: deque(maxlen=LATEST))
        self._number = 0

    def note(self, event: Event) -> None:
        """Take note of an event that an input delivers."""
        match event:
            case on.InputOpened(source):
                self._connections[source] = "", self._wall_clock()
            case on.InputLost(source, reason):
                self._connections[source] = reason, self._wall_clock()
            case on.AmountRead(amount, source):
                self._read(source, "accepted", str(amount))
            case on.ItemScanned(item, source):
                self._read(source, "accepted", str(item))
            case on.ReadingRejected(reason, source):
                self._read(source, "rejected", reason)
            case on.ReadingUnread(reason, source, text):
                with_text = _("{reason} ({text})", reason=reason, text=text) if text else reason
                self._read(source, "unread", with_text)

    def any_lost(self, names: Iterable[str]) -> bool:
        """Whether one of these inputs is known to be not connected."""
        return any(self._connections.get(name, ("", 0.0))[0] for name in names)

    def fields(self, inputs: Mapping[str, object]) -> dict[str, Any]:
        """Return what the status file says about the inputs, by their names."""
        return {"inputs": {name: self._fields(name, device) for name, device in inputs.items()}}

    def _fields(self, name: str, device: object) -> dict[str, Any]:
        counts = device.counts if isinstance(device, Counted) else ReadingCounts()
        why, since = self._connections.get(name, (_(_OPENING), self._begun))
        connection = {"connected": not why, "since": since, "why": why}
        return connection | asdict(counts) | {"latest": list(self._latest[name])}

    def _read(self, source: str, verdict: str, text: str) -> None:
        self._number += 1
        self._latest[source].append({"number": self._number, "verdict": verdict, "text": text})

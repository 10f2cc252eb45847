"""The record of the API requests that came, for tests and for the curious."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

from kiosk.simulator.service.messages import ApiRequest

KEPT = 10_000  # the latest ones


@dataclass(slots=True)
class Entry:
    """A request, as it came. ``status`` is None until it is answered, and if it never was."""

    at: float
    method: str
    path: str
    operation: str
    key: str
    body: str
    status: int | None = None


class RequestLog:
    """Requests in the order they came."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)

    def add(self, at: float, method: str, path: str, call: ApiRequest) -> Entry:
        """Note a request; whoever answers it sets the status."""
        body = call.body.decode(errors="replace")
        entry = Entry(at, method, path, call.operation, call.key, body)
        self._entries.append(entry)
        return entry

    def as_json(self) -> list[dict[str, Any]]:
        """Return all entries as JSON objects, oldest first."""
        return [asdict(entry) for entry in self._entries]

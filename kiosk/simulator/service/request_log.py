"""A record of the API requests that were received, for tests and for developers."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

from kiosk.simulator.service.messages import ApiRequest

MAX_ENTRIES = 10_000  # older ones are dropped


@dataclass(slots=True)
class RequestEntry:
    """A request as it was received. ``status`` is None until it is answered."""

    at: float
    method: str
    path: str
    operation: str
    key: str
    body: str
    status: int | None = None


class RequestLog:
    """Requests in the order in which they were received."""

    def __init__(self) -> None:
        self._entries: deque[RequestEntry] = deque(maxlen=MAX_ENTRIES)

    def add(self, at: float, method: str, path: str, call: ApiRequest) -> RequestEntry:
        """Record a request. The caller sets the status when it is answered."""
        body = call.body.decode(errors="replace")
        entry = RequestEntry(at, method, path, call.operation, call.key, body)
        self._entries.append(entry)
        return entry

    def as_json(self) -> list[dict[str, Any]]:
        """Return all entries as JSON objects, oldest first."""
        return [asdict(entry) for entry in self._entries]

"""A record of the API requests that were received, for tests and for developers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from kiosk.simulator.service.messages import ApiAnswer, ApiRequest

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


Watch = Callable[[RequestEntry, ApiAnswer | None], None]


class RequestLog:
    """Requests in the order in which they were received.

    ``began`` is called with each request and no answer, ``ended`` with the answer, or with None
    when the connection was closed instead.
    """

    def __init__(self, began: Watch | None = None, ended: Watch | None = None) -> None:
        self._entries: deque[RequestEntry] = deque(maxlen=MAX_ENTRIES)
        self._began, self._ended = began, ended

    def add(self, at: float, method: str, path: str, call: ApiRequest) -> RequestEntry:
        """Record a request; ``answered`` ends it."""
        body = call.body.decode(errors="replace")
        entry = RequestEntry(at, method, path, call.operation, call.key, body)
        self._entries.append(entry)
        if self._began:
            self._began(entry, None)
        return entry

    def answered(self, entry: RequestEntry, answer: ApiAnswer | None) -> None:
        """Record the answer to a request, or that the connection was closed."""
        entry.status = answer.status if answer else None
        if self._ended:
            self._ended(entry, answer)

    def as_json(self) -> list[dict[str, Any]]:
        """Return all entries as JSON objects, oldest first."""
        return [asdict(entry) for entry in self._entries]

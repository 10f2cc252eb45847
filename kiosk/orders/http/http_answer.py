"""An answer to an HTTP request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kiosk.base.frozen import frozen
from kiosk.orders.answers.json_values import clean


@frozen
class HttpAnswer:
    """An answer of any status. ``body`` is complete; the headers' names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def is_good(self) -> bool:
        """Whether the request was carried out: status 2xx."""
        return 200 <= self.status < 300

    def __str__(self) -> str:
        request_id = clean(self.headers.get("x-request-id", "none"), 64)
        return f"{self.status} in {self.seconds * 1000:.0f} ms, x-request-id {request_id}"


def readable(headers: Iterable[tuple[bytes, bytes]]) -> Mapping[str, str]:
    """Return the headers by name, in lower case. Values of one name are joined (RFC 9110, 5.3)."""
    found: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found

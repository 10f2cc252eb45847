"""The log of calls: one line for each, with the sale's reference and the x-request-id."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kiosk.base.errors import CallError
from kiosk.orders.http.exchange import HttpAnswer
from kiosk.sale.events import OrderSeen

log = logging.getLogger("kiosk.orders")


@dataclass(eq=False, repr=False)
class LoggedCall:
    """A call in progress; its maker fills it in."""

    name: str  # method and path
    reference: str = ""
    answer: HttpAnswer | None = None
    result: str = "good"

    def note_order(self, seen: OrderSeen) -> None:
        """Note the order in the answer."""
        self.reference = seen.reference or self.reference
        self.result = f"{seen.status}/{seen.status_detail}"


class CallLog:
    """Logs a line when a call ends: INFO, or WARNING if it failed.

    DEBUG if nothing has changed: a look that says the same, or another call that fails in the same
    way for the same sale.
    """

    def __init__(self) -> None:
        self._last: dict[bool, tuple[str, ...]] = {}  # the last look, and the last other call

    @contextmanager
    def call(self, name: str, reference: str = "") -> Iterator[LoggedCall]:
        """Log the call that is made inside the block."""
        call = LoggedCall(name, reference)
        try:
            yield call
        except CallError as error:
            call.result = str(error)
            self._write(call, logging.WARNING)
            raise
        self._write(call, logging.INFO)

    def _write(self, call: LoggedCall, level: int) -> None:
        is_look = call.name.startswith("GET ")
        said = (call.name, call.reference, call.result)
        if said == self._last.get(is_look) and (is_look or level == logging.WARNING):
            level = logging.DEBUG
        self._last[is_look] = said
        answer, reference = call.answer or "no answer", call.reference or "unknown"
        log.log(level, "%s: reference %s, %s: %s", call.name, reference, answer, call.result)

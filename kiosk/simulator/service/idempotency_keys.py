"""Idempotency keys: a repeated request gets its first answer, and changes nothing.

The documents say: the same key brings "the original result", and another request with the same key
a 409, for 24 hours. A refused request is not stored: its key may be used for a corrected one.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk.base.frozen import frozen
from kiosk.simulator.service.error_codes import Problem
from kiosk.simulator.service.messages import ApiAnswer, ApiRequest

STORED_FOR = 86_400.0  # seconds
MAX_LENGTH = 128  # characters of a key


@frozen
class _StoredAnswer:
    request: tuple[str, bytes]
    answer: ApiAnswer
    at: float


class IdempotencyKeys:
    """The request and the answer of each key, separately for each access token and operation."""

    def __init__(self) -> None:
        self._stored: dict[tuple[str, str, str], _StoredAnswer] = {}  # oldest first

    def once(self, call: ApiRequest, now: float, carry_out: Callable[[], ApiAnswer]) -> ApiAnswer:
        """Return the result of ``carry_out``, or the stored one if the same request came before.

        Raises Problem ``empty_required_header``, ``property_value`` (too long) or
        ``idempotency_key_already_used``.
        """
        if not call.key.strip():
            raise Problem.of("empty_required_header", "X-Idempotency-Key")
        if len(call.key) > MAX_LENGTH:
            raise Problem.of("property_value", f"X-Idempotency-Key - longer than {MAX_LENGTH}")
        self._delete_before(now - STORED_FOR)
        name = (call.authorization, call.operation, call.key)
        request = (call.order_id, call.body)
        if name not in self._stored:
            self._stored[name] = _StoredAnswer(request, carry_out(), now)
        if self._stored[name].request != request:
            raise Problem.of("idempotency_key_already_used", call.key)
        return self._stored[name].answer

    def _delete_before(self, then: float) -> None:
        while self._stored:
            oldest = next(iter(self._stored))
            if self._stored[oldest].at > then:
                break
            del self._stored[oldest]

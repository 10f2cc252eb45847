"""The memory of idempotency keys: a repeated request gets its first answer, and changes nothing.

The documents: with the same key comes "the original result"; with another request under it a 409,
for 24 hours. A refused request leaves no trace: its key may be used for a mended one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.simulator.service.error_codes import Problem
from kiosk.simulator.service.messages import ApiAnswer, ApiRequest

REMEMBERED_FOR = 86_400.0
LONGEST = 128


@dataclass(frozen=True, slots=True)
class _Memory:
    request: tuple[str, bytes]
    answer: ApiAnswer
    at: float


class IdempotencyKeys:
    """What each key was used for; one memory per access token and operation."""

    def __init__(self) -> None:
        self._memories: dict[tuple[str, str, str], _Memory] = {}  # oldest first

    def once(self, call: ApiRequest, now: float, carry_out: Callable[[], ApiAnswer]) -> ApiAnswer:
        """Return what ``carry_out`` returns, or returned when this very request came before.

        Raises Problem ``empty_required_header``, ``property_value`` (too long) or
        ``idempotency_key_already_used``.
        """
        if not call.key.strip():
            raise Problem.of("empty_required_header", "X-Idempotency-Key")
        if len(call.key) > LONGEST:
            raise Problem.of("property_value", f"X-Idempotency-Key - longer than {LONGEST}")
        self._forget_before(now - REMEMBERED_FOR)
        name = (call.authorization, call.operation, call.key)
        request = (call.order_id, call.body)
        if name not in self._memories:
            self._memories[name] = _Memory(request, carry_out(), now)
        if self._memories[name].request != request:
            raise Problem.of("idempotency_key_already_used", call.key)
        return self._memories[name].answer

    def _forget_before(self, then: float) -> None:
        while self._memories:
            oldest = next(iter(self._memories))
            if self._memories[oldest].at > then:
                break
            del self._memories[oldest]

"""What a notice is worth: a hint for one counter, or nothing, and why."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from enum import Enum

import anyio
from pydantic import SecretStr

from kiosk.base.frozen import frozen
from kiosk.fleet.payloads import Hint
from kiosk.orders.answers.notifications import (
    Notification,
    SignatureStatus,
    check_signature,
    parse_notification,
)
from kiosk.relay.known_sales import KnownSales

REPEATED_WITHIN = 60.0  # seconds
MOST_REMEMBERED = 50_000  # notices of the last minute


class NoHint(Enum):
    """Why a notice causes no hint, in the words of the metrics."""

    NOT_OURS = "not_ours"  # it is about no order
    FORGED = "forged"
    UNSIGNED = "unsigned"
    LATE = "late"
    REPEATED = "repeated"
    UNKNOWN = "unknown"  # no counter is known for its order


@frozen
class Notice:
    """A notice as it came; the headers' names are lower case.

    ``counter`` is SHOP/KIOSK if the address that it was sent to names one.
    """

    query: str
    headers: Mapping[str, str]
    body: bytes
    counter: str = ""


@frozen
class CounterHint:
    """A hint, and the counter that it is for, as SHOP/KIOSK."""

    counter: str
    hint: Hint


@frozen
class Acceptance:
    """Which notices are taken: see ``RelaySettings``."""

    secrets: Sequence[SecretStr]
    unsigned: bool
    late: bool


class NoticeSorter:
    """Sorts notices, and remembers those of the last minute."""

    def __init__(
        self, acceptance: Acceptance, sales: KnownSales, wall_clock: Callable[[], float]
    ) -> None:
        self._accepts, self._sales, self._wall = acceptance, sales, wall_clock
        self._seen: OrderedDict[tuple[str, ...], float] = OrderedDict()

    def sort(self, notice: Notice) -> CounterHint | NoHint:
        """Return the hint, or why there is none."""
        about = parse_notification(notice.query, notice.body)
        if about is None:
            return NoHint.NOT_OURS
        if dropped := self._judge_signature(notice):
            return dropped
        if self._is_repeated(notice, about):
            return NoHint.REPEATED
        return self._hint_at(notice.counter) if notice.counter else self._hint(about)

    def _hint(self, about: Notification) -> CounterHint | NoHint:
        counter = self._sales.counter_of(about.id, about.reference)
        hint = Hint(order=about.id, reference=about.reference or None)
        return CounterHint(counter, hint) if counter else NoHint.UNKNOWN

    def _hint_at(self, counter: str) -> CounterHint | NoHint:
        """Hint at the counter's newest sale: the older APIs name no order that it knows."""
        reference = self._sales.latest(counter)
        return CounterHint(counter, Hint(reference=reference)) if reference else NoHint.UNKNOWN

    def _judge_signature(self, notice: Notice) -> NoHint | None:
        """Return why a notice is dropped for its signature; None if it is not."""
        now = self._wall()
        statuses = {
            check_signature(notice.query, notice.headers, secret, now)
            for secret in self._accepts.secrets
        }
        if SignatureStatus.GOOD in statuses:
            return None
        if SignatureStatus.LATE in statuses:
            return None if self._accepts.late else NoHint.LATE
        if SignatureStatus.WRONG in statuses:
            return NoHint.FORGED
        return None if self._accepts.unsigned else NoHint.UNSIGNED

    def _is_repeated(self, notice: Notice, about: Notification) -> bool:
        """Whether the same notice came in the last minute.

        Notices of the older APIs say the same when an order was scanned and when it was paid, so
        they are told apart by their request, or not at all.
        """
        now = anyio.current_time()
        while self._seen and (self._is_old(now) or len(self._seen) >= MOST_REMEMBERED):
            self._seen.popitem(last=False)
        request = notice.headers.get("x-request-id", "")
        if not request and not about.action:
            return False
        key = about.topic.value, about.id, about.action, request, notice.counter
        repeated = key in self._seen
        self._seen.setdefault(key, now)
        return repeated

    def _is_old(self, now: float) -> bool:
        return now - next(iter(self._seen.values())) > REPEATED_WITHIN

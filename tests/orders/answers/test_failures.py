"""What the sale hears of a call that brought no order."""

from __future__ import annotations

import pytest

from kiosk.base.errors import CallError, NotSent, OrderRefused, OutcomeUnknown
from kiosk.orders.answers.failures import as_event
from kiosk.sale.events import CallFailed, Failure


@pytest.mark.parametrize(
    ("error", "heard"),
    [
        (NotSent("no network"), CallFailed(Failure.NOT_SENT, "no network")),
        (
            OutcomeUnknown("the service is busy", retry_after=7.0),
            CallFailed(Failure.UNKNOWN, "the service is busy", 7.0),
        ),
        (
            OutcomeUnknown("too many calls", retry_after=50.0, rate_limited=True),
            CallFailed(Failure.UNKNOWN, "too many calls", 50.0, rate_limited=True),
        ),
        (
            OrderRefused("no point of sale", code="pos_not_found", status=404),
            CallFailed(Failure.SETUP, "no point of sale", code="pos_not_found"),
        ),
    ],
)
def test_the_event_says_what_failed_why_and_when_to_ask_again(
    error: CallError, heard: CallFailed
) -> None:
    assert as_event(error) == heard

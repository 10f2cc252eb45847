"""Turns a CallError of ``kiosk.base.errors`` into the event for the sale machine. Pure."""

from __future__ import annotations

from kiosk.base.errors import CallError, NotSent, OrderRefused
from kiosk.sale.events import CallFailed, Failure

# Refusals that only a change of a setting or of the account can resolve.
ABOUT_THE_SETUP = frozenset(
    {
        "forbidden",
        "invalid_collectorId",
        "invalid_externalPosId",
        "invalid_externalStoreId",
        "invalid_order_owner",
        "marketplace_fee_not_allowed",
        "marketplace_not_valid",
        "pos_deleted_error",
        "pos_not_found",
        "pos_obtainment_by_external_id_error",
        "pos_obtainment_error",
        "seller_configuration",
        "sponsor_id_not_valid",
        "unsupported_site",
    }
)


def as_event(error: CallError) -> CallFailed:
    """Return the event of a call that returned no order."""
    code = error.code if isinstance(error, OrderRefused) else ""
    pause = error.retry_after
    return CallFailed(_failure(error), str(error), pause, code, error.rate_limited)


def _failure(error: CallError) -> Failure:
    match error:
        case NotSent():
            return Failure.NOT_SENT
        case OrderRefused(status=401 | 403):
            return Failure.TOKEN
        case OrderRefused(status=409):
            return Failure.CONFLICT
        case OrderRefused(code=code) if code in ABOUT_THE_SETUP:
            return Failure.SETUP
        case OrderRefused(code="order_not_found"):
            return Failure.MISSING
        case OrderRefused():
            return Failure.REFUSED
        case _:
            return Failure.UNKNOWN

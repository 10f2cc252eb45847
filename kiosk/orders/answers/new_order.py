"""Checks the answer to a create: whether a payer can pay the new order."""

from __future__ import annotations

import logging
from dataclasses import replace

from kiosk.base.language import _, mark
from kiosk.orders.answers.emvco import without_broken_qr
from kiosk.sale.events import OrderSeen
from kiosk.sale.words import OrderProblem

log = logging.getLogger("kiosk.orders")

# An order that was created before, and has been settled since then, is not a problem.
_SETTLED = {"processed", "canceled", "expired", "refunded"}

_SENTENCES = {
    OrderProblem.NO_QR: mark(
        "the answer has no QR that can be drawn; check orders.mode, then report it to Mercado Pago"
    ),
    OrderProblem.NOT_PAYABLE: mark(
        "the new order is {status}/{detail}, so nobody can pay it; look at it with kiosk "
        "orders show {reference}"
    ),
    OrderProblem.CURRENCY: mark(
        "the order is in another currency than the sale; write the currency of the account's "
        "country as kiosk.currency"
    ),
}


def checked(seen: OrderSeen, *, needs_qr: bool) -> OrderSeen:
    """Return a new order with its ``problem``, which is logged, and without a broken QR."""
    seen = without_broken_qr(seen)
    problem = seen.problem or _problem(seen, needs_qr)
    if problem is None:
        return seen
    sentence = _(
        _SENTENCES[problem],
        status=seen.status,
        detail=seen.status_detail,
        reference=seen.reference,
    )
    log.error("sale %s: %s: %s", seen.reference or "unknown", problem.value, sentence)
    return replace(seen, problem=problem)


def _problem(seen: OrderSeen, needs_qr: bool) -> OrderProblem | None:
    if seen.status in _SETTLED:
        return None
    if seen.status != "created":
        return OrderProblem.NOT_PAYABLE
    return OrderProblem.NO_QR if needs_qr and not seen.qr_data else None

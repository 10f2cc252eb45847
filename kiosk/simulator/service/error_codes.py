"""What the Orders API says when it refuses: every code, its HTTP status, and the body's shape.

Codes and statuses are those of the create-order reference, of the migration guide, of the
refund-errors page and of the general Orders error list; the sentences are ours.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

ERRORS: dict[str, tuple[int, str]] = {
    # the request as such
    "json_syntax_error": (400, "The body is not valid JSON."),
    "empty_required_header": (400, "The X-Idempotency-Key header is required."),
    "invalid_path_param": (400, "The order id in the path has an invalid format."),
    "unauthorized": (401, "The access token is missing or not valid."),
    "not_found": (404, "No such resource."),
    "method_not_allowed": (405, "The resource has no such method."),
    "idempotency_key_already_used": (
        409,
        "The idempotency key was used with a different request within the last 24 hours.",
    ),
    # its fields
    "unsupported_properties": (400, "The body has properties that are not supported."),
    "required_properties": (400, "The body lacks required properties."),
    "minimum_properties": (400, "An object of the body is empty."),
    "minimum_items": (400, "A list of the body has too few items."),
    "maximum_items": (400, "A list of the body has too many items."),
    "property_type": (400, "A property has the wrong type."),
    "property_value": (400, "A property has an invalid value."),
    "bad_request": (400, "The body combines fields that do not go together."),
    # the account behind it
    "unsupported_site": (400, "Orders can't be created from this country."),
    "seller_configuration": (400, "The seller may not hand out cash."),
    "sponsor_id_not_valid": (400, "The sponsor is no Mercado Pago account."),
    "marketplace_not_valid": (400, "The access token was not obtained through OAuth."),
    "marketplace_fee_not_allowed": (404, "No marketplace was found to take the fee."),
    "pos_not_found": (404, "The external_pos_id belongs to no point of sale."),
    # an order that exists, or not
    "order_not_found": (404, "There is no such order."),
    "order_already_canceled": (409, "The order can't be canceled in its current status."),
    "instore_order_locked_error": (409, "The order is locked: it is being paid."),
    # refunds
    "invalid_order_owner": (400, "The order belongs to another account."),
    "in_store_payment_refund_order": (400, "The time for refunds is over."),
    "unsupported_partially_refunds": (400, "This account has no partial refunds."),
    "partial_refund_not_allowed_with_cashout": (400, "Handed-out cash forbids partial refunds."),
    "refund_amount_exceeds": (400, "The refund is larger than what is left of the payment."),
    "transaction_not_found": (404, "The order has no such transaction."),
    "refund_in_progress": (409, "A refund of this order is under way."),
    "order_already_refunded": (409, "The order is already refunded."),
    "cannot_refund_order": (409, "The order can't be refunded in its current status."),
}


@dataclass(frozen=True, slots=True)
class RequestError:
    """One thing that is wrong with a request: a code of ERRORS, and where or why."""

    code: str
    detail: str


class Problem(Exception):
    """The API refuses. Nothing was changed."""

    def __init__(self, complaints: Iterable[RequestError]) -> None:
        self.complaints = tuple(complaints)
        super().__init__(", ".join(complaint.code for complaint in self.complaints))

    @classmethod
    def of(cls, code: str, detail: str = "") -> Problem:
        """Return the problem of a single complaint."""
        return cls([RequestError(code, detail)])

    @property
    def status(self) -> int:
        """The HTTP status: the first complaint's."""
        return ERRORS[self.complaints[0].code][0]

    def body(self) -> bytes:
        """Return the JSON that is answered: one entry a code, its details together."""
        details: dict[str, list[str]] = {}
        for complaint in self.complaints:
            details.setdefault(complaint.code, []).extend(filter(None, [complaint.detail]))
        errors = [
            {"code": code, "message": ERRORS[code][1], "details": found}
            for code, found in details.items()
        ]
        return json.dumps({"errors": errors}).encode()

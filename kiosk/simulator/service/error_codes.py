"""The errors of the Orders API: every code, its HTTP status, and the shape of the body.

Codes and statuses are from the create-order reference, the migration guide, the refund-errors page
and the general Orders error list. The sentences are ours.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from kiosk.base.frozen import frozen

ERRORS: dict[str, tuple[int, str]] = {
    # the request itself
    "json_syntax_error": (400, "The body is not valid JSON."),
    "empty_required_header": (400, "The X-Idempotency-Key header is required."),
    "invalid_path_param": (400, "The order id in the path has an invalid format."),
    "unauthorized": (401, "The access token is missing or not valid."),
    "not_found": (404, "This resource does not exist."),
    "method_not_allowed": (405, "The resource does not support this method."),
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
    # the account behind the token
    "unsupported_site": (400, "Orders can't be created from this country."),
    "seller_configuration": (400, "The seller may not hand out cash."),
    "sponsor_id_not_valid": (400, "The sponsor is not a Mercado Pago account."),
    "marketplace_not_valid": (400, "The access token was not obtained through OAuth."),
    "marketplace_fee_not_allowed": (404, "No marketplace was found to take the fee."),
    "pos_not_found": (404, "No point of sale has this external_pos_id."),
    # the order
    "order_not_found": (404, "This order does not exist."),
    "order_already_canceled": (409, "The order can't be canceled in its current status."),
    "instore_order_locked_error": (409, "The order is locked: it is being paid."),
    # refunds
    "invalid_order_owner": (400, "The order belongs to another account."),
    "in_store_payment_refund_order": (400, "It is too late to refund this payment."),
    "unsupported_partially_refunds": (400, "This account does not allow partial refunds."),
    "partial_refund_not_allowed_with_cashout": (
        400,
        "A payment with a cash withdrawal can't be refunded in part.",
    ),
    "refund_amount_exceeds": (400, "The refund is larger than the rest of the payment."),
    "transaction_not_found": (404, "The order does not have this transaction."),
    "unprocessable_entity": (422, "The payment can't be refunded yet."),
    "refund_in_progress": (409, "A refund of this order is in progress."),
    "order_already_refunded": (409, "The order is already refunded."),
    "cannot_refund_order": (409, "The order can't be refunded in its current status."),
}


@frozen
class RequestError:
    """One error in a request: a code of ERRORS, and where or why."""

    code: str
    detail: str


class Problem(Exception):
    """The API refuses a request. Nothing was changed."""

    def __init__(self, errors: Iterable[RequestError]) -> None:
        self.errors = tuple(errors)
        super().__init__(", ".join(error.code for error in self.errors))

    @classmethod
    def of(cls, code: str, detail: str = "") -> Problem:
        """Return a problem with a single error."""
        return cls([RequestError(code, detail)])

    @property
    def status(self) -> int:
        """The HTTP status of the first error."""
        return ERRORS[self.errors[0].code][0]

    def body(self) -> bytes:
        """Return the JSON of the answer: one entry for each code, with all its details."""
        details: dict[str, list[str]] = {}
        for error in self.errors:
            details.setdefault(error.code, []).extend(filter(None, [error.detail]))
        errors = [
            {"code": code, "message": ERRORS[code][1], "details": found}
            for code, found in details.items()
        ]
        return json.dumps({"errors": errors}).encode()

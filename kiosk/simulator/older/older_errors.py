"""What the older APIs say when they refuse: other words, and another shape, than the Orders API's.

Codes are those of the migration guide's tables; the sentences are ours. The gate in front of them
answers a bad token with 400.
"""

from __future__ import annotations

import json

ERRORS: dict[str, tuple[int, str]] = {
    "invalid_access_token": (400, "The access token is missing or not valid."),
    "forbidden": (403, "The user of the path is not the token's."),
    "invalid_collectorId": (400, "The user of the path is no number."),
    "invalid_externalPosId": (400, "The point of sale's id has an invalid format."),
    "invalid_externalStoreId": (400, "The store's id has an invalid format."),
    "pos_obtainment_error": (404, "Point of sale not found."),
    "pos_obtainment_by_external_id_error": (400, "Point of sale not found."),
    "pos_deleted_error": (400, "The point of sale was deleted."),
    "json_syntax_error": (400, "The body is not valid JSON."),
    "error_creating_seller_qr_order": (400, "Cash can't be handed out without items."),
    "in_store_order_creation_error": (500, "The order could not be created."),
    "point_of_sale_in_store_order_not_found": (404, "The point of sale has had no order."),
    "in_store_order_not_found": (404, "The point of sale has no order any more."),
    "in_store_order_delete_error": (400, "There is no order to delete."),
    "in_store_order_locked": (409, "Cannot delete a locked order."),
    "payment_not_found": (404, "There is no such payment."),
}
# What is answered for a code of ours that the service has no word of its own for.
_AS = {"in_store_order_locked": "in_store_order_delete_error"}


class OlderProblem(Exception):
    """An older API refuses. ``code``: a key of ERRORS, or ``invalid_`` and the field's name."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.status, message = ERRORS.get(code, (400, f"{code.removeprefix('invalid_')}: {why}"))
        self.message = message

    def body(self) -> bytes:
        """Return the JSON that is answered."""
        error = {
            "error": _AS.get(self.code, self.code),
            "message": self.message,
            "status": self.status,
            "causes": [],
        }
        return json.dumps(error).encode()

"""The errors of the older APIs. Their codes and their shape differ from those of the Orders API.

The codes are from the tables of the migration guide; the sentences are ours. These APIs answer a
bad token with 400.
"""

from __future__ import annotations

import json

ERRORS: dict[str, tuple[int, str]] = {
    "invalid_access_token": (400, "The access token is missing or not valid."),
    "forbidden": (403, "The user in the path is not the owner of the token."),
    "invalid_collectorId": (400, "The user in the path is not a number."),
    "invalid_externalPosId": (400, "The point of sale's id has an invalid format."),
    "invalid_externalStoreId": (400, "The store's id has an invalid format."),
    "pos_obtainment_error": (404, "Point of sale not found."),
    "pos_obtainment_by_external_id_error": (400, "Point of sale not found."),
    "pos_deleted_error": (400, "The point of sale was deleted."),
    "json_syntax_error": (400, "The body is not valid JSON."),
    "error_creating_seller_qr_order": (400, "A cash withdrawal needs items."),
    "in_store_order_creation_error": (500, "The order could not be created."),
    "point_of_sale_in_store_order_not_found": (404, "The point of sale has never had an order."),
    "in_store_order_not_found": (404, "The point of sale no longer has an order."),
    "in_store_order_delete_error": (400, "There is no order to delete."),
    "in_store_order_locked": (409, "Cannot delete a locked order."),
    "payment_not_found": (404, "This payment does not exist."),
}
# The service's own code for a code of ours.
_SENT_AS = {"in_store_order_locked": "in_store_order_delete_error"}


class OlderProblem(Exception):
    """An older API refuses a request.

    ``code`` is a key of ERRORS, or ``invalid_`` and the name of the field.
    """

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.status, message = ERRORS.get(code, (400, f"{code.removeprefix('invalid_')}: {why}"))
        self.message = message

    def body(self) -> bytes:
        """Return the JSON of the answer."""
        error = {
            "error": _SENT_AS.get(self.code, self.code),
            "message": self.message,
            "status": self.status,
            "causes": [],
        }
        return json.dumps(error).encode()

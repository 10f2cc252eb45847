"""What a person can do about each error that the services' documents list. Words only.

Whether a request may have been carried out is judged in ``refusals``, what the sale makes of a
refusal in ``failures``; a code that is not listed here is simply quoted.
"""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.orders.account.account_settings import AccountSettings

_OURS = "that is a fault of the kiosk itself; report it with this line"
_WAIT = "nothing to do: the kiosk looks again"
_SEE_SETTING = "correct the setting under orders: that the message names"

# By the service's code. {pos} and {token} are the settings; a status as text speaks for all its
# codes that have no line of their own.
ORDERS_API = {
    # creating
    "empty_required_header": _OURS,
    "unsupported_site": "check the country of the account behind {token}",
    "unsupported_properties": _SEE_SETTING,
    "bad_request": _SEE_SETTING,
    "property_value": f"check the amount, or {_SEE_SETTING}",
    "property_type": _OURS,
    "required_properties": _OURS,
    "minimum_properties": _OURS,
    "minimum_items": _SEE_SETTING,
    "maximum_items": _SEE_SETTING,
    "json_syntax_error": _OURS,
    "invalid_order_type": _OURS,
    "invalid_total_amount": _OURS,
    "marketplace_not_valid": (
        "orders.marketplace_fee: the token in {token} was not obtained through OAuth; "
        "take the fee out, or use the seller's OAuth token"
    ),
    "marketplace_fee_not_allowed": (
        "orders.marketplace_fee: no marketplace stands behind {token}; take the fee out"
    ),
    "sponsor_id_not_valid": "orders.sponsor_id: write the USER_ID of a Mercado Pago account",
    "seller_configuration": (
        "orders.cash_out: ask Mercado Pago to allow this seller cash withdrawals, or take it out"
    ),
    "discounts_not_allowed_with_installments": "take orders.discounts out for this account",
    "pos_not_found": (
        "orders.external_pos_id: the account has no point of sale {pos}; "
        "create it with kiosk pos create, or correct the id"
    ),
    "idempotency_key_already_used": "look at the sale with kiosk orders show",
    "resource_locked": _WAIT,
    "idempotency_validation_failed": _WAIT,
    # looking, canceling
    "invalid_path_param": "check the order's id; orders of another driver have other ids",
    "order_not_found": "check that {token} is of the account that created it; 90 days are kept",
    "order_already_canceled": "look at the order: it may as well have been paid",
    "cannot_cancel_order": "look at the order: it may as well have been paid",
    "instore_order_locked_error": _WAIT + ", as somebody is paying right now",
    "operation_not_supported": "look at the order with kiosk orders show",
    # refunding
    "invalid_order_owner": "use the token of the account that was paid",
    "user_not_authorized": "use the token of the account that was paid",
    "in_store_payment_refund_order": "it is too late for a refund; give the money back otherwise",
    "unsupported_partially_refunds": "refund all of it: this account has no partial refunds",
    "partial_refund_not_allowed_with_cashout": "refund all of it: cash was handed out with it",
    "partial_refund_forbidden_with_tips": "refund all of it: there is a tip in it",
    "refund_amount_exceeds": "refund no more than is left of the payment",
    "transaction_not_found": "look at the order's payments with kiosk orders show",
    "refund_in_progress": "wait for the refund that is under way",
    "order_already_refunded": "nothing to do: the payer has the money back",
    "invalid_order_status": "only a paid order can be refunded",
    "cannot_refund_order": "only a paid order can be refunded",
    # anywhere
    "401": "check the access token in {token}",
    "403": "the access token in {token} may not do this; check its account",
    "429": "fewer kiosks must share one application, or ask less often",
    "500": "nothing to do: the service has trouble, and the kiosk asks again",
}

_USER = "orders.user_id: write the number of the account behind {token}"
_POS = "orders.external_pos_id: the account has no point of sale {pos}; see kiosk pos list"

OLDER_APIS = {
    "invalid_collectorId": _USER,
    "invalid_user_id": _USER,
    "forbidden": _USER,
    "invalid_externalPosId": _POS,
    "pos_obtainment_error": _POS,
    "pos_obtainment_by_external_id_error": _POS,
    "pos_deleted_error": _POS,
    "invalid_externalStoreId": "orders.external_store_id: write the external id of the store",
    "invalid_external_reference": _OURS,
    "invalid_expiration_date": "check the computer's clock; sale.expires_after may be too short",
    "invalid_total_amount": "check the amount",
    "invalid_amount": "orders.cash_out: write an amount that the account may hand out",
    "error_creating_seller_qr_order": "orders.items: cash is handed out only with items",
    "in_store_order_creation_error": _WAIT,
    "in_store_order_delete_error": "look at the order: it may as well have been paid",
    "point_of_sale_in_store_order_not_found": "the point of sale has no order now",
    "in_store_order_not_found": "the point of sale has no order now",
    "400": _SEE_SETTING,
    "401": "check the access token in {token}",
    "403": _USER,
    "429": ORDERS_API["429"],
    "500": ORDERS_API["500"],
}


def advice(settings: AccountSettings, table: Mapping[str, str]) -> Mapping[str, str]:
    """Return a table's sentences with the settings in their places."""
    words = {"pos": settings.external_pos_id, "token": settings.token}
    return {code: sentence.format_map(words) for code, sentence in table.items()}

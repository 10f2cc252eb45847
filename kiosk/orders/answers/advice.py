"""What a person can do about each error in the services' documents. Texts only.

``refusals`` decides whether a request may have been carried out, and ``failures`` which event the
sale machine gets. Of a code that is not here, only the code itself is shown.
"""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.base.language import _, mark
from kiosk.orders.account.account_settings import AccountSettings

_OURS = mark("this is an error in the kiosk's software; report it with this line")
_WAIT = mark("nothing to do: the kiosk tries again")
_SEE_SETTING = mark("correct the setting in orders: that the message names")

# By the service's code. {pos} and {token} are the settings, {remedy} is
# what to do about the token. A status, as text, is for all its codes
# that have no line here.
ORDERS_API = {
    # creating
    "empty_required_header": _OURS,
    "unsupported_site": mark("check the country of the account of {token}"),
    "unsupported_properties": _SEE_SETTING,
    "bad_request": _SEE_SETTING,
    "property_value": mark(
        "check the amount, or correct the setting in orders: that the message names"
    ),
    "property_type": _OURS,
    "required_properties": _OURS,
    "minimum_properties": _OURS,
    "minimum_items": _SEE_SETTING,
    "maximum_items": _SEE_SETTING,
    "json_syntax_error": _OURS,
    "invalid_order_type": _OURS,
    "invalid_total_amount": _OURS,
    "marketplace_not_valid": mark(
        "orders.marketplace_fee: the token in {token} was not obtained through OAuth; remove "
        "the fee, or use the seller's OAuth token"
    ),
    "marketplace_fee_not_allowed": mark(
        "orders.marketplace_fee: the account of {token} is not a marketplace's; remove the fee"
    ),
    "sponsor_id_not_valid": mark("orders.sponsor_id: write the USER_ID of a Mercado Pago account"),
    "seller_configuration": mark(
        "orders.cash_out: ask Mercado Pago to allow cash withdrawals for this seller, or remove it"
    ),
    "discounts_not_allowed_with_installments": mark("remove orders.discounts for this account"),
    "pos_not_found": mark(
        "orders.external_pos_id: the account has no point of sale {pos}; create it with "
        "kiosk pos create, or correct the id"
    ),
    "idempotency_key_already_used": mark("look at the sale with kiosk orders show"),
    "resource_locked": _WAIT,
    "idempotency_validation_failed": _WAIT,
    # looking, canceling
    "invalid_path_param": mark("check the order's id: each driver has its own form of ids"),
    "order_not_found": (
        mark("check that {token} is of the account that created it; orders are kept for 90 days")
    ),
    "order_already_canceled": mark("look at the order: it may have been paid"),
    "cannot_cancel_order": mark("look at the order: it may have been paid"),
    "instore_order_locked_error": mark(
        "nothing to do: the kiosk tries again, because somebody is paying now"
    ),
    "operation_not_supported": mark("look at the order with kiosk orders show"),
    # refunding
    "invalid_order_owner": mark("use the token of the account that was paid"),
    "user_not_authorized": mark("use the token of the account that was paid"),
    "in_store_payment_refund_order": mark(
        "it is too late for a refund; pay the money back yourself"
    ),
    "unsupported_partially_refunds": mark(
        "refund all of it: this account allows no partial refunds"
    ),
    "partial_refund_not_allowed_with_cashout": mark(
        "refund all of it: cash was handed out with it"
    ),
    "partial_refund_forbidden_with_tips": mark("refund all of it: it has a tip"),
    "refund_amount_exceeds": mark("refund no more than is left of the payment"),
    "transaction_not_found": mark("look at the order's payments with kiosk orders show"),
    "unprocessable_entity": mark(
        "a payment that is seconds old can't be refunded; try again later"
    ),
    "refund_in_progress": mark("wait: a refund is in progress"),
    "order_already_refunded": mark("nothing to do: the payer has the money back"),
    "invalid_order_status": mark("only a paid order can be refunded"),
    "cannot_refund_order": mark("only a paid order can be refunded"),
    # anywhere
    "401": "{remedy}",
    "403": mark("the access token in {token} has no permission for this; check its account"),
    "429": mark("too many calls: use one application for fewer kiosks"),
    "500": mark("nothing to do: the service has an error, and the kiosk tries again"),
}

_USER = mark("orders.user_id: write the number of the account of {token}")
_POS = mark("orders.external_pos_id: the account has no point of sale {pos}; see kiosk pos list")

OLDER_APIS = {
    "invalid_collectorId": _USER,
    "invalid_user_id": _USER,
    "forbidden": _USER,
    "invalid_externalPosId": _POS,
    "pos_obtainment_error": _POS,
    "pos_obtainment_by_external_id_error": _POS,
    "pos_deleted_error": _POS,
    "invalid_externalStoreId": mark("orders.external_store_id: write the external id of the store"),
    "invalid_external_reference": _OURS,
    "invalid_expiration_date": mark(
        "check this computer's clock; sale.expires_after may be too short"
    ),
    "invalid_total_amount": mark("check the amount"),
    "invalid_amount": mark("orders.cash_out: write an amount that the account may hand out"),
    "error_creating_seller_qr_order": mark("orders.items: cash needs items; add at least one"),
    "in_store_order_creation_error": _WAIT,
    "in_store_order_delete_error": mark("look at the order: it may have been paid"),
    "point_of_sale_in_store_order_not_found": mark(
        "nothing to do: the point of sale has no order now"
    ),
    "in_store_order_not_found": mark("nothing to do: the point of sale has no order now"),
    "400": _SEE_SETTING,
    "401": "{remedy}",
    "403": _USER,
    "429": ORDERS_API["429"],
    "500": ORDERS_API["500"],
}


def advice(settings: AccountSettings, table: Mapping[str, str]) -> Mapping[str, str]:
    """Return a table's sentences with the settings filled in."""
    words = {
        "pos": settings.external_pos_id,
        "token": settings.token,
        "remedy": settings.token.remedy,
    }
    return {code: _(sentence, **words) for code, sentence in table.items()}

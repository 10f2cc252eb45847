"""Each row of the error tables: what the sale hears of it, and what a person is told to do."""

from __future__ import annotations

import json

import pytest

from kiosk.orders.answers.advice import OLDER_APIS, ORDERS_API, advice
from kiosk.orders.answers.failures import as_event
from kiosk.orders.answers.refusals import call_error
from kiosk.sale.events import Failure
from kiosk.simulator.service.error_codes import ERRORS as SIMULATED
from tests.orders.sellers import FLOWS

# Status, code, and what the sale machine hears.
ROWS = [
    # create
    (400, "empty_required_header", Failure.REFUSED),
    (400, "unsupported_site", Failure.SETUP),
    (400, "unsupported_properties", Failure.REFUSED),
    (400, "bad_request", Failure.REFUSED),
    (400, "property_value", Failure.REFUSED),
    (400, "property_type", Failure.REFUSED),
    (400, "required_properties", Failure.REFUSED),
    (400, "minimum_properties", Failure.REFUSED),
    (400, "minimum_items", Failure.REFUSED),
    (400, "maximum_items", Failure.REFUSED),
    (400, "json_syntax_error", Failure.REFUSED),
    (400, "marketplace_not_valid", Failure.SETUP),
    (400, "sponsor_id_not_valid", Failure.SETUP),
    (400, "seller_configuration", Failure.SETUP),
    (400, "invalid_order_type", Failure.REFUSED),
    (400, "invalid_total_amount", Failure.REFUSED),
    (400, "discounts_not_allowed_with_installments", Failure.REFUSED),
    (401, "unauthorized", Failure.TOKEN),
    (404, "marketplace_fee_not_allowed", Failure.SETUP),
    (404, "pos_not_found", Failure.SETUP),
    (409, "idempotency_key_already_used", Failure.CONFLICT),
    (423, "resource_locked", Failure.UNKNOWN),
    (500, "500", Failure.UNKNOWN),
    (500, "idempotency_validation_failed", Failure.UNKNOWN),
    # look, cancel
    (400, "invalid_path_param", Failure.REFUSED),
    (404, "order_not_found", Failure.MISSING),
    (409, "order_already_canceled", Failure.CONFLICT),
    (409, "cannot_cancel_order", Failure.CONFLICT),
    (409, "instore_order_locked_error", Failure.CONFLICT),
    (409, "operation_not_supported", Failure.CONFLICT),
    # refund
    (400, "invalid_order_owner", Failure.SETUP),
    (400, "in_store_payment_refund_order", Failure.REFUSED),
    (400, "unsupported_partially_refunds", Failure.REFUSED),
    (400, "refund_amount_exceeds", Failure.REFUSED),
    (400, "partial_refund_not_allowed_with_cashout", Failure.REFUSED),
    (401, "user_not_authorized", Failure.TOKEN),
    (403, "partial_refund_forbidden_with_tips", Failure.TOKEN),
    (404, "transaction_not_found", Failure.REFUSED),
    (409, "refund_in_progress", Failure.CONFLICT),
    (409, "order_already_refunded", Failure.CONFLICT),
    (422, "unprocessable_entity", Failure.REFUSED),
    (409, "cannot_refund_order", Failure.CONFLICT),
    (409, "invalid_order_status", Failure.CONFLICT),
    # anywhere
    (429, "429", Failure.UNKNOWN),
]


@pytest.mark.parametrize(("status", "code", "heard"), ROWS)
def test_each_row_is_heard_as_what_can_be_done_and_told_with_it(
    status: int, code: str, heard: Failure
) -> None:
    sentences = advice(FLOWS["orders-dynamic"], ORDERS_API)
    body = json.dumps({"errors": [{"code": code, "message": "Said so", "details": []}]}).encode()
    error = call_error(status, {}, body, sentences)
    assert as_event(error).failure is heard
    assert code in str(error)
    assert sentences.get(code, sentences.get(str(status), "?")) in str(error)


def test_every_code_that_the_service_may_say_has_a_sentence() -> None:
    routes = {"not_found", "method_not_allowed"}  # about addresses that we never ask for
    by_status = {"unauthorized": "401"}
    missing = {by_status.get(code, code) for code in SIMULATED} - ORDERS_API.keys() - routes
    assert missing == set()
    assert {code for _, code, _ in ROWS} >= SIMULATED.keys() - routes


@pytest.mark.parametrize("table", [ORDERS_API, OLDER_APIS], ids=["orders", "older"])
def test_each_sentence_says_what_to_do_and_names_real_settings(table: dict[str, str]) -> None:
    for flow, settings in FLOWS.items():
        if (table is OLDER_APIS) == flow.startswith("orders"):
            continue
        known = type(settings).model_fields
        for sentence in advice(settings, table).values():
            assert "{" not in sentence
            for word in sentence.replace(",", " ").replace(":", " ").split():
                if word.startswith("orders.") and flow != "orders-static":
                    name = word.removeprefix("orders.")
                    assert name in known or name == "external_store_id", word

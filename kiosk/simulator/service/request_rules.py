"""What a create or refund request may contain.

Sources: the create-order reference (fields, limits, exclusions), the migration guide (cash-outs,
required fields), and two demands of the live service that no document mentions: ``transactions``
and a minimum amount.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from kiosk.base.durations import parse_iso_duration
from kiosk.simulator.service.accounts import Account, Country
from kiosk.simulator.service.error_codes import Problem, RequestError
from kiosk.simulator.service.json_checks import (
    Check,
    amount,
    array,
    choice,
    fields,
    text,
    whole,
    wrong_value,
)

Body = dict[str, Any]

SHORTEST, LONGEST = 30, 3600 * 3600  # seconds that an order may be valid


def _duration(path: str, value: Any) -> Iterator[RequestError]:
    yield from (found := list(text()(path, value)))
    if found:
        return
    seconds = parse_iso_duration(value)
    if seconds is None:
        yield wrong_value(path, "must be an ISO 8601 duration such as PT15M")
    elif not SHORTEST <= seconds <= LONGEST:
        yield wrong_value(path, "must be between 30 seconds and 3600 hours")


_MONEY = array(fields("amount", amount=amount()), most=1)
_ITEM = fields(
    "title unit_price quantity unit_measure",
    title=text(150),
    unit_price=amount(),
    quantity=whole(1),
    unit_measure=text(10),
    external_code=text(30),
    external_categories=array(fields("id", id=text()), most=10),
)
_DISCOUNT = fields(
    "new_total_amount type",
    new_total_amount=amount(),
    type=choice("debit_card", "credit_card", "account_money", "prepaid_card"),
)
_CREATE: Check = fields(
    "type external_reference config transactions",
    type=choice("qr"),
    total_amount=amount(),
    description=text(150),
    external_reference=text(64, "[A-Za-z0-9_-]+", "may have letters, digits, - and _ only"),
    expiration_time=_duration,
    marketplace_fee=amount(),
    integration_data=fields(
        platform_id=text(),
        integrator_id=text(256, "dev_.+", "must begin with dev_"),
        sponsor=fields("id", id=text()),
    ),
    config=fields(
        "qr",
        qr=fields(
            "external_pos_id",
            external_pos_id=text(),
            mode=choice("static", "dynamic", "hybrid"),
        ),
    ),
    transactions=fields("payments", payments=_MONEY, cash_outs=_MONEY),
    items=array(_ITEM, most=10),
    discounts=fields("payment_methods", payment_methods=array(_DISCOUNT, most=4)),
)
_REFUND: Check = fields(
    "transactions",
    transactions=array(fields("id amount", id=text(), amount=amount()), most=1),
)


def read_create(body: bytes, account: Account) -> Body:
    """Return the order that the body asks for, or raise Problem with all errors in it."""
    if account.country is None:
        raise Problem.of("unsupported_site")
    request = _checked(_CREATE, body)
    if errors := list(_contradictions(request, account.country)):
        raise Problem(errors)
    _check_integration(request, account)
    return request


def read_refund(body: bytes) -> Body | None:
    """Return the id and amount of the transaction to refund in part, or None for a full refund."""
    if body.strip() in (b"", b"{}"):
        return None
    part: Body = _checked(_REFUND, body)["transactions"][0]
    if not Decimal(part["amount"]):
        raise Problem([wrong_value("$.transactions[0].amount", "must be greater than 0")])
    return part


def total_of(request: Mapping[str, Any]) -> Decimal:
    """Return the sum of the request's payments and cash-outs."""
    transactions = request["transactions"].values()
    return sum((Decimal(part["amount"]) for kind in transactions for part in kind), Decimal(0))


def _checked(check: Check, body: bytes) -> Body:
    document = _parsed(body)
    if errors := sorted(check("$", document), key=lambda found: found.detail):
        raise Problem(errors)
    result: Body = document
    return result


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Problem.of("json_syntax_error", str(error)) from error


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


def _contradictions(request: Body, country: Country) -> Iterator[RequestError]:
    payment = Decimal(request["transactions"]["payments"][0]["amount"])
    if payment < country.minimum:
        path = "$.transactions.payments[0].amount"
        yield wrong_value(path, f"Amount must be greater than or equal to {country.minimum}")
    if "total_amount" in request and Decimal(request["total_amount"]) != total_of(request):
        yield wrong_value("$.total_amount", "must be the sum of the transactions")
    if total_of(request) != round(total_of(request), country.decimals):
        yield wrong_value("$.total_amount", f"{country.currency} amounts must not have decimals")
    categories = any("external_categories" in item for item in request.get("items", ()))
    if categories and "discounts" in request:
        yield RequestError(
            "bad_request", "discounts and items.external_categories can't be used together"
        )
    if "cash_outs" in request["transactions"] and "items" not in request:
        yield RequestError("bad_request", "transactions.cash_outs need items")


def _check_integration(request: Body, account: Account) -> None:
    sponsor = request.get("integration_data", {}).get("sponsor", {"id": "1"})["id"]
    if not (sponsor.isascii() and sponsor.isdigit()):
        raise Problem.of(
            "sponsor_id_not_valid", "'$.integration_data.sponsor.id' - must be a USER_ID"
        )
    if "marketplace_fee" in request and not account.oauth:
        raise Problem.of("marketplace_not_valid")
    if "marketplace_fee" in request and not account.marketplace:
        raise Problem.of("marketplace_fee_not_allowed")

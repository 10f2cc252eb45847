"""Reads the service's answer about an order. Pure.

Unknown words are kept, missing and extra fields are allowed, and numbers never become floats: they
are read as text. ``kiosk.sale.verdict`` decides what the answer means.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from kiosk.base.errors import OutcomeUnknown
from kiosk.base.money import CURRENCIES, Currency, Money
from kiosk.sale.events import OrderSeen

# Ids are used in paths and logs. Production ids have 29 characters, those of test accounts 32.
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,12})?(?:[eE][+-]?[0-9]{1,2})?")
_CEILING = Decimal(10) ** 12


def order_seen(body: bytes, currency: Currency) -> OrderSeen:
    """Return the order in ``body``; raises OutcomeUnknown if there is none.

    ``currency`` is the account's, for an answer without a currency.
    """
    tree = parse_json(body)
    order_id = text_at(tree, "id")
    if not _ID.fullmatch(order_id):
        raise OutcomeUnknown("the service's answer has no order with an id")
    return OrderSeen(
        order_id=order_id,
        reference=text_at(tree, "external_reference"),
        status=text_at(tree, "status"),
        status_detail=text_at(tree, "status_detail"),
        total=money_of(value_at(tree, "total_amount"), text_at(tree, "currency") or currency.code),
        qr_data=text_at(tree, "type_response", "qr_data") or None,
    )


def parse_json(body: bytes) -> Any:
    """Return the JSON tree with every number as text, or None if the body is not JSON."""
    try:
        return json.loads(body, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None


def value_at(tree: Any, *path: str) -> Any:
    """Return the value at the path, or None."""
    for key in path:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree


def text_at(tree: Any, *path: str) -> str:
    """Return the text at the path, or an empty text if there is none."""
    return text_of(value_at(tree, *path))


def text_of(value: Any) -> str:
    """Return the text, or an empty text if the value is not one.

    Halves of surrogate pairs, which files and databases refuse, become question marks.
    """
    return value.encode(errors="replace").decode() if isinstance(value, str) else ""


def money_of(value: Any, code: str) -> Money | None:
    """Return an amount of the service, or None if it is not a valid amount in this currency."""
    currency = CURRENCIES.get(code)
    if currency is None or not _NUMBER.fullmatch(text_of(value)):
        return None
    amount = Decimal(text_of(value))
    if amount >= _CEILING or amount != round(amount, currency.minor_units):
        return None
    return Money(amount, currency)

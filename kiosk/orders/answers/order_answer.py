"""What the service says of an order, read leniently. Pure.

Unknown words are kept, missing and extra fields are fine, and numbers never become floats: JSON's
are read as the text they are. What is read is judged elsewhere (``kiosk.sale.verdict``).
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from kiosk.base.errors import OutcomeUnknown
from kiosk.base.money import CURRENCIES, Currency, Money
from kiosk.sale.events import OrderSeen

# Ids go into paths and logs. Production ids have 29 characters, those of test accounts 32.
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,12})?(?:[eE][+-]?[0-9]{1,2})?")
_CEILING = Decimal(10) ** 12


def order_seen(body: bytes, currency: Currency) -> OrderSeen:
    """Return the order that ``body`` describes, or raise OutcomeUnknown if it describes none.

    An answer that names no currency is taken to mean ``currency``, the account's only one.
    """
    tree = parse_json(body)
    order_id = text_at(tree, "id")
    if not _ID.fullmatch(order_id):
        raise OutcomeUnknown("the service's answer holds no order with an id")
    return OrderSeen(
        order_id=order_id,
        reference=text_at(tree, "external_reference"),
        status=text_at(tree, "status"),
        status_detail=text_at(tree, "status_detail"),
        total=money_of(value_at(tree, "total_amount"), text_at(tree, "currency") or currency.code),
        qr_data=text_at(tree, "type_response", "qr_data") or None,
    )


def parse_json(body: bytes) -> Any:
    """Return the JSON tree with every number as text, or None if this is no JSON."""
    try:
        return json.loads(body, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None


def value_at(tree: Any, *path: str) -> Any:
    """Return what stands at the path, or None."""
    for key in path:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree


def text_at(tree: Any, *path: str) -> str:
    """Return the text at the path, or an empty text if there is none."""
    return text_of(value_at(tree, *path))


def text_of(value: Any) -> str:
    """Return the text, or nothing for what is none.

    Halves of surrogate pairs, which no file or database takes, become question marks.
    """
    return value.encode(errors="replace").decode() if isinstance(value, str) else ""


def money_of(value: Any, code: str) -> Money | None:
    """Return an amount of the service's, a text or a number, or None for what is none here."""
    currency = CURRENCIES.get(code)
    if currency is None or not _NUMBER.fullmatch(text_of(value)):
        return None
    amount = Decimal(text_of(value))
    if amount >= _CEILING or amount != round(amount, currency.minor_units):
        return None
    return Money(amount, currency)

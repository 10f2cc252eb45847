"""What a create request of the older APIs may contain. Amounts are numbers here, not strings.

Sources: the documents of the dynamic and the attended model, the tables of the migration guide, and
the published references of the same endpoints (required fields, sums that must agree).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from kiosk.simulator.older.older_errors import OlderProblem

Body = dict[str, Any]
DEFAULT_TTL = 600.0  # seconds, in the attended model


def read_body(body: bytes) -> Body:
    """Return the JSON object with its numbers as exact Decimals."""
    try:
        tree = json.loads(body, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError):
        tree = None
    if not isinstance(tree, dict):
        raise OlderProblem("json_syntax_error")
    return tree


def _number(value: Any) -> bool:
    return isinstance(value, Decimal) and value > 0 and value == round(value, 2)


def _text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 256


def _optional(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or check(value)


def _id(value: Any) -> bool:
    return isinstance(value, Decimal) and value == round(value) and value > 0


_ITEM = {
    "title": _text,
    "unit_price": _number,
    "quantity": _number,
    "description": _optional(_text),
    "currency_id": _optional(_text),
}
_FULL_ITEM = _ITEM | {
    "unit_measure": _text,
    "total_amount": _number,
    "sku_number": _optional(_text),
    "category": _optional(_text),
    "external_categories": _optional(lambda value: isinstance(value, list)),
}
_SIMPLE_ITEM = _ITEM | {"picture_url": _optional(_text), "id": _optional(_text)}
_FULL = {
    "external_reference": _text,
    "title": _text,
    "description": _text,
    "total_amount": _number,
    "notification_url": _optional(_text),
    "expiration_date": _optional(_text),
    "marketplace": _optional(_text),
    "marketplace_fee": _optional(_number),
    "taxes": _optional(lambda value: isinstance(value, list)),
    "internal_metadata": _optional(lambda value: isinstance(value, dict)),
    "customization": _optional(lambda value: isinstance(value, dict)),
}
_SIMPLE = {
    "external_reference": _text,
    "notification_url": _optional(_text),
    "sponsor_id": _optional(_id),
}


def check_full(body: Body, now: float, *, title_required: bool) -> float:
    """Check a body of the dynamic model, or of the second version of the attended model.

    Return for how many seconds the order is valid. ``title_required``: so is the description.
    """
    names = (
        _FULL
        if title_required
        else _FULL | {"title": _optional(_text), "description": _optional(_text)}
    )
    _check(body, names, "")
    _check(body.get("sponsor", {"id": Decimal(1)}), {"id": _id}, "sponsor.")
    cash = body.get("cash_out") or {}
    _check(cash, {"amount": _optional(_number)}, "cash_out.")
    items = body.get("items") or []
    if cash and not items:
        raise OlderProblem("error_creating_seller_qr_order")
    _check_items(items, _FULL_ITEM)
    total = sum((item["total_amount"] for item in items), cash.get("amount", Decimal(0)))
    if total != body["total_amount"]:
        raise OlderProblem("invalid_total_amount", "is not the sum of items and cash_out")
    return _seconds_until(body.get("expiration_date"), now)


def check_simple(body: Body) -> Decimal:
    """Check a body of the first version of the attended model. Return the sum of its items."""
    _check(body, _SIMPLE, "")
    items = body.get("items") or []
    _check_items(items, _SIMPLE_ITEM)
    return sum((item["unit_price"] * item["quantity"] for item in items), Decimal(0))


def ttl(headers: Mapping[str, str]) -> float:
    """Return the seconds in the header ``X-Ttl-Store-Preference``, or the default."""
    seconds = headers.get("x-ttl-store-preference", "")
    if seconds and not re.fullmatch("[1-9][0-9]{0,8}", seconds):
        raise OlderProblem("invalid_ttl", "X-Ttl-Store-Preference is not a number of seconds")
    return float(seconds or DEFAULT_TTL)


def _check(body: Any, names: Mapping[str, Callable[[Any], bool]], prefix: str) -> None:
    if not isinstance(body, dict):
        raise OlderProblem(f"invalid_{prefix.rstrip('.')}", "must be an object")
    for name, is_good in names.items():
        if not is_good(body.get(name)):
            raise OlderProblem(f"invalid_{prefix}{name}", f"{body.get(name)!r} is not valid")


def _check_items(items: Any, names: Mapping[str, Callable[[Any], bool]]) -> None:
    if not isinstance(items, list) or not items:
        raise OlderProblem("invalid_items", "must be a list with at least one item")
    for item in items:
        _check(item, names, "items.")
        total = item.get("total_amount")
        if total is not None and total != round(item["unit_price"] * item["quantity"], 2):
            raise OlderProblem("invalid_items.total_amount", "is not unit_price times quantity")


def _seconds_until(date: Any, now: float) -> float:
    """Return the seconds until an absolute date. Without a date it is one day here."""
    if date is None:
        return 86_400.0
    try:
        until = datetime.fromisoformat(date)
    except ValueError as error:
        raise OlderProblem("invalid_expiration_date", "is not a date") from error
    if until.tzinfo is None or until.timestamp() <= now:
        raise OlderProblem("invalid_expiration_date", "must have a time zone and be in the future")
    return until.timestamp() - now

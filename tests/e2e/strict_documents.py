"""What the documents of the Orders API say about a request: its fields, their forms and limits."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

Check = Callable[[Any], bool]


def matches(pattern: str) -> Check:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


AMOUNT = matches(r"(0|[1-9][0-9]*)(\.[0-9]{2})?")  # "two decimal places or none"
TITLE = matches(r"(?s).{1,150}")

# Required fields end with an exclamation mark. A list holds the form of each of its members.
ORDER_FIELDS: dict[str, Any] = {
    "type!": matches("qr"),
    "total_amount!": AMOUNT,
    "description": TITLE,
    "external_reference!": matches("[A-Za-z0-9_-]{1,64}"),
    "expiration_time!": lambda value: 30 <= seconds_of(value) <= 3600 * 3600,
    "marketplace_fee": AMOUNT,
    "integration_data": {
        "platform_id": TITLE,
        "integrator_id": matches("dev_.+"),
        "sponsor": {"id!": matches("[0-9]+")},
    },
    "config!": {
        "qr!": {"external_pos_id!": matches("COUNTER1"), "mode!": matches("dynamic|static|hybrid")}
    },
    "transactions!": {"payments!": [{"amount!": AMOUNT}], "cash_outs": [{"amount!": AMOUNT}]},
    "items": [
        {
            "title!": TITLE,
            "unit_price!": AMOUNT,
            "quantity!": lambda value: type(value) is int,
            "unit_measure!": matches(".{1,10}"),
            "external_code": matches(".{1,30}"),
            "external_categories": [{"id!": TITLE}],
        }
    ],
    "discounts": {
        "payment_methods!": [
            {
                "new_total_amount!": AMOUNT,
                "type!": matches("debit_card|credit_card|account_money|prepaid_card"),
            }
        ]
    },
}


def is_number(value: Any) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool) and value > 0


def is_future(value: Any) -> bool:
    """Whether it is a date as the older APIs write it, and not past."""
    if not matches(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d")(value):
        return False
    return datetime.fromisoformat(value).timestamp() > time.time()


INSTORE_FIELDS: dict[str, Any] = {
    "external_reference!": TITLE,
    "title!": TITLE,
    "description!": TITLE,
    "total_amount!": is_number,
    "expiration_date": is_future,
    "notification_url": TITLE,
    "items!": [
        {
            "sku_number": TITLE,
            "currency_id": matches("ARS"),
            "category": TITLE,
            "title!": TITLE,
            "description": TITLE,
            "unit_price!": is_number,
            "quantity!": is_number,
            "unit_measure!": TITLE,
            "total_amount!": is_number,
        }
    ],
    "sponsor": {"id!": is_number},
    "cash_out": {"amount!": is_number},
}
ATTENDED_FIELDS: dict[str, Any] = {
    "external_reference!": TITLE,
    "notification_url": TITLE,
    "sponsor_id": is_number,
    "items!": [
        {
            "title!": TITLE,
            "currency_id!": matches("ARS"),
            "unit_price!": is_number,
            "quantity!": is_number,
            "description": TITLE,
            "picture_url": TITLE,
        }
    ],
}


def faults_of(value: Any, form: Any, path: str = "$") -> Iterator[str]:
    """Yield what the documents do not allow."""
    if isinstance(form, list):
        if not isinstance(value, list) or not 1 <= len(value) <= 10:
            yield f"{path} is not a list of 1 to 10"
            return
        for number, member in enumerate(value):
            yield from faults_of(member, form[0], f"{path}[{number}]")
    elif isinstance(form, dict):
        if not isinstance(value, dict):
            yield f"{path} is not an object"
            return
        fields = {name.rstrip("!"): inner for name, inner in form.items()}
        yield from (f"{path}.{name} is not supported" for name in value.keys() - fields.keys())
        required = {name[:-1] for name in form if name.endswith("!")}
        yield from (f"{path}.{name} is missing" for name in required - value.keys())
        for name in value.keys() & fields.keys():
            yield from faults_of(value[name], fields[name], f"{path}.{name}")
    elif not form(value):
        yield f"{path} is {value!r}"


def seconds_of(duration: str) -> float:
    """Return the seconds of an ISO 8601 duration, or 0 if it is not one."""
    found = re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?", duration)
    hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    return hours * 3600.0 + minutes * 60 + seconds


def qr_string() -> str:
    """Return a QR of Argentina with a unique number (EMVCo: fields, then a CRC-16/CCITT-FALSE)."""
    account = _field("00", "com.mercadolibre") + _field("02", "3") + _field("06", str(uuid.uuid4()))
    fields = {
        "00": "01",
        "01": "12",
        "43": account,
        "50": _field("00", "20000000001"),
        "52": "9700",
        "53": "032",
        "58": "AR",
        "59": "KIOSCO PRUEBA",
        "60": "CABA",
    }
    text = "".join(_field(*each) for each in fields.items()) + "6304"
    crc = 0xFFFF
    for byte in text.encode():
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ (0x1021 if crc & 0x8000 else 0)) & 0xFFFF
    return f"{text}{crc:04X}"


def _field(number: str, value: str) -> str:
    return f"{number}{len(value):02}{value}"

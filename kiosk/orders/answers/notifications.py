"""Notifications: what the service sends when an order changes. They only say which order to fetch.

Anybody can send such a message, a real one may come late or twice, and Mercado Pago's own pages
disagree about whether those for QR orders can be verified. So only the order's id is read from one;
what happened to the order is what the fetch returns. Pure: nothing here receives messages.

Sources: the webhook page of the Orders API (topic "Order (Mercado Pago)", header ``x-signature``),
the IPN page (``topic=merchant_order``), and the guide for migrating, which says that neither older
topic is sent for orders of the Orders API.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import urllib.parse
from collections.abc import Mapping
from enum import Enum

from pydantic import SecretStr

from kiosk.base.frozen import frozen
from kiosk.orders.answers.json_values import parse_json, text_at, text_of, value_at

# Seconds. An older message is late: the service repeats messages after minutes, with the first
# signature.
LATE_AFTER = 300.0
_EARLIEST_MS = 10_000_000_000  # as seconds, a time in the year 2286; as milliseconds, in 1970
_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class Topic(Enum):
    """The API that the notification is about."""

    ORDER = "order"
    MERCHANT_ORDER = "merchant_order"


class SignatureStatus(Enum):
    """The result of checking a signature. Even GOOD does not prove that the message is true."""

    GOOD = "good"
    ABSENT = "absent"  # as in many messages about QR orders
    WRONG = "wrong"
    LATE = "late"  # valid but old: repeated by the service, or replayed by somebody


_TOPICS = {
    "order": Topic.ORDER,
    "orders": Topic.ORDER,
    "merchant_order": Topic.MERCHANT_ORDER,
    "merchant_orders": Topic.MERCHANT_ORDER,
    "topic_merchant_order_wh": Topic.MERCHANT_ORDER,
}


@frozen
class Notification:
    """The order to fetch. ``reference`` is empty if the message has none, and proves nothing."""

    topic: Topic
    id: str
    reference: str = ""
    action: str = ""


def parse_notification(query: str, body: bytes) -> Notification | None:
    """Return the order that a message's query and body name, or None if it is not one of ours.

    Webhooks come as ``?data.id=ORD…&type=order``, IPN as ``?topic=merchant_order&id=…`` or with a
    ``resource`` in the body. The query is read before the body, because the query is signed.
    """
    asked = dict(urllib.parse.parse_qsl(query))
    tree = parse_json(body)
    kind = (
        asked.get("type")
        or asked.get("topic")
        or text_of(value_at(tree, "type") or value_at(tree, "topic"))
    )
    topic = _TOPICS.get(kind)
    if topic is None:
        return None
    found = asked.get("data.id") or asked.get("id") or text_at(tree, "data", "id")
    found = found or text_at(tree, "resource").rpartition("/")[2]
    if not _ID.fullmatch(found):
        return None
    reference = text_at(tree, "data", "external_reference")
    reference = reference if _ID.fullmatch(reference) else ""
    return Notification(topic, found, reference, text_at(tree, "action"))


def check_signature(
    query: str, headers: Mapping[str, str], secret: SecretStr, now: float
) -> SignatureStatus:
    """Check the signature of a message; ``now`` is in Unix seconds.

    The signed text is ``id:<data.id>;request-id:<x-request-id>;ts:<ts>;``, without the parts that
    are absent. By the documents the id is signed in lower case, by the service's own libraries as
    it came: both are accepted. Some messages are signed over the ``id`` of IPN in its place (seen
    live). ``ts`` is in seconds or milliseconds.
    """
    headers = {name.lower(): value for name, value in headers.items()}
    pairs = (part.partition("=") for part in headers.get("x-signature", "").split(","))
    signature = {name.strip(): value.strip() for name, _, value in pairs}
    stamp, signed = signature.get("ts", ""), signature.get("v1", "")
    if not stamp or not signed:
        return SignatureStatus.ABSENT
    asked = dict(urllib.parse.parse_qsl(query))
    order_id = asked.get("data.id") or asked.get("id", "")
    request_id = headers.get("x-request-id", "")
    spellings = {order_id, order_id.lower()}
    if not any(_is_signed(each, request_id, stamp, signed, secret) for each in spellings):
        return SignatureStatus.WRONG
    return (
        SignatureStatus.GOOD if abs(now - _seconds(stamp)) <= LATE_AFTER else SignatureStatus.LATE
    )


def signed_text(order_id: str, request_id: str, stamp: str) -> str:
    """Return the text that is signed."""
    parts = {"id": order_id, "request-id": request_id, "ts": stamp}
    return "".join(f"{name}:{value};" for name, value in parts.items() if value)


def _is_signed(order_id: str, request_id: str, stamp: str, signed: str, secret: SecretStr) -> bool:
    key = secret.get_secret_value().encode()
    expected = hmac.new(key, signed_text(order_id, request_id, stamp).encode(), hashlib.sha256)
    return hmac.compare_digest(expected.hexdigest().encode(), signed.lower().encode())


def _seconds(stamp: str) -> float:
    """Return the stamp in Unix seconds; 0 if it is not a number."""
    if not re.fullmatch("[0-9]{1,15}", stamp):
        return 0.0
    number = int(stamp)
    return number / 1000 if number >= _EARLIEST_MS else float(number)

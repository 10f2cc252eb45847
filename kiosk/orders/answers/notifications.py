"""What the service sends when an order changes: a hint to look at it, and never more than that.

Anybody can send such a message, a real one may come late or twice, and Mercado Pago's own pages
disagree on whether those about QR orders can be verified at all. So the only thing read out of one
is *which* order to fetch; what happened is what the fetch says. Pure; receiving is not for here.

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
from dataclasses import dataclass
from enum import Enum

from pydantic import SecretStr

from kiosk.orders.answers.order_answer import parse_json, text_at, text_of, value_at

# A message older than this is not believed to be fresh. Repeats come after minutes, with the
# signature of their first time.
LATE_AFTER = 300.0
_EARLIEST_MS = 10_000_000_000  # as seconds, a time in the year 2286; as milliseconds, in 1970
_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class Topic(Enum):
    """Which API speaks."""

    ORDER = "order"
    MERCHANT_ORDER = "merchant_order"


class Proof(Enum):
    """What the signature shows. None of these says that the message is true."""

    GOOD = "good"
    ABSENT = "absent"  # as on many messages about QR orders
    WRONG = "wrong"
    LATE = "late"  # once good, but old: repeated by the service, or replayed by somebody


_TOPICS = {
    "order": Topic.ORDER,
    "orders": Topic.ORDER,
    "merchant_order": Topic.MERCHANT_ORDER,
    "merchant_orders": Topic.MERCHANT_ORDER,
    "topic_merchant_order_wh": Topic.MERCHANT_ORDER,
}


@dataclass(frozen=True, slots=True)
class Hint:
    """Look at this. ``reference`` is filled where the message names it, and proves nothing."""

    topic: Topic
    id: str
    reference: str = ""
    action: str = ""


def hint(query: str, body: bytes) -> Hint | None:
    """Return what a message's query and body point at, or None if that is nothing of ours.

    Webhooks come as ``?data.id=ORD…&type=order``, IPN as ``?topic=merchant_order&id=…`` or with a
    ``resource`` in the body. The query counts before the body, as it is what is signed.
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
    return Hint(topic, found, reference, text_at(tree, "action"))


def proof(query: str, headers: Mapping[str, str], secret: SecretStr, now: float) -> Proof:
    """Return what the signature of a message shows at ``now``, in Unix seconds.

    The signed text is ``id:<data.id>;request-id:<x-request-id>;ts:<ts>;``, without the parts that
    are absent. The id is signed in lower case, say the documents, and as it came, do the service's
    own libraries: either is taken. ``ts`` is in seconds or milliseconds.
    """
    headers = {name.lower(): value for name, value in headers.items()}
    pairs = (part.partition("=") for part in headers.get("x-signature", "").split(","))
    signature = {name.strip(): value.strip() for name, _, value in pairs}
    stamp, signed = signature.get("ts", ""), signature.get("v1", "")
    if not stamp or not signed:
        return Proof.ABSENT
    order_id = dict(urllib.parse.parse_qsl(query)).get("data.id", "")
    request_id = headers.get("x-request-id", "")
    spellings = {order_id, order_id.lower()}
    if not any(_is_signed(each, request_id, stamp, signed, secret) for each in spellings):
        return Proof.WRONG
    return Proof.GOOD if abs(now - _seconds(stamp)) <= LATE_AFTER else Proof.LATE


def manifest(order_id: str, request_id: str, stamp: str) -> str:
    """Return the text that is signed."""
    parts = {"id": order_id, "request-id": request_id, "ts": stamp}
    return "".join(f"{name}:{value};" for name, value in parts.items() if value)


def _is_signed(order_id: str, request_id: str, stamp: str, signed: str, secret: SecretStr) -> bool:
    key = secret.get_secret_value().encode()
    expected = hmac.new(key, manifest(order_id, request_id, stamp).encode(), hashlib.sha256)
    return hmac.compare_digest(expected.hexdigest().encode(), signed.lower().encode())


def _seconds(stamp: str) -> float:
    """Return the stamp in Unix seconds; what is no number is long ago."""
    if not re.fullmatch("[0-9]{1,15}", stamp):
        return 0.0
    number = int(stamp)
    return number / 1000 if number >= _EARLIEST_MS else float(number)

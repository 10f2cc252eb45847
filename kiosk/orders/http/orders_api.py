"""The client of the Orders API: create, fetch, cancel and refund an order, one attempt each."""

from __future__ import annotations

import urllib.parse
import uuid
from collections.abc import Callable

from kiosk.base.errors import OrderRefused, OutcomeUnknown
from kiosk.base.language import _
from kiosk.base.money import Currency, Money
from kiosk.orders.account.account_settings import AccountSettings
from kiosk.orders.answers.advice import ORDERS_API, advice
from kiosk.orders.answers.json_values import parse_json, text_of, value_at
from kiosk.orders.answers.new_order import checked
from kiosk.orders.answers.order_answer import order_seen, refundable_payment
from kiosk.orders.answers.refusals import call_error, refuse_page
from kiosk.orders.http.call_log import CallLog
from kiosk.orders.http.exact_json import dumps
from kiosk.orders.http.exchange import Exchange, HttpAnswer
from kiosk.orders.http.refund_tries import ask_for_a_minute
from kiosk.sale.events import OrderSeen
from kiosk.sale.words import Sale

NO_ORDER = "ORD" + "0" * 26  # in the documented form of an id, but the id of no order


class OrdersApi:
    """See ``kiosk.orders.Orders``."""

    def __init__(
        self,
        settings: AccountSettings,
        build: Callable[[Sale], bytes],
        exchange: Exchange,
        currency: Currency,
    ) -> None:
        self._build = build
        self._exchange = exchange
        self._currency = currency
        self._needs_qr = settings.needs_qr
        self._advice = advice(settings, ORDERS_API)
        self._log = CallLog()
        self._known = ("", "")  # id and reference of the latest order

    def request(self, sale: Sale) -> bytes:
        """Return the body of the create request. Pure."""
        return self._build(sale)

    async def create(self, key: str, request: bytes) -> OrderSeen:
        """POST the bytes as they are, under the key."""
        reference = text_of(value_at(parse_json(request), "external_reference"))
        seen = await self._order("POST", "/v1/orders", reference, key=key, body=request)
        return checked(seen, needs_qr=self._needs_qr)

    async def fetch(self, order_id: str) -> OrderSeen:
        """GET the order."""
        return await self._order("GET", _path(order_id), self._reference(order_id))

    async def cancel(self, order_id: str) -> OrderSeen:
        """POST the cancellation, under a new key each time.

        Canceling twice does no harm; an old key would return an old answer.
        """
        path = _path(order_id, "/cancel")
        return await self._order("POST", path, self._reference(order_id), key=str(uuid.uuid4()))

    async def refund(self, order_id: str, key: str, amount: Money | None = None) -> OrderSeen:
        """POST the refund: without a body all that is left, else this amount of the payment.

        A payment that is too young to be refunded is asked for again for a minute.
        """
        path, reference = _path(order_id, "/refund"), self._reference(order_id)
        body = await self._partial_refund(order_id, amount) if amount else None

        async def ask() -> OrderSeen:
            return await self._order("POST", path, reference, key=key, body=body)

        async def is_paid() -> bool:
            seen = await self.fetch(order_id)
            return seen.status == "processed" and not seen.refund_underway

        return await ask_for_a_minute(ask, is_paid)

    async def probe(self) -> None:
        """GET an order that can't exist: if the answer is 404, the service accepts the token."""
        path = _path(NO_ORDER)
        with self._log.call(f"GET {path}", "none (a probe)") as call:
            call.answer = answer = await self._exchange.send("GET", path)
            if answer.is_good:
                if isinstance(parse_json(self._good(answer)), dict):
                    return
                raise OutcomeUnknown(
                    _("the service's answer is incomplete: it is not a JSON object")
                )
            error = call_error(answer.status, answer.headers, answer.body, self._advice)
            if not isinstance(error, OrderRefused) or error.status in (401, 403):
                raise error
            if error.status not in (400, 404):
                raise OutcomeUnknown(str(error))

    async def warm(self) -> None:
        """Open the connection."""
        await self._exchange.warm()

    async def aclose(self) -> None:
        """Close the connection."""
        await self._exchange.aclose()

    async def _order(
        self, method: str, path: str, reference: str, *, key: str = "", body: bytes | None = None
    ) -> OrderSeen:
        with self._log.call(f"{method} {path}", reference) as call:
            call.answer = await self._exchange.send(method, path, key=key, body=body)
            seen = order_seen(self._good(call.answer), self._currency)
            call.note_order(seen)
        self._known = (seen.order_id, call.reference)
        return seen

    async def _partial_refund(self, order_id: str, amount: Money) -> bytes:
        """Return the body that refunds an amount: it names the payment that was approved."""
        path = _path(order_id)
        with self._log.call(f"GET {path}", self._reference(order_id)) as call:
            call.answer = await self._exchange.send("GET", path)
            tree = parse_json(self._good(call.answer))
        payment = refundable_payment(tree, amount)
        if not payment:
            raise OrderRefused(
                _("{order_id} has no payment to refund", order_id=order_id),
                code="cannot_refund_order",
            )
        return dumps({"transactions": [{"id": payment, "amount": amount.plain()}]}).encode()

    def _good(self, answer: HttpAnswer) -> bytes:
        if not answer.is_good:
            raise call_error(answer.status, answer.headers, answer.body, self._advice)
        refuse_page(answer.status, answer.body)
        return answer.body

    def _reference(self, order_id: str) -> str:
        return self._known[1] if self._known[0] == order_id else ""


def _path(order_id: str, action: str = "") -> str:
    return f"/v1/orders/{urllib.parse.quote(order_id, safe='')}{action}"

"""The client of the older APIs, which put an order *on a point of sale* and have no order ids.

The differences to the Orders API, and what this client does about them:

- **Status.** The service has no status of an order, so its merchant orders are searched by
  ``external_reference``. The order's id is our own: the reference and the second at which the order
  expires, ``REFERENCE.UNIXTIME``. The journal keeps only this id, and a fetch needs nothing else.
- **Expired.** The service never reports it. An order is expired when the service's clock (``Date``)
  is past that second by ``SHOWS_WITHIN``, and no payment was found.
- **No idempotency key.** A repeated create searches first. If the order has been paid, or is being
  paid, that is the answer; else the request is sent again. A PUT, and a POST of the attended model,
  replaces the order on the point of sale by itself. A POST of the dynamic model creates a second
  in-store order. The first one can be paid only through its own ``qr_data``, and nobody has seen
  that, because its answer never arrived and the panel shows only the QR of the last answer.
- **Canceling** deletes the order on the point of sale, even if it is another one; if the service
  can return that order, it is compared first. An order that is not there, and for which no payment
  is found for ``ABSENT_FOR``, is canceled too: the answer to an earlier deletion may be lost.
  An order of the dynamic model is on no point of sale and can't be canceled: always status 409.
- **Refunds** are made for the payments of the merchant order (``POST /v1/payments/{id}/refunds``).
"""

from __future__ import annotations

import logging
import urllib.parse
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from kiosk.base.errors import OrderRefused, OutcomeUnknown
from kiosk.base.language import _
from kiosk.base.money import Currency, Money
from kiosk.orders.account.account_settings import AccountSettings
from kiosk.orders.answers.advice import OLDER_APIS, advice
from kiosk.orders.answers.json_values import (
    money_of,
    parse_json,
    raw_text_at,
    text_at,
    text_of,
    value_at,
)
from kiosk.orders.answers.new_order import checked
from kiosk.orders.answers.order_answer import REFUND_DONE, REFUND_FAILED
from kiosk.orders.answers.refusals import older_call_error, refuse_page
from kiosk.orders.http.call_log import CallLog
from kiosk.orders.http.exact_json import dumps
from kiosk.orders.http.exchange import Exchange, HttpAnswer
from kiosk.orders.http.refund_tries import ask_for_a_minute
from kiosk.orders.http.service_clock import ServiceClock, read_date
from kiosk.orders.older.instore_routes import InstoreOrderId, Routes
from kiosk.orders.older.merchant_orders import SearchResult, read_search
from kiosk.orders.request.extras import without_cash
from kiosk.sale.events import OrderSeen
from kiosk.sale.words import Payment, Sale

# Seconds after which a search certainly finds a payment.
SHOWS_WITHIN = 15.0
# The same for an order that is no longer on its point of sale, for an unknown reason.
ABSENT_FOR = 30.0

_SEARCH = "/merchant_orders/search?external_reference="
_NO_REFERENCE = "kiosk-probe"  # the reference of no sale: those end with a number

log = logging.getLogger("kiosk.orders")


class InstoreOrders:
    """See ``kiosk.orders.Orders``."""

    def __init__(
        self,
        settings: AccountSettings,
        routes: Routes,
        build: Callable[[Sale, float], bytes],
        exchange: Exchange,
        currency: Currency,
        clock: ServiceClock,
        cash_out: Decimal | None = None,
    ) -> None:
        """``build`` returns the request's bytes for a sale and the service's time."""
        self._routes = routes
        self._build = build
        self._exchange = exchange
        self._currency = currency
        self._clock = clock
        self._cash_out = cash_out
        self._needs_qr = settings.needs_qr
        self._advice = advice(settings, OLDER_APIS)
        self._log = CallLog()
        self._never_sent = ""  # the reference of a request that was certainly never sent
        self._absent = ("", 0.0)  # the order that is no longer there, and since when

    def request(self, sale: Sale) -> bytes:
        """Return the body of the create request; its expiry is relative to the service's time."""
        self._never_sent = sale.reference
        return self._build(sale, self._clock.now())

    async def create(self, key: str, request: bytes) -> OrderSeen:  # noqa: ARG002 - there is none
        """Put the order on the point of sale, or return the order of an earlier attempt."""
        tree = parse_json(request)
        reference = text_at(tree, "external_reference")
        expires_at = read_date(text_at(tree, "expiration_date"))
        first_time, self._never_sent = reference == self._never_sent, ""
        if not first_time:
            earlier = await self._fetch(self._order_id(reference, expires_at))
            if (earlier.status, earlier.status_detail) != ("created", "created"):
                return earlier
            if expires_at is not None and self._clock.now() >= expires_at:
                # It may never have been created, or a payment of its last second does not show yet.
                raise OutcomeUnknown(
                    _(
                        "the order's validity is over, and nobody knows yet how it ended; "
                        "nothing to do: the kiosk asks again"
                    )
                )
        routes = self._routes
        answer = await self._send(
            routes.method, routes.create, reference, body=request, headers=routes.headers
        )
        seen = self._created(answer, self._order_id(reference, expires_at))
        return checked(seen, needs_qr=self._needs_qr)

    async def fetch(self, order_id: str) -> OrderSeen:
        """Search the order's merchant orders."""
        return await self._fetch(InstoreOrderId.of(order_id))

    async def cancel(self, order_id: str) -> OrderSeen:
        """Delete the order from its point of sale, and make sure that nobody has paid it."""
        order = InstoreOrderId.of(order_id)
        if not self._routes.delete:
            raise OrderRefused(
                _("an order of the dynamic model can't be canceled; wait until it expires"),
                code="no_cancel",
                status=409,
            )
        deleted = await self._delete(order)
        seen = await self._fetch(order)
        if seen.status != "created":
            return seen
        if seen.status_detail == "created" and (deleted or self._absent_long_enough(order)):
            return _with_status(seen, "canceled")
        raise OrderRefused(
            _("{order_id} is not on its point of sale", order_id=order_id), code="gone", status=409
        )

    async def refund(self, order_id: str, key: str, amount: Money | None = None) -> OrderSeen:
        """Refund the payments of the order, each under a key of its own."""
        order = InstoreOrderId.of(order_id)
        seen, known = await self._search(order)
        if known.status != "processed" or not known.approved:
            message = _(
                "{order_id} is {status}; only a paid order can be refunded",
                order_id=order_id,
                status=seen.status,
            )
            raise OrderRefused(message, code="cannot_refund_order", status=409)
        payments = [known.payment_for(amount)] if amount else known.approved
        underway = [await self._refund_payment(order, payment, key, amount) for payment in payments]
        if any(underway):
            return replace(seen, refund_underway=True)
        if amount is None or (seen.total is not None and amount.amount >= seen.total.amount):
            return _with_status(replace(seen, refunded=seen.paid_amount), "refunded")
        partly = replace(seen, refunded=seen.refunded or amount)
        return _with_status(partly, "processed", "partially_refunded")

    async def probe(self) -> None:
        """Search for an order that does not exist: any answer shows that the token is accepted."""
        answer = await self._send("GET", f"{_SEARCH}{_NO_REFERENCE}", "none (a probe)")
        read_search(answer.body, _NO_REFERENCE, self._currency)

    async def warm(self) -> None:
        """Open the connection."""
        await self._exchange.warm()

    async def aclose(self) -> None:
        """Close the connection."""
        await self._exchange.aclose()

    def _created(self, answer: HttpAnswer, order: InstoreOrderId) -> OrderSeen:
        """Read the answer to a create; the attended model's second version has no body."""
        body = parse_json(answer.body or b"{}")
        if not isinstance(body, dict):
            raise OutcomeUnknown(_("the service's answer is incomplete: it is not a JSON object"))
        return OrderSeen(
            order_id=str(order),
            reference=text_at(body, "external_reference", longest=150) or order.reference,
            status="created",
            status_detail="created",
            total=money_of(value_at(body, "total_amount"), self._currency.code),
            qr_data=raw_text_at(body, "qr_data") or None,
        )

    def _order_id(self, reference: str, expires_at: float | None) -> InstoreOrderId:
        """Return the order's id; without an expiry date, its validity begins now."""
        return InstoreOrderId(
            reference, int(expires_at or self._clock.now() + (self._routes.valid_for or 0))
        )

    async def _fetch(self, order: InstoreOrderId) -> OrderSeen:
        return (await self._search(order))[0]

    async def _search(self, order: InstoreOrderId) -> tuple[OrderSeen, SearchResult]:
        path = _SEARCH + urllib.parse.quote(order.reference, safe="")
        with self._log.call(f"GET {path}", order.reference) as call:
            call.answer = await self._exchange.send("GET", path)
            now = self._clock.update(call.answer.headers)
            known = read_search(self._good(call.answer), order.reference, self._currency)
            seen = self._current_state(order, known, now)
            call.note_order(seen)
        if known.times_paid > 1:
            times = known.times_paid
            log.error("sale %s: paid %d times; refund all but one", order.reference, times)
        return seen, known

    def _current_state(self, order: InstoreOrderId, known: SearchResult, now: float) -> OrderSeen:
        """Return the order in the state that was found, or expired."""
        seen = OrderSeen(
            str(order),
            order.reference,
            known.status,
            known.total,
            known.detail,
            payments=known.payments,
            paid=known.paid,
            refunded=known.refunded,
            charged_back=known.charged_back,
            cash=self._cash_in(known.total),
        )
        over = known.status == "created" and now >= order.expires_at + SHOWS_WITHIN
        return _with_status(seen, "expired") if over and not known.being_paid else seen

    def _cash_in(self, total: Money | None) -> Money | None:
        """Return the cash that is handed out with an order of this total: no answer tells it."""
        if total is None or total.currency != self._currency:
            return None
        bought = without_cash(total, self._cash_out)
        return None if bought == total else Money(total.amount - bought.amount, total.currency)

    async def _delete(self, order: InstoreOrderId) -> bool:
        """Delete the order; return whether it was on the point of sale."""
        if self._clock.now() >= order.expires_at or not await self._is_on_pos(order):
            return False
        try:
            await self._send("DELETE", self._routes.delete, order.reference)
        except OrderRefused as refused:
            if not _is_absent(refused):
                raise
            if self._routes.order_on_pos or "lock" in str(refused).lower():
                # It was there a moment ago, or still is: paid, or being paid. A fetch shows which.
                raise OrderRefused(str(refused), code=refused.code, status=409) from refused
            return False
        return True

    async def _is_on_pos(self, order: InstoreOrderId) -> bool:
        """Return whether the point of sale has our order; True if the service can't tell."""
        if not self._routes.order_on_pos:
            return True
        try:
            answer = await self._send("GET", self._routes.order_on_pos, order.reference)
        except OrderRefused as refused:
            if not _is_absent(refused):
                raise
            return False
        return text_of(value_at(parse_json(answer.body), "external_reference")) == order.reference

    def _absent_long_enough(self, order: InstoreOrderId) -> bool:
        """Return whether the order has been absent so long that a payment would be found."""
        now = self._clock.now()
        if self._absent[0] != str(order):
            self._absent = (str(order), now)
        return now - self._absent[1] >= ABSENT_FOR

    async def _refund_payment(
        self, order: InstoreOrderId, payment: Payment, key: str, amount: Money | None
    ) -> bool:
        """Refund a payment, or an amount of it. Return whether the refund is still under way."""
        own_key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{key}/{payment.id}"))
        body = dumps({"amount": amount.amount} if amount else {}).encode()
        path = f"/v1/payments/{urllib.parse.quote(payment.id, safe='')}/refunds"

        async def ask() -> HttpAnswer:
            return await self._send("POST", path, order.reference, key=own_key, body=body)

        async def is_paid() -> bool:
            return (await self._fetch(order)).status == "processed"

        answer = await ask_for_a_minute(ask, is_paid)
        return _is_underway(payment, answer.body)

    async def _send(
        self,
        method: str,
        path: str,
        reference: str,
        *,
        key: str = "",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpAnswer:
        with self._log.call(f"{method} {path}", reference) as call:
            call.answer = answer = await self._exchange.send(
                method, path, key=key, body=body, headers=headers
            )
            self._clock.update(answer.headers)
            self._good(answer)
        return answer

    def _good(self, answer: HttpAnswer) -> bytes:
        if not answer.is_good:
            raise older_call_error(answer.status, answer.headers, answer.body, self._advice)
        refuse_page(answer.status, answer.body)
        return answer.body


def _is_underway(payment: Payment, body: bytes) -> bool:
    """Return whether the refund that was asked for is not finished; raises CallError without one.

    A word that nobody knows is not finished: a later look shows what became of it.
    """
    tree = parse_json(body)
    if not isinstance(tree, dict):
        raise OutcomeUnknown(_("the service's answer has no refund"))
    status = text_at(tree, "status", longest=64)
    if status in REFUND_FAILED:
        message = _(
            "the refund of payment {id} is {status}; look at it in the account",
            id=payment.id,
            status=status,
        )
        raise OrderRefused(message, code="refund_failed", status=400)
    return bool(status) and status not in REFUND_DONE


def _is_absent(refused: OrderRefused) -> bool:
    """Return whether the point of sale exists, and has no order."""
    words = ("in_store_order_not_found", "in_store_order_delete_error")
    absent = refused.code.endswith(words) or (refused.status == 404 and refused.code == "404")
    return absent and refused.status != 409


def _with_status(seen: OrderSeen, status: str, detail: str = "") -> OrderSeen:
    return replace(seen, status=status, status_detail=detail or status)

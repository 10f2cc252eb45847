"""The client of the older APIs, which put an order *on a point of sale* and know no order ids.

What differs from the Orders API, and what is made of it:

- **Status.** There is none to ask for; merchant orders are searched by ``external_reference``
  instead. So the order's id is our own: the reference and the second at which the order expires,
  ``REFERENCE.UNIXTIME``. It is all that the journal keeps, and all that a look needs.
- **Expired** is never said by the service. It is said here once the service's own clock (``Date``)
  is past that second, some more have passed in which a last payment would have shown, and none has.
- **No idempotency key.** A create that is repeated looks first: if the order has been paid, or is
  being paid, that is the answer. Else it is sent again. A PUT, and a POST of the attended model,
  replaces what is on the point of sale: the order itself. A POST of the dynamic model makes a
  second in-store order; the first is payable through its own ``qr_data`` only, and since its answer
  never came nobody has seen that: harmless exactly because nothing is shown but what the answer to
  the last call brought.
- **Canceling** deletes what is on the point of sale, whatever it is; where the service can tell
  what that is, it is asked first. An order that was not there, and that nobody is found to have
  paid for a while, is canceled too: the answer to an earlier deletion may have been lost. An order
  of the dynamic model that is on no point of sale can't be canceled at all: status 409, for ever.
- **Refunds** go to the payments of the merchant order (``POST /v1/payments/{id}/refunds``).
"""

from __future__ import annotations

import logging
import urllib.parse
import uuid
from collections.abc import Callable, Mapping

from kiosk.base.errors import OrderRefused, OutcomeUnknown
from kiosk.base.money import Currency, Money
from kiosk.orders.account.account_settings import AccountSettings
from kiosk.orders.answers.advice import OLDER_APIS, advice
from kiosk.orders.answers.emvco import without_broken_qr
from kiosk.orders.answers.order_answer import money_of, parse_json, text_at, text_of, value_at
from kiosk.orders.answers.refusals import older_failure
from kiosk.orders.http.call_log import CallLog
from kiosk.orders.http.exact_json import dumps
from kiosk.orders.http.exchange import Exchange, HttpAnswer
from kiosk.orders.http.service_clock import ServiceClock, read_date
from kiosk.orders.older.instore_routes import InstoreOrderId, Routes
from kiosk.orders.older.merchant_orders import Found, Paid, found
from kiosk.sale.events import OrderSeen
from kiosk.sale.words import Sale

# Seconds in which a payment that was made has surely shown up in a search.
SHOWS_WITHIN = 15.0
# The same for an order that has gone from its point of sale, nobody knows why.
GONE_FOR = 30.0

_SEARCH = "/merchant_orders/search?external_reference="
_NOBODY = "kiosk-probe"  # no sale's reference: those end with a number

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
    ) -> None:
        """``build`` makes the request's bytes for a sale at a second of the service's clock."""
        self._routes = routes
        self._build = build
        self._exchange = exchange
        self._currency = currency
        self._clock = clock
        self._advice = advice(settings, OLDER_APIS)
        self._log = CallLog()
        self._fresh = ""  # the reference whose order was surely never asked for
        self._gone = ("", 0.0)  # the order that was not there any more, and since when

    def request(self, sale: Sale) -> bytes:
        """Return the body of the create request; its expiry counts from the service's now."""
        self._fresh = sale.reference
        return self._build(sale, self._clock.now())

    async def create(self, key: str, request: bytes) -> OrderSeen:  # noqa: ARG002 - there is none
        """Put the order on the point of sale, or find what became of an earlier attempt."""
        tree = parse_json(request)
        reference = text_at(tree, "external_reference")
        expires_at = read_date(text_at(tree, "expiration_date"))
        first_time, self._fresh = reference == self._fresh, ""
        if not first_time:
            earlier = await self._look(self._name(reference, expires_at))
            over = expires_at is not None and self._clock.now() >= expires_at
            if over or (earlier.status, earlier.status_detail) != ("created", "created"):
                return earlier
        routes = self._routes
        answer = await self._send(
            routes.method, routes.create, reference, body=request, headers=routes.headers
        )
        return without_broken_qr(self._published(answer, self._name(reference, expires_at)))

    async def fetch(self, order_id: str) -> OrderSeen:
        """Search the order's merchant orders."""
        return await self._look(InstoreOrderId.of(order_id))

    async def cancel(self, order_id: str) -> OrderSeen:
        """Take the order off its point of sale, and make sure that nobody has paid it."""
        name = InstoreOrderId.of(order_id)
        if not self._routes.delete:
            raise OrderRefused(
                "an order of the dynamic model can't be canceled; it lasts until it expires",
                code="no_cancel",
                status=409,
            )
        deleted = await self._delete(name)
        seen = await self._look(name)
        if seen.status != "created":
            return seen
        if seen.status_detail == "created" and (deleted or self._long_gone(name)):
            return _said(seen, "canceled")
        raise OrderRefused(f"{order_id} is not on its point of sale", code="gone", status=409)

    async def refund(self, order_id: str, key: str, amount: Money | None = None) -> OrderSeen:
        """Refund the payments of the order, each under a key of its own."""
        name = InstoreOrderId.of(order_id)
        seen, known = await self._find(name)
        if known.status != "processed" or not known.payments:
            message = f"{order_id} is {seen.status}; only a paid order can be refunded"
            raise OrderRefused(message, code="cannot_refund_order", status=409)
        for payment in known.payments[:1] if amount else known.payments:
            await self._give_back(payment, key, amount, name.reference)
        if amount is None or (seen.total is not None and amount.amount >= seen.total.amount):
            return _said(seen, "refunded")
        return _said(seen, "processed", "partially_refunded")

    async def probe(self) -> None:
        """Search for nobody's order: an answer is a service that knows the token."""
        answer = await self._send("GET", f"{_SEARCH}{_NOBODY}", "none (a probe)")
        found(answer.body, _NOBODY, self._currency)

    async def warm(self) -> None:
        """Open the connection."""
        await self._exchange.warm()

    async def aclose(self) -> None:
        """Close the connection."""
        await self._exchange.aclose()

    def _published(self, answer: HttpAnswer, name: InstoreOrderId) -> OrderSeen:
        """Return what the answer to a create says; the attended model's second version is mute."""
        body = parse_json(answer.body or b"{}")
        if not isinstance(body, dict):
            raise OutcomeUnknown("the service's answer is cut short; it is no JSON object")
        return OrderSeen(
            order_id=str(name),
            reference=text_at(body, "external_reference") or name.reference,
            status="created",
            status_detail="created",
            total=money_of(value_at(body, "total_amount"), self._currency.code),
            qr_data=text_at(body, "qr_data") or None,
        )

    def _name(self, reference: str, expires_at: float | None) -> InstoreOrderId:
        """Return the order's id; where no date was sent, it lives from now on."""
        return InstoreOrderId(
            reference, int(expires_at or self._clock.now() + (self._routes.lives or 0))
        )

    async def _look(self, name: InstoreOrderId) -> OrderSeen:
        return (await self._find(name))[0]

    async def _find(self, name: InstoreOrderId) -> tuple[OrderSeen, Found]:
        path = _SEARCH + urllib.parse.quote(name.reference, safe="")
        with self._log.call(f"GET {path}", name.reference) as call:
            call.answer = await self._exchange.send("GET", path)
            now = self._clock.update(call.answer.headers)
            known = found(self._good(call.answer), name.reference, self._currency)
            seen = self._standing(name, known, now)
            call.saw(seen)
        if known.times_paid > 1:
            times = known.times_paid
            log.error("sale %s: paid %d times; refund all but one", name.reference, times)
        return seen, known

    def _standing(self, name: InstoreOrderId, known: Found, now: float) -> OrderSeen:
        """Return how the order stands: as it was found, or expired."""
        seen = OrderSeen(str(name), name.reference, known.status, known.total, known.detail)
        over = known.status == "created" and now >= name.expires_at + SHOWS_WITHIN
        return _said(seen, "expired") if over and not known.being_paid else seen

    async def _delete(self, name: InstoreOrderId) -> bool:
        """Return whether the order was on the point of sale, and is not any more."""
        if self._clock.now() >= name.expires_at or not await self._is_held(name):
            return False
        try:
            await self._send("DELETE", self._routes.delete, name.reference)
        except OrderRefused as refused:
            if not _is_absent(refused):
                raise
            if self._routes.held or "lock" in str(refused).lower():
                # It was there a moment ago, or is: paid, or being paid. A look will tell.
                raise OrderRefused(str(refused), code=refused.code, status=409) from refused
            return False
        return True

    async def _is_held(self, name: InstoreOrderId) -> bool:
        """Return whether the point of sale holds our order, as far as the service tells."""
        if not self._routes.held:
            return True
        try:
            answer = await self._send("GET", self._routes.held, name.reference)
        except OrderRefused as refused:
            if not _is_absent(refused):
                raise
            return False
        return text_of(value_at(parse_json(answer.body), "external_reference")) == name.reference

    def _long_gone(self, name: InstoreOrderId) -> bool:
        """Return whether the order has not been there for so long that a payment would show."""
        now = self._clock.now()
        if self._gone[0] != str(name):
            self._gone = (str(name), now)
        return now - self._gone[1] >= GONE_FOR

    async def _give_back(self, payment: Paid, key: str, amount: Money | None, about: str) -> None:
        own_key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{key}/{payment.id}"))
        body = dumps({"amount": amount.amount} if amount else {}).encode()
        path = f"/v1/payments/{urllib.parse.quote(payment.id, safe='')}/refunds"
        await self._send("POST", path, about, key=own_key, body=body)

    async def _send(
        self,
        method: str,
        path: str,
        about: str,
        *,
        key: str = "",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpAnswer:
        with self._log.call(f"{method} {path}", about) as call:
            call.answer = answer = await self._exchange.send(
                method, path, key=key, body=body, headers=headers
            )
            self._clock.update(answer.headers)
            self._good(answer)
        return answer

    def _good(self, answer: HttpAnswer) -> bytes:
        if not answer.is_good:
            raise older_failure(answer.status, answer.headers, answer.body, self._advice)
        return answer.body


def _is_absent(refused: OrderRefused) -> bool:
    """Return whether the point of sale was found, and has no order."""
    words = ("in_store_order_not_found", "in_store_order_delete_error")
    absent = refused.code.endswith(words) or (refused.status == 404 and refused.code == "404")
    return absent and refused.status != 409


def _said(seen: OrderSeen, status: str, detail: str = "") -> OrderSeen:
    return OrderSeen(seen.order_id, seen.reference, status, seen.total, detail or status)

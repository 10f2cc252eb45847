"""The checklist of the migration guide, checked with one small order. For ``kiosk doctor``.

The order never stays payable: it is canceled in any case, and fetched until it has ended. It is
valid for half a minute only, in case this computer fails in the meantime.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Awaitable, Callable
from contextlib import aclosing

import anyio

from kiosk.base.environment import Environment
from kiosk.base.errors import CallError, NotSent, OutcomeUnknown
from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.base.money import Money
from kiosk.orders import Orders
from kiosk.orders.account.account_settings import AccountSettings
from kiosk.orders.dynamic_qr import DynamicQrSettings
from kiosk.orders.mercadopago import MercadoPagoSettings
from kiosk.sale.events import OrderSeen
from kiosk.sale.verdict import judge
from kiosk.sale.words import Outcome, Sale

VALID_FOR = 30.0  # seconds; the shortest validity that the service accepts
SETTLES_WITHIN = 90.0  # seconds; by then an order has expired in every API
# Small, but above the minimum of each country.
AMOUNTS = {"ARS": "15.00", "BRL": "1.00", "CLP": "100", "UYU": "15.00"}


@frozen
class ChecklistItem:
    """A line of the checklist. ``ticked`` is None if it was not checked or can't be checked."""

    what: str
    ticked: bool | None
    why: str


async def check_order(
    settings: AccountSettings, currency: str, reference: str, environment: Environment
) -> list[ChecklistItem]:
    """Create, read and cancel an order with these settings. Return the checked items."""
    if isinstance(settings, DynamicQrSettings) and settings.mode == "dynamic":
        return [
            ChecklistItem(
                _("order created"), None, _("this API can't cancel it, so no order is created")
            )
        ]
    orders = settings.open(expires_after=VALID_FOR, currency=currency, environment=environment)
    sale = Sale(reference, Money.of(AMOUNTS[currency], currency), "doctor")
    async with aclosing(orders):
        return await _OrderCheck(orders, sale, settings).items()


class _OrderCheck:
    def __init__(self, orders: Orders, sale: Sale, settings: AccountSettings) -> None:
        self._orders = orders
        self._sale = sale
        self._settings = settings
        self._mode = getattr(settings, "mode", "static")
        self._key = str(uuid.uuid4())
        self._request = orders.request(sale)
        self._created: list[str] = []  # order ids; more than one is a fault of the service

    async def items(self) -> list[ChecklistItem]:
        """Go through the list. Close every order that was created, in any case."""
        items: list[ChecklistItem] = []
        try:
            await self._check(items)
        except CallError as error:
            items.append(
                ChecklistItem(
                    _("order created and read ({mode})", mode=self._mode), False, str(error)
                )
            )
        finally:
            with anyio.CancelScope(shield=True):
                items += [await self._closed(order_id) for order_id in self._created]
        return [*items, *_not_checked()]

    async def _check(self, items: list[ChecklistItem]) -> None:
        seen = await self._create()
        has_qr = not self._settings.needs_qr or bool(seen.qr_data)
        why = _("correct") if has_qr else "the answer has no qr_data"
        good = seen.status == "created" and has_qr
        items.append(ChecklistItem(_("order created ({mode})", mode=self._mode), good, why))
        items.append(ChecklistItem(_("its id captured"), bool(seen.order_id), seen.order_id))
        items.append(await self._repeated(seen.order_id))
        items.append(await self._read(seen.order_id))

    async def _create(self) -> OrderSeen:
        seen = await _with_retries(lambda: self._orders.create(self._key, self._request))
        if seen.order_id not in self._created:
            self._created.append(seen.order_id)
        return seen

    async def _repeated(self, order_id: str) -> ChecklistItem:
        """Check that a create repeated with its key brings the same order."""
        what = _("the key header makes a repeated create harmless")
        if not isinstance(self._settings, MercadoPagoSettings):
            return ChecklistItem(what, None, _("the older APIs have no keys"))
        same = (await self._create()).order_id == order_id
        return ChecklistItem(
            what, same, _("the same order came back") if same else _("a second order was created")
        )

    async def _read(self, order_id: str) -> ChecklistItem:
        seen = await _with_retries(lambda: self._orders.fetch(order_id))
        good = seen.status == "created" and seen.total in (self._sale.amount, None)
        return ChecklistItem(
            _("order read"), good, f"{seen.status}, {seen.total or _('no amount yet')}"
        )

    async def _closed(self, order_id: str) -> ChecklistItem:
        """Cancel until it has ended, as the sale machine does."""
        sale = dataclasses.replace(self._sale, order_id=order_id)
        with anyio.move_on_after(SETTLES_WITHIN):
            while True:
                outcome = await self._outcome(sale)
                if outcome is not None:
                    return ChecklistItem(
                        _("order canceled"),
                        outcome is Outcome.CANCELED,
                        _("the order is {outcome}", outcome=outcome),
                    )
                await anyio.sleep(1)
        return ChecklistItem(
            _("order canceled"),
            False,
            _(
                "{order_id} may still be payable; see kiosk orders show {order_id}",
                order_id=order_id,
            ),
        )

    async def _outcome(self, sale: Sale) -> Outcome | None:
        for question in (self._orders.cancel, self._orders.fetch):
            try:
                standing = judge(sale, await question(sale.order_id))
            except CallError:
                continue  # the next question or the next round decides
            if isinstance(standing, Outcome):
                return standing
        return None


def _not_checked() -> list[ChecklistItem]:
    return [
        ChecklistItem(
            _("notices of the topic Order received"), None, _("the kiosk needs none: it polls")
        ),
        ChecklistItem(
            _("order refunded"),
            None,
            _("pay an order in the app, then run: kiosk orders refund ID"),
        ),
    ]


async def _with_retries(call: Callable[[], Awaitable[OrderSeen]]) -> OrderSeen:
    """Repeat a call with an unknown outcome for as long as an unknown order could be payable."""
    until = anyio.current_time() + VALID_FOR + 5
    while True:
        try:
            return await call()
        except (OutcomeUnknown, NotSent) as error:
            if anyio.current_time() >= until:
                raise
            await anyio.sleep(min(error.retry_after or 1, VALID_FOR))

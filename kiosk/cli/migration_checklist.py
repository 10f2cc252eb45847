"""The check-list of the guide for migrating, gone through with one small order. For the doctor.

The order is never left payable: it is canceled whatever happens, and looked at until it has ended;
and it lives for half a minute only, should this computer die meanwhile.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

import anyio

from kiosk.base.environment import Environment
from kiosk.base.errors import CallError, NotSent, OutcomeUnknown
from kiosk.base.money import Money
from kiosk.orders import Orders
from kiosk.orders.account.account_settings import AccountSettings
from kiosk.orders.dynamic_qr import DynamicQrSettings
from kiosk.orders.mercadopago import MercadoPagoSettings
from kiosk.sale.events import OrderSeen
from kiosk.sale.verdict import judge
from kiosk.sale.words import Outcome, Sale

LIVES = 30.0  # seconds; the shortest that the service takes
SETTLES_WITHIN = 90.0  # seconds; an order that expires has ended by then in any API
# Small, but not too small for the country's service.
AMOUNTS = {"ARS": "15.00", "BRL": "1.00", "CLP": "100", "UYU": "15.00"}


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """A line of the check-list. ``ticked`` is None where it was not, or can't be, examined."""

    what: str
    ticked: bool | None
    why: str


async def examine(
    settings: AccountSettings, currency: str, reference: str, environment: Environment
) -> list[ChecklistItem]:
    """Create, read and cancel an order by these settings; return what was found."""
    if isinstance(settings, DynamicQrSettings) and settings.mode == "dynamic":
        return [ChecklistItem("order created", None, "this API can't cancel it, so none is made")]
    orders = settings.open(expires_after=LIVES, currency=currency, environment=environment)
    sale = Sale(reference, Money.of(AMOUNTS[currency], currency), "doctor")
    async with aclosing(orders):
        return await _Examination(orders, sale, settings).boxes()


class _Examination:
    def __init__(self, orders: Orders, sale: Sale, settings: AccountSettings) -> None:
        self._orders = orders
        self._sale = sale
        self._settings = settings
        self._mode = getattr(settings, "mode", "static")
        self._key = str(uuid.uuid4())
        self._request = orders.request(sale)
        self._made: list[str] = []  # ids of orders; more than one only if the service is at fault

    async def boxes(self) -> list[ChecklistItem]:
        """Go through the list, and close what was made in any case."""
        boxes: list[ChecklistItem] = []
        try:
            await self._fill(boxes)
        except CallError as error:
            boxes.append(ChecklistItem(f"order created and read ({self._mode})", False, str(error)))
        finally:
            with anyio.CancelScope(shield=True):
                boxes += [await self._closed(order_id) for order_id in self._made]
        return [*boxes, *_NOT_EXAMINED]

    async def _fill(self, boxes: list[ChecklistItem]) -> None:
        seen = await self._create()
        has_code = not self._settings.needs_qr or bool(seen.qr_data)
        why = "as it should be" if has_code else "the answer holds no qr_data"
        good = seen.status == "created" and has_code
        boxes.append(ChecklistItem(f"order created ({self._mode})", good, why))
        boxes.append(ChecklistItem("its id captured", bool(seen.order_id), seen.order_id))
        boxes.append(await self._repeated(seen.order_id))
        boxes.append(await self._read(seen.order_id))

    async def _create(self) -> OrderSeen:
        seen = await _patiently(lambda: self._orders.create(self._key, self._request))
        if seen.order_id not in self._made:
            self._made.append(seen.order_id)
        return seen

    async def _repeated(self, order_id: str) -> ChecklistItem:
        """A create that is repeated under its key must bring the same order."""
        what = "the key header makes a repeated create harmless"
        if not isinstance(self._settings, MercadoPagoSettings):
            return ChecklistItem(what, None, "the older APIs know no keys")
        same = (await self._create()).order_id == order_id
        return ChecklistItem(
            what, same, "the same order came back" if same else "a second order was made"
        )

    async def _read(self, order_id: str) -> ChecklistItem:
        seen = await _patiently(lambda: self._orders.fetch(order_id))
        good = seen.status == "created" and seen.total in (self._sale.amount, None)
        return ChecklistItem("order read", good, f"{seen.status}, {seen.total or 'no amount yet'}")

    async def _closed(self, order_id: str) -> ChecklistItem:
        """Cancel until it has ended, as the sale machine would."""
        sale = dataclasses.replace(self._sale, order_id=order_id)
        with anyio.move_on_after(SETTLES_WITHIN):
            while True:
                outcome = await self._ending(sale)
                if outcome is not None:
                    return ChecklistItem(
                        "order canceled", outcome is Outcome.CANCELED, f"it is {outcome}"
                    )
                await anyio.sleep(1)
        return ChecklistItem(
            "order canceled", False, f"{order_id} may still be payable; look at it"
        )

    async def _ending(self, sale: Sale) -> Outcome | None:
        for question in (self._orders.cancel, self._orders.fetch):
            try:
                standing = judge(sale, await question(sale.order_id))
            except CallError:
                continue  # the next question, or the next round, will tell
            if isinstance(standing, Outcome):
                return standing
        return None


_NOT_EXAMINED = (
    ChecklistItem("notices of the topic Order received", None, "the kiosk asks, and needs none"),
    ChecklistItem("order refunded", None, "pay one in the app, then: kiosk orders refund ID"),
)


async def _patiently(call: Callable[[], Awaitable[OrderSeen]]) -> OrderSeen:
    """Repeat a call whose outcome is unknown for as long as an order could be alive unknown."""
    until = anyio.current_time() + LIVES + 5
    while True:
        try:
            return await call()
        except (OutcomeUnknown, NotSent) as error:
            if anyio.current_time() >= until:
                raise
            await anyio.sleep(min(error.retry_after or 1, LIVES))

"""What is outside of the counter: the payer, the network, and the service behind it.

``Outside`` performs their acts on the fake service: for the bench, and for scenarios in any time.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import anyio
from anyio.abc import TaskGroup
from PIL import Image

from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.simulator.acts.act import Act
from kiosk.simulator.acts.outside_acts import NetworkAct, PayerAct, ServiceAct
from kiosk.simulator.faults.fault_actions import FaultRule
from kiosk.simulator.faults.fault_rules import Faults, parse
from kiosk.simulator.faults.network_trouble import rules_of
from kiosk.simulator.payers_phone import PayersPhone, Scanned
from kiosk.simulator.service.order import Order, OrderStatus
from kiosk.simulator.service.order_book import NotPayable, OrderBook


@frozen
class NetworkNow:
    """How the network is, and until when, in Unix seconds; None for ever."""

    act: NetworkAct
    until: float | None = None


class Outside:
    """Performs acts. ``clock`` returns Unix seconds, and ``picture`` what is on the panel, or None.

    What an act does later is done in ``tasks`` after ``sleep``; ``later`` is called with a sentence
    for each of these that fails.
    """

    def __init__(
        self,
        order_book: OrderBook,
        faults: Faults,
        clock: Callable[[], float],
        picture: Callable[[], Image.Image | None],
        tasks: TaskGroup,
        sleep: Callable[[float], Awaitable[Any]] = anyio.sleep,
        failed_later: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        self.phone = PayersPhone(order_book, clock)
        self.network = NetworkNow(NetworkAct())
        self._order_book, self._faults = order_book, faults
        self._clock, self._picture = clock, picture
        self._tasks, self._sleep, self._failed_later = tasks, sleep, failed_later
        self._service_rules: list[FaultRule] = []

    def perform(self, act: Act) -> None:
        """Perform a ``payer``, ``network`` or ``service`` act. Raises NotPayable."""
        match act.value:
            case PayerAct() as payer:
                self.payer(payer)
            case NetworkAct() as network:
                self.set_network(network)
            case ServiceAct() as service:
                self.set_service(service)
            case _:
                raise TypeError(f"{act.name} happens at the counter")

    # --- the payer ----------------------------------------------------------------------------

    def payer(self, act: PayerAct) -> None:
        """Let the payer do it. Raises NotPayable, with what the payer is told."""
        if act.does in ("pays", "declines", "scans"):
            self._scan(act)
        match act.does:
            case "pays":
                self._after(act, lambda: self.phone.pay(act.amount or "", act.takes))
            case "declines":
                self._after(act, self.phone.decline)
            case "walks_away":
                self._after(act, self.phone.walk_away)
            case "refunds":
                takes = self._order_book.options.refund_takes
                self._after(act, lambda: self.phone.refund(act.amount or "", takes))

    def _scan(self, act: PayerAct) -> Scanned | None:
        """Return the code of this act. A payer who has scanned a payable code does not scan again.

        If the scanned code can't be paid any more, the payer scans what is on the panel now.
        """
        scanned = self.phone.order()
        if act.does != "scans" and scanned and not self._is_over(scanned):
            return self.phone.scanned
        if act.printed:
            return self.phone.scan_printed_code(next(iter(self._order_book.options.points_of_sale)))
        picture = self._picture()
        if act.does != "scans" and scanned and self.phone.sees(picture) in (None, scanned):
            return self.phone.scanned  # paying it says what is wrong
        return self.phone.scan(picture)

    def _is_over(self, order: Order) -> bool:
        return order.status is not OrderStatus.CREATED

    def _after(self, act: PayerAct, do: Callable[[], object]) -> None:
        if act.after:
            self._tasks.start_soon(self._do_later, act.after, do)
        else:
            do()

    async def _do_later(self, seconds: float, do: Callable[[], object]) -> None:
        await self._sleep(seconds)
        try:
            do()
        except NotPayable as refused:
            self._failed_later(_("the payer is told: {reason}", reason=refused))

    # --- the network and the service ----------------------------------------------------------

    def set_network(self, act: NetworkAct) -> None:
        """Put the network into this state, for ever or for the time that the act states."""
        until = self._clock() + act.lasts if act.lasts else None
        self.network = now = NetworkNow(act, until)
        self._apply()
        if act.lasts:
            self._tasks.start_soon(self._end_later, now, act.lasts)

    async def _end_later(self, trouble: NetworkNow, seconds: float) -> None:
        await self._sleep(seconds)
        if self.network is trouble:
            self.set_network(NetworkAct())

    def set_service(self, act: ServiceAct) -> None:
        """Let the service do what its documents do not promise."""
        if act.order_status is not None:
            status = {"do": "other_status", "value": act.order_status, "call": "get"}
            self._service_rules = parse([status] if act.order_status else [])
            self._apply()
        if act.refund_takes is not None:
            options = self._order_book.options
            self._order_book.options = replace(options, refund_takes=act.refund_takes)
        if act.expires_later is not None and (orders := self._order_book.stored_orders()):
            orders[0].expires_at += act.expires_later

    def _apply(self) -> None:
        self._faults.clear()
        self._faults.add([*rules_of(self.network.act), *self._service_rules])

"""A counter that sells as fast as it can over a wire that forgets connections at random."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import httpx
from anyio.from_thread import start_blocking_portal

from kiosk.simulator.service.options import ServiceOptions
from tests.e2e.quick_cashier import QuickCashier, add_command_input
from tests.e2e.rig import Api, Counter, fake_api
from tests.support.forgetful_router import ForgetfulRouter, forgetful_router

CHANCES = {"as_it_opens": 0.02, "while_idle": 0.05, "with_an_answer": 0.003}


@dataclass(frozen=True)
class Sold:
    """The rows of the journal, the service's orders, and how often the wire forgot."""

    sales: list[dict[str, Any]]
    orders: list[dict[str, Any]]
    forgotten: int

    @property
    def wrong(self) -> int:
        """Return how many sales are not paid with exactly the order of their own."""
        made = [(order["external_reference"], order["id"]) for order in self.orders]
        right = [
            sale
            for sale in self.sales
            if sale["outcome"] == "paid" and made.count((sale["reference"], sale["order_id"])) == 1
        ]
        return max(len(self.sales), len(made)) - len(right)


@contextmanager
def router_before(api: Api, **chances: float) -> Iterator[ForgetfulRouter]:
    """Run a router between a counter and this service."""
    port = httpx.URL(api.url).port
    assert port
    with start_blocking_portal("asyncio") as portal:
        router = portal.call(lambda: forgetful_router(port, Random(1), **chances))
        with portal.wrap_async_context_manager(router) as running:
            yield running


def sell(folder: Path, sales: int) -> Sold:
    """Sell to payers who pay at once. Each lost answer costs a second or more."""
    service = ServiceOptions(pay_after=0.001)
    with fake_api(service) as api, router_before(api, **CHANCES) as router:
        counter = Counter(folder, router.url, folder / "no register")
        counter.change("  mode: dynamic", "  mode: dynamic\n  read_timeout: 1 s")
        add_command_input(counter)
        with counter.running():
            counter.becomes("idle")
            with QuickCashier(counter) as cashier:
                for number in range(sales):
                    cashier.sell(number)
            counter.becomes("finished")
        return Sold(counter.sales(), api.orders(), sum(router.forgotten.values()))

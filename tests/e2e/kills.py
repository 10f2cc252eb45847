"""Kill the daemon at random moments, many times, while payers pay at random.

``python -m tests.e2e.kills --kills 300`` takes a quarter of an hour; the test suite does a few.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from select import select
from time import monotonic
from typing import Any

from tests.e2e.rig import Api, Counter, Register, counter_in
from tests.support.processes import eventually, power_cut

OUTCOME_OF = {"processed": "paid", "canceled": "canceled", "expired": "expired"}


def live_through(kills: int, seed: int, folder: Path) -> str:
    """Kill the daemon this many times; return a summary. AssertionError if something is lost."""
    rng = Random(seed)
    with counter_in(folder) as (api, register, counter):
        for _ in range(kills):
            _a_short_life(rng, api, register, counter)
        with counter.running():
            eventually(lambda: counter.status()["state"] in ("idle", "finished"))
            eventually(lambda: all(sale["outcome"] for sale in counter.sales()))
        return f"{kills} kills, {agreement(api.orders(), counter.sales())}"


def _a_short_life(rng: Random, api: Api, register: Register, counter: Counter) -> None:
    with counter.running() as daemon:
        end = monotonic() + rng.uniform(0.2, 4.5)
        while (left := end - monotonic()) > 0:
            select([], [], [], min(left, rng.uniform(0.0, 0.4)))
            something_happens(rng, api, register.send)
            payable = [order for order in api.orders() if order["status"] == "created"]
            assert len(payable) <= 1, f"payable at once: {payable}"
        power_cut(daemon)


def something_happens(rng: Random, api: Api, ring_up: Callable[[bytes], None]) -> None:
    """Let the cashier, a payer, or nobody do something."""
    chance = rng.random()
    if chance < 0.35:
        ring_up(f"TOTAL {rng.randint(15, 999)},{rng.randint(0, 99):02}\r\n".encode())
    elif chance < 0.6:
        for order in api.orders()[:1]:
            if order["status"] == "created":
                # If the order ends at this moment, the payer's app refuses.
                api.http.post(f"/simulator/orders/{order['id']}/pay")


def agreement(orders: list[dict[str, Any]], rows: list[dict[str, Any]]) -> str:
    """Compare the service's orders with the journal's rows; AssertionError if they differ."""
    sales = {sale["reference"]: sale for sale in rows}
    for order in orders:
        sale = sales[order["external_reference"]]
        assert sale["outcome"] == OUTCOME_OF[order["status"]], (sale, order)
        assert sale["order_id"] == order["id"]
    references = [order["external_reference"] for order in orders]
    assert len(set(references)) == len(references), "two orders for one sale"
    paid = sum(order["status"] == "processed" for order in orders)
    return f"{len(sales)} sales, {len(orders)} orders, {paid} paid: all agree"


def main(program: str, live_through: Callable[[int, int, Path], str], kills: int) -> int:
    """Run as many kills as the command line asks for; ``kills`` if it does not say."""
    parser = argparse.ArgumentParser(prog=f"python -m {program}")
    parser.add_argument("--kills", type=int, default=kills)
    parser.add_argument("--seed", type=int, default=1)
    words = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(live_through(words.kills, words.seed, Path(folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main("tests.e2e.kills", live_through, kills=300))

"""A sale as scripts with the official SDK do it: create the order, then look each two seconds.

The SDK itself, package ``mercadopago``: each of its calls opens a new connection. It runs in a process
of its own, so that its processor time and its bytes can be counted.

    selling = start(service, wire)      # beside it, something else can be measured
    spent = result(selling)             # waits until it has sold
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from threading import Event
from typing import Any

import mercadopago

from tests.bench.service import Service
from tests.bench.wire import Wire
from tests.orders.live import ToService
from tests.simulator.counter import order

PACE = 2.0  # seconds between two looks


@dataclass(frozen=True)
class Spent:
    """What the sales cost. The imports, and one look to warm up, are not in it."""

    cpu: float  # seconds of processor time
    seconds: float
    calls: int
    qr_after: float  # seconds from the first amount to its qr_data


def start(
    service: Service, wire: Wire | None = None, sales: int = 1, pace: float = PACE
) -> subprocess.Popen[str]:
    """Begin to sell. The service must have ``pay_after``."""
    words = [*(wire.inside if wire else ()), sys.executable, "-m", "tests.bench.sdk"]
    return subprocess.Popen(
        [*words, service.url, str(sales), str(pace)],
        env={**os.environ, **service.environ},
        stdout=subprocess.PIPE,
        text=True,
    )


def result(selling: subprocess.Popen[str]) -> Spent:
    """Wait until everything is sold, and return what it cost."""
    out, _ = selling.communicate()
    assert selling.returncode == 0, "the SDK did not sell"
    return Spent(**json.loads(out))


def sell(orders: Any, pace: float, sale: int) -> tuple[int, float]:
    """Sell once; return how many calls it took, and the seconds until qr_data was there."""
    begun, calls = time.monotonic(), 1
    made = orders.create(order(external_reference=f"sdk-{os.getpid()}-{sale}"))
    assert made["status"] == 201, made
    qr_after = time.monotonic() - begun
    assert made["response"]["type_response"]["qr_data"]
    nobody = Event()
    while True:
        nobody.wait(pace)
        calls += 1
        if orders.get(made["response"]["id"])["response"]["status"] == "processed":
            return calls, qr_after


def main(url: str, sales: int, pace: float) -> None:
    """Sell, and print what it cost."""
    orders = mercadopago.SDK("APP_USR-1", http_client=ToService(url)).order()
    orders.get("ORD" + "0" * 26)
    begun, cpu = time.monotonic(), time.process_time()
    sold = [sell(orders, pace, sale) for sale in range(sales)]
    spent = Spent(
        time.process_time() - cpu,
        time.monotonic() - begun,
        sum(calls for calls, _ in sold),
        sold[0][1],
    )
    print(json.dumps(vars(spent)))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))

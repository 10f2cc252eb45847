"""What the link costs a kiosk: the memory of a real daemon with it, and without it.

python -m tests.bench.fleet_memory
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from shutil import which

from tests.bench.compiled import compiled
from tests.bench.daemon import shop
from tests.bench.fleet import bench_broker
from tests.bench.linked_counters import PASSWORD
from tests.bench.memory import of_the_unit
from tests.bench.table import Row, print_rows

WHAT = "memory of a kiosk with the link: one without"
FLEET = """
fleet:
  broker: mqtt://127.0.0.1:{port}
  shop: shop1
  password: {{env: KIOSK_BENCH_PASSWORD}}
"""


def measure() -> Iterator[Row]:
    """Yield the row, of daemons that have sold."""
    if not which("mosquitto"):
        yield Row(WHAT, None, 4.0, "MiB", "mosquitto is missing")
        return
    os.environ[PASSWORD] = "x" * 32
    with compiled() as python, bench_broker("plain") as broker:
        resident("", python.settings)  # compiles, which takes memory too
        without, linked = (
            resident(section, python.settings) for section in ("", FLEET.format(port=broker.port))
        )
    note = f"{without:.1f} MiB without, {linked:.1f} MiB with it"
    yield Row(WHAT, linked - without, 4.0, "MiB", note)


def resident(section: str, settings: dict[str, str]) -> float:
    """Return the MiB of a daemon with this section of its configuration, after three sales."""
    with shop() as counter:
        counter.config.write_text(counter.config.read_text() + section)
        with counter.at_work(**settings, **of_the_unit()) as daemon:
            for number in range(3):
                counter.rings_up(20 + number)
                counter.becomes("paying")
                counter.service.api.pay(counter.service.api.orders()[0]["id"])
                assert counter.register.hears().startswith(b"PAID ")
            return daemon.rss()


if __name__ == "__main__":
    print_rows(measure())

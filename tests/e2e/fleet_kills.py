"""Kill the daemon or its broker at random moments, many times, while payers pay at random.

``python -m tests.e2e.fleet_kills --kills 50`` takes some minutes; the test suite does a few. A viewer
listens all the time. It must hear the last end of each sale, and may hear it twice.
"""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from random import Random
from select import select
from time import monotonic

from tests.e2e.kills import agreement, main, something_happens
from tests.e2e.rig import Api, Counter, Register, counter_in
from tests.fleet.mosquitto import PASSWORD, Mosquitto, Viewer, running_broker
from tests.support.processes import eventually, power_cut


def live_through(kills: int, seed: int, folder: Path) -> str:
    """Kill one of them this many times; return a summary. AssertionError if a sale is lost."""
    rng = Random(seed)
    (folder / "broker").mkdir()
    with ExitStack() as stack:
        api, register, counter = stack.enter_context(counter_in(folder))
        broker = stack.enter_context(running_broker(folder / "broker"))
        viewer = stack.enter_context(broker.viewer())
        text = counter.config.read_text()
        counter.config.write_text(text + broker.section)
        for number in range(kills):
            _a_short_life(rng, api, register, counter, broker)
            # The viewer has no session that outlives the broker: what is told before it is back,
            # it does not hear.
            eventually(partial(_is_heard, viewer, broker, number))
        with counter.running(BROKER_PASSWORD=PASSWORD):
            eventually(lambda: counter.status()["state"] in ("idle", "finished"))
            eventually(lambda: all(sale["outcome"] for sale in counter.sales()))
            ended = {sale["reference"]: sale["outcome"] for sale in counter.sales()}

            def told() -> bool:
                heard = viewer.messages("counter-1/sale")
                return {each["reference"]: each["outcome"] for each in heard} == ended

            eventually(told)
        more = len(viewer.messages("counter-1/sale")) - len(ended)
        return f"{kills} kills, {agreement(api.orders(), counter.sales())}; {more} told again"


def _a_short_life(
    rng: Random, api: Api, register: Register, counter: Counter, broker: Mosquitto
) -> None:
    with counter.running(BROKER_PASSWORD=PASSWORD) as daemon:
        end = monotonic() + rng.uniform(0.2, 5.0)
        while (left := end - monotonic()) > 0:
            select([], [], [], min(left, rng.uniform(0.0, 0.4)))
            something_happens(rng, api, register.send)
        if rng.random() < 0.4:
            broker.kill()
            something_happens(rng, api, register.send)
            select([], [], [], rng.uniform(0.0, 1.0))
            broker.start()
        power_cut(daemon)


def _is_heard(viewer: Viewer, broker: Mosquitto, number: int) -> bool:
    """Publish a number for a kiosk that does not exist; return whether the viewer has heard it."""
    topic = "shop1/nobody/in/hint"
    broker.publish("relay", f"kiosk/v1/{topic}", json.dumps({"number": number}))
    return {"number": number} in viewer.messages(topic)


if __name__ == "__main__":
    sys.exit(main("tests.e2e.fleet_kills", live_through, kills=50))

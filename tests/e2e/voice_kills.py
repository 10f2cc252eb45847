"""Kill the daemon around payments, many times: nothing is said twice, and what can be said is said.

``python -m tests.e2e.voice_kills --kills 50`` takes some minutes; the test suite does a few.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections import Counter as Count
from contextlib import closing
from pathlib import Path
from random import Random
from select import select

from tests.e2e.kills import main
from tests.e2e.rig import Api, Counter, Register, counter_in
from tests.support.processes import eventually, power_cut

NO_VOICE = "signals.jsonl}"
VOICE = "signals.jsonl, voice: {}}"


def live_through(kills: int, seed: int, folder: Path) -> str:
    """Kill the daemon this many times; return a summary. AssertionError if a result is said twice."""
    rng = Random(seed)
    with counter_in(folder) as (api, register, counter):
        counter.change(NO_VOICE, VOICE)
        for number in range(kills):
            _a_sale_and_a_kill(rng, 20 + number, api, register, counter)
        with counter.running():
            counter.becomes("idle")
        return _judged(counter, kills)


def _a_sale_and_a_kill(
    rng: Random, amount: int, api: Api, register: Register, counter: Counter
) -> None:
    """Sell an amount that no other sale has; cut the power within a second of the payment."""
    with counter.running() as daemon:
        counter.becomes("idle")  # after the result that may have to be said
        register.send(f"TOTAL {amount},00\r\n".encode())
        counter.becomes("paying")
        api.pay(api.orders()[0]["id"])
        if rng.random() < 0.7:  # at the end of the sale, and not before the kiosk looks
            eventually(lambda: counter.sales()[-1]["outcome"])
            select([], [], [], rng.uniform(0, 0.1))
        else:
            select([], [], [], rng.uniform(0, 3.0))
        power_cut(daemon)


def _judged(counter: Counter, kills: int) -> str:
    said = Count(said_in(counter.folder))
    assert all(times == 1 for times in said.values()), said
    begun = results_begun(counter.journal)
    sales = [sale for sale in counter.sales() if sale["outcome"] == "paid"]
    silent = [sale["reference"] for sale in sales if sale["reference"] not in begun]
    assert not silent, f"never begun: {silent}"
    return f"{kills} kills, {len(sales)} paid, {len(said)} said, each once"


def said_in(folder: Path) -> list[str]:
    """Return all that the voice has said."""
    lines = (folder / "signals.jsonl").read_text().splitlines()
    changes = [json.loads(line) for line in lines if line.endswith("}")]
    return [change["said"] for change in changes if "said" in change]


def results_begun(journal: Path) -> dict[str, str]:
    """Return when each result of a sale began to be said, by the sale's reference."""
    with closing(sqlite3.connect(journal)) as db:
        return dict(db.execute("SELECT reference, at FROM events WHERE event = 'Said'"))


if __name__ == "__main__":
    sys.exit(main("tests.e2e.voice_kills", live_through, kills=50))

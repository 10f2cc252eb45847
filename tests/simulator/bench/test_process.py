"""``kiosk simulate`` as a process: a real daemon at the bench, through a power cut to its end."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulator.bench.bench_rig import Counter, simulation
from tests.support.processes import LONG_ENOUGH

pytestmark = pytest.mark.slow


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    with simulation(tmp_path) as counter:
        yield counter


def daemons(counter: Counter) -> list[int]:
    """Return the process ids of the bench's children."""
    listed = Path(f"/proc/{counter.process.pid}/task/{counter.process.pid}/children").read_text()
    return [int(pid) for pid in listed.split()]


def test_a_sale_outlives_a_power_cut_and_the_register_is_told(counter: Counter) -> None:
    counter.press("/amount", amount="1234.56")
    counter.becomes("paying")
    counter.press("/plug")
    counter.sees(lambda state: state["kiosk"] is None)
    counter.press("/pay", takes=0)  # the payer has scanned the QR before
    told = counter.sees(lambda state: state["replies"])
    assert [(reply["outcome"], reply["amount"]) for reply in told] == [("paid", "1234.56")]
    state = counter.state()
    assert state["starts"] == 2
    assert any("exit code -9" in line for line in state["log"])
    assert state["order"]["status"] == "processed"


def test_a_slow_payer_locks_the_order(counter: Counter) -> None:
    counter.press("/amount", amount="99.00")
    counter.becomes("paying")
    counter.press("/pay", takes=600)
    assert counter.state()["order"]["paying"]
    again = counter.http.post("/pay", json={"takes": 0})
    assert (again.status_code, again.json()["error"]) == (409, "another payer is paying it already")


def test_an_unplugged_panel_is_dark_until_it_is_drawn_on_again(counter: Counter) -> None:
    counter.press("/trouble", name="panel", on=True)
    assert counter.state()["kiosk"]["frame"] is None
    counter.press("/amount", amount="20.00")
    counter.sees(lambda state: state["kiosk"]["status"]["health"]["panel"] == "failed")
    counter.press("/trouble", name="panel", on=False)
    counter.sees(lambda state: state["kiosk"]["frame"])
    counter.sees(lambda state: state["kiosk"]["status"]["health"]["panel"] == "ok")


def test_the_end_of_the_bench_ends_the_daemon_too(counter: Counter) -> None:
    (daemon,) = daemons(counter)
    counter.process.send_signal(signal.SIGINT)
    assert counter.process.wait(LONG_ENOUGH) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(daemon, 0)
    assert not counter.answers()

"""``kiosk simulate`` as a process: a real daemon at the bench, through a power cut to its end."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
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
    counter.act(key="1234.56")
    counter.shows_a_code()
    counter.act(payer="scans")
    counter.act(power="off")
    counter.sees(lambda state: state["kiosk"] is None)
    assert counter.state()["problems"] == ["the plug is pulled; put it in again"]
    counter.act(payer="pays")  # the panel is dark, but the phone has scanned it
    refused = counter.tries(key="1.00")
    assert (refused.status_code, counter.state()["starts"]) == (409, 1)
    counter.act(power="on")
    told = counter.sees(lambda state: state["replies"])
    assert [reply["text"].split()[:2] for reply in told] == [["paid", "1234.56"]]
    state = counter.state()
    assert state["starts"] == 2
    assert state["order"]["status"] == "processed"
    assert state["journal"]["rows"][0][3] == "paid"


def test_nobody_can_pay_what_the_panel_does_not_show(counter: Counter) -> None:
    nothing = counter.tries(payer="pays")
    assert (nothing.status_code, "no code" in nothing.text) == (409, True)
    counter.act(key="99.00")
    counter.shows_a_code()
    counter.act(payer={"does": "pays", "takes": "10 min"})
    assert counter.state()["order"]["paying"]
    again = counter.tries(payer="pays")
    assert (again.status_code, "another payer" in again.text) == (409, True)


def test_a_declined_payment_a_refund_and_the_whole_timeline(counter: Counter) -> None:
    counter.act(key="22.50")
    counter.shows_a_code()
    counter.act(payer="declines")
    assert "refused" in counter.state()["phone"]["says"]
    counter.act(payer="pays")
    counter.act(clock=20)
    counter.sees(lambda state: state["replies"])
    kinds = {entry["kind"] for entry in counter.state()["timeline"]}
    assert kinds >= {
        "act", "sent", "reading", "intent", "request", "answer", "screen", "signal", "said",
        "reply", "journal",
    }  # fmt: skip
    counter.act(payer={"does": "refunds", "amount": "5.00"})
    counter.act(payer="refunds")
    assert counter.state()["order"]["status"] == "refunded"


def test_what_is_out_of_order_is_said_at_once_and_why_a_total_was_refused(counter: Counter) -> None:
    counter.becomes("idle")
    counter.act(send="amount 1.23.4\n")
    refused = counter.sees(lambda state: state["refused"])
    assert refused["text"] == "it is not written like 1234.56"
    spanish = counter.http.get("/state", headers={"accept-language": "es"}).json()
    assert spanish["refused"]["text"] != refused["text"]
    counter.act(network={"state": "captive_page"})
    counter.act(unplug="panel")
    assert counter.state()["kiosk"]["frame"] is None
    assert len(counter.state()["problems"]) >= 2
    counter.act(key="20.00")
    counter.sees(lambda state: any("out of service" in each for each in state["problems"]))
    counter.act(network="ok")
    counter.act(plug_in="panel")
    counter.sees(lambda state: state["kiosk"]["frame"])
    counter.sees(lambda state: state["problems"] == [])


def test_a_person_settles_and_cancels_with_the_commands_of_the_kiosk(counter: Counter) -> None:
    counter.act(key="22.50")
    counter.becomes("paying")
    assert "canceled" in counter.act(person="cancels")
    refused = counter.tries(person={"settles": "paid", "sale": 7})
    assert (refused.status_code, "no such sale" in refused.text) == (409, True)


def test_another_panel_another_language_and_another_currency(counter: Counter) -> None:
    assert counter.http.post("/counter", json={"panel": "ssd1309-2.42"}).status_code == 200
    counter.sees(lambda state: state["starts"] == 2)
    assert counter.state()["counter"]["panel"]["width"] == 128
    counter.becomes("idle")
    assert counter.http.post("/counter", json={"currency": "BRL", "language": "pt"}).is_success
    counter.sees(lambda state: state["starts"] == 3)
    counter.becomes("idle")
    counter.act(key="12.00")
    counter.shows_a_code()
    assert counter.state()["counter"]["symbol"] == "R$"
    unknown = counter.http.post("/counter", json={"panel": "epd-99"})
    assert (unknown.status_code, "epd-99" in unknown.text) == (409, True)


def test_a_thousand_scans_at_once_and_twenty_pages_through_a_power_cut(counter: Counter) -> None:
    counter.act(clock=60)
    with ThreadPoolExecutor(20) as pages:
        seen = pages.map(lambda _: counter.state()["version"], range(200))
        counter.act(send="".join(f"amount {n}.00\n" for n in range(16, 1016)))
        counter.act(power="off")
        assert len(list(seen)) == 200
    counter.act(power="on")
    counter.act(clock=1)
    counter.sees(lambda state: state["kiosk"] and state["kiosk"]["status"])
    state = counter.state()
    assert len(state["timeline"]) <= 400
    assert len(state["log"]) <= 200
    assert [order["status"] for order in counter.api.orders()].count("processed") == 0


def test_the_end_of_the_bench_ends_the_daemon_too(counter: Counter) -> None:
    (daemon,) = daemons(counter)
    counter.process.send_signal(signal.SIGINT)
    assert counter.process.wait(LONG_ENOUGH) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(daemon, 0)
    assert not counter.answers()

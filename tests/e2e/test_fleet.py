"""A real daemon and a real broker: clients that are not ours see the counter, and hint at it."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest

from kiosk.fleet.payloads import time_text
from tests.e2e import fleet_kills
from tests.e2e.rig import Api, Counter, Register
from tests.fleet.mosquitto import PASSWORD, Mosquitto, Viewer, needs_mosquitto
from tests.support.processes import LONG_ENOUGH, eventually, free_port, power_cut, running

pytestmark = needs_mosquitto

ANSWER = '{"v": 1, "id": "1", "ask": "last", "answer": {}}'
PAGE = Path(__file__).parents[2] / "kiosk" / "manual" / "start" / "fleet.md"


@pytest.fixture
def chain_counter(counter: Counter, broker: Mosquitto) -> Counter:
    """A counter of a chain."""
    text = counter.config.read_text()
    counter.config.write_text(text + broker.section)
    return counter


def test_a_viewer_sees_the_counter_and_its_sale(
    api: Api, register: Register, chain_counter: Counter, broker: Mosquitto
) -> None:
    with broker.viewer() as viewer, chain_counter.running(BROKER_PASSWORD=PASSWORD) as daemon:
        boot = viewer.hears("counter-1/state", online=True, state="idle")["boot"]
        assert viewer.hears("counter-1/health", boot=boot)["panel"] == "ok"
        register.send(b"TOTAL 22,50\r\n")
        chain_counter.becomes("paying")
        viewer.hears("counter-1/state", state="paying")
        (order,) = api.orders()
        api.pay(order["id"])
        sale = viewer.hears("counter-1/sale", amount="22.50", outcome="paid", late=False)
        assert (sale["order_id"], sale["currency"]) == (order["id"], "ARS")
        daemon.terminate()
        assert viewer.hears("counter-1/state", online=False, reason="stopped")["boot"] == boot


def test_a_hint_makes_the_counter_look(
    api: Api, register: Register, chain_counter: Counter, broker: Mosquitto
) -> None:
    with broker.viewer() as viewer, chain_counter.running(BROKER_PASSWORD=PASSWORD):
        viewer.hears("counter-1/state", state="idle")
        register.send(b"TOTAL 22,50\r\n")
        chain_counter.becomes("paying")
        (order,) = api.orders()
        looks = f"/v1/orders/{order['id']}"
        before = len(api.requests(looks))
        hint = f'{{"v": 1, "order": "{order["id"]}"}}'
        assert broker.publish("relay", "kiosk/v1/shop1/counter-1/in/hint", hint) == ""
        eventually(lambda: len(api.requests(looks)) > before)


def test_an_amount_of_the_back_office_is_sold_once(
    api: Api, chain_counter: Counter, broker: Mosquitto
) -> None:
    """Whatever is repeated, and although the kiosk loses its power in the middle of the sale."""
    chain_counter.change("inputs:\n", "inputs:\n  - driver: mqtt\n")
    root = "kiosk/v1/shop1/counter-1"

    def asks() -> None:
        at = time_text(time.time())
        amount = {"v": 1, "id": "till4-81", "amount": "22.50", "currency": "ARS", "at": at}
        assert broker.publish("register-shop1", f"{root}/in/amount", json.dumps(amount)) == ""

    with broker.viewer() as viewer:
        with chain_counter.running(BROKER_PASSWORD=PASSWORD) as daemon:
            viewer.hears("counter-1/state", state="idle")
            asks()
            reference = viewer.hears("out/amount", id="till4-81", result="open")["reference"]
            asks()
            chain_counter.becomes("paying")
            power_cut(daemon)
        api.pay(api.orders()[0]["id"])
        with chain_counter.running(BROKER_PASSWORD=PASSWORD):
            viewer.hears("out/amount", id="till4-81", result="paid", reference=reference)
            asks()
            eventually(lambda: len(_results(viewer, "paid")) > 1)
    assert len(chain_counter.sales()) == 1
    assert len(api.orders()) == 1


def _results(viewer: Viewer, result: str) -> list[dict[str, Any]]:
    return [each for each in viewer.messages("out/amount") if each["result"] == result]


def test_a_person_asks_the_counter(chain_counter: Counter, broker: Mosquitto) -> None:
    with chain_counter.running(BROKER_PASSWORD=PASSWORD):
        chain_counter.says("the broker is connected")
        chain_counter.becomes("idle")
        root = "kiosk/v1/shop1/counter-1"

        def ask(what: str) -> dict[str, Any]:
            question = json.dumps({"v": 1, "id": what, "ask": what})
            said = broker.request("viewer", f"{root}/in/ask", question, f"{root}/out/answer/ana")
            return dict(json.loads(said)["answer"])

        assert ask("status")["state"] == "idle"
        findings = ask("doctor")["findings"]
        assert {"level", "what", "meaning", "fix", "page"} <= findings[0].keys()


RELAY = """
broker: mqtt://127.0.0.1:{port}
user: relay
password: {{env: BROKER_PASSWORD}}
listen: 127.0.0.1:{listen}
unsigned: pass
"""


def test_a_notice_of_mercado_pago_makes_the_counter_see_the_payment(
    api: Api, register: Register, chain_counter: Counter, broker: Mosquitto, tmp_path: Path
) -> None:
    """Over real HTTP to the relay, over a real broker to the counter, to its panel and register."""
    log, config, listen = tmp_path / "relay.log", tmp_path / "relay.yaml", free_port()
    config.write_text(RELAY.format(port=broker.port, listen=listen))
    relay = running("relay", "-c", str(config), log=log, BROKER_PASSWORD=PASSWORD)
    with (
        broker.viewer() as viewer,
        relay,
        chain_counter.running(BROKER_PASSWORD=PASSWORD),
        httpx.Client(base_url=f"http://127.0.0.1:{listen}", timeout=LONG_ENOUGH) as mercado_pago,
    ):
        eventually(lambda: "the broker is connected" in log.read_text())
        viewer.hears("counter-1/state", state="idle")
        register.send(b"TOTAL 22,50\r\n")
        (order,) = eventually(api.orders)
        viewer.hears("counter-1/state", state="paying", order=order["id"])
        api.pay(order["id"])
        notice = {"action": "order.processed", "type": "order", "data": {"id": order["id"]}}
        query = f"/notices?data.id={order['id']}&type=order"
        # Again and again: the relay may hear of the order later than the viewer.
        eventually(
            lambda: (
                mercado_pago.post(
                    query, json=notice, headers={"x-request-id": str(monotonic())}
                ).is_success
                and viewer.messages("counter-1/in/hint")
            )
        )
        assert viewer.hears("counter-1/in/hint")["order"] == order["id"]
        assert register.hears().startswith(b"PAID 22.50")
        viewer.hears("counter-1/sale", outcome="paid", order_id=order["id"])


def test_a_kiosk_that_loses_power_is_lost(chain_counter: Counter, broker: Mosquitto) -> None:
    with broker.viewer() as viewer:
        with chain_counter.running(BROKER_PASSWORD=PASSWORD) as daemon:
            boot = viewer.hears("counter-1/state", state="idle")["boot"]
            power_cut(daemon)
        assert viewer.hears("counter-1/state", online=False, reason="lost")["boot"] == boot


def test_a_sale_without_a_broker_is_told_later(
    api: Api, register: Register, chain_counter: Counter, broker: Mosquitto
) -> None:
    with broker.viewer() as viewer, chain_counter.running(BROKER_PASSWORD=PASSWORD):
        viewer.hears("counter-1/state", state="idle")
    broker.kill()
    with chain_counter.running(BROKER_PASSWORD=PASSWORD):
        chain_counter.becomes("idle")
        register.send(b"TOTAL 20,00\r\n")
        chain_counter.becomes("paying")
        api.pay(api.orders()[0]["id"])
        assert register.hears().startswith(b"PAID 20.00")
    assert "the counter sells on without it" in chain_counter.log.read_text()
    broker.start()
    with broker.viewer() as viewer, chain_counter.running(BROKER_PASSWORD=PASSWORD):
        assert viewer.hears("counter-1/sale", amount="20.00")["outcome"] == "paid"


def test_another_kiosk_is_not_let_in(chain_counter: Counter, broker: Mosquitto) -> None:
    with chain_counter.running(BROKER_PASSWORD="wrong"):
        chain_counter.becomes("idle")
        chain_counter.says("the broker refuses shop1/counter-1: not authorized (135)")


def test_a_second_kiosk_with_the_same_name_is_a_problem_that_everybody_sees(
    chain_counter: Counter, broker: Mosquitto
) -> None:
    name, sentence = "shop1/counter-1", "another program uses the account shop1/counter-1"
    with broker.viewer() as viewer, chain_counter.running(BROKER_PASSWORD=PASSWORD):
        viewer.hears("counter-1/state", state="idle")
        assert broker.publish(name, f"kiosk/v1/{name}/out/answer", ANSWER) == ""  # as the other one
        chain_counter.says(sentence)
        eventually(lambda: sentence in str(chain_counter.status().get("problems")))


def test_the_certificates_of_the_manual_work(chain_counter: Counter, broker: Mosquitto) -> None:
    """The three commands of the page, with the name of this computer in place of the example's."""
    commands = [line[2:] for line in PAGE.read_text().splitlines() if line.startswith("$ openssl")]
    assert len(commands) == 3
    for command in commands:
        words = command.replace("broker.example", "localhost")
        subprocess.run(words, shell=True, check=True, capture_output=True, cwd=broker.folder)
    broker.kill()
    broker.encrypt()
    broker.start()
    chain_counter.change(f"mqtt://127.0.0.1:{broker.port}", f"mqtts://localhost:{broker.port}")
    with chain_counter.running(BROKER_PASSWORD=PASSWORD):
        chain_counter.says("certificate verify failed")
    chain_counter.change("shop: shop1", f"shop: shop1\n  ca: {broker.folder}/ca.crt")
    with chain_counter.running(BROKER_PASSWORD=PASSWORD):
        chain_counter.says("the broker is connected")


def test_prometheus_gets_the_figures_of_a_sale(
    api: Api, register: Register, counter: Counter, tmp_path: Path
) -> None:
    figures = tmp_path / "kiosk.prom"
    with counter.config.open("a") as file:
        file.write(
            f"\nmetrics: {{textfile: {figures}, listen: 127.0.0.1:{(port := free_port())}}}\n"
        )
    with counter.running():
        counter.becomes("idle")
        register.send(b"TOTAL 22,50\r\n")
        counter.becomes("paying")
        api.pay(api.orders()[0]["id"])
        assert register.hears().startswith(b"PAID 22.50")
        told = eventually(lambda: _told(port, 'kiosk_sales_ended_total{outcome="paid"} 1.0'))
        assert 'kiosk_readings_total{input="serial_line",result="accepted"} 1.0' in told
        assert "kiosk_qr_seconds_count 1.0" in told
        assert "kiosk_orders_created_total 1.0" in told
        assert "kiosk_state" in figures.read_text()


def _told(port: int, line: str) -> str:
    """Return the figures if this line is among them."""
    text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    return text if line in text else ""


@pytest.mark.slow
def test_kills_lose_and_double_no_sale_for_a_reader(tmp_path: Path) -> None:
    assert "all agree" in fleet_kills.live_through(5, seed=1, folder=tmp_path)

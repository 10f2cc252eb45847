"""The main job, end to end: bytes on a line become a paid sale."""

from __future__ import annotations

import json

from tests.e2e.rig import Api, Counter, Register
from tests.support.processes import LONG_ENOUGH, eventually, power_cut


def test_a_total_becomes_a_paid_sale(api: Api, register: Register, counter: Counter) -> None:
    with counter.running():
        counter.becomes("idle")
        register.send(b"TOTAL 1.234,56\r\n")
        counter.becomes("paying")
        order = api.orders()[0]
        (create,) = api.requests("/v1/orders")
        body = json.loads(create["body"])
        assert body["total_amount"] == "1234.56"
        assert body["transactions"] == {"payments": [{"amount": "1234.56"}]}
        assert eventually(counter.qr) == order["type_response"]["qr_data"]
        assert register.silent()
        api.pay(order["id"])
        reference = order["external_reference"]
        assert register.hears() == f"PAID 1234.56 {reference}\r\n".encode()
        counter.becomes("finished")
        eventually(lambda: counter.qr() is None)
        assert counter.plays("paid") == ["working", "idle", "working", "scan_me", "paid"]
        (sale,) = counter.sales()
        assert (sale["outcome"], sale["order_id"], sale["reference"]) == (
            "paid",
            order["id"],
            reference,
        )
    assert register.silent()


def test_a_lost_reply_leaves_one_order(api: Api, register: Register, counter: Counter) -> None:
    api.spoil({"do": "drop_reply", "call": "create", "times": 1})
    with counter.running():
        counter.becomes("idle")
        register.send(b"TOTAL 20,00\r\n")
        counter.becomes("paying")
        creates = api.requests("/v1/orders")
        assert len(creates) == 2
        assert creates[0]["key"] == creates[1]["key"]
        assert creates[0]["body"] == creates[1]["body"]
        (order,) = api.orders()
        assert eventually(counter.qr) == order["type_response"]["qr_data"]


def test_paid_in_the_moment_of_the_cancel(api: Api, register: Register, counter: Counter) -> None:
    api.spoil({"do": "pay_first", "call": "cancel", "times": 1})
    counter.change("result_shown_for: 8 s", "result_shown_for: 1 s")
    with counter.running():
        counter.becomes("idle")
        register.send(b"TOTAL 20,00\r\n")
        counter.becomes("paying")
        register.send(b"TOTAL 30,00\r\n")
        assert register.hears().startswith(b"PAID 20.00 ")
        counter.becomes("paying")  # the new total comes after the result
        first, second = counter.sales()
        assert (first["outcome"], second["outcome"]) == ("paid", None)
        assert "canceled" not in counter.signals()


def test_paid_while_the_power_was_out(api: Api, register: Register, counter: Counter) -> None:
    with counter.running() as daemon:
        counter.becomes("idle")
        register.send(b"TOTAL 1.234,56\r\n")
        counter.becomes("paying")
        eventually(counter.qr)
        power_cut(daemon)
    (order,) = api.orders()
    api.pay(order["id"])
    with counter.running():
        expected = f"PAID 1234.56 {order['external_reference']}\r\n".encode()
        assert register.hears() == expected
        (sale,) = counter.sales()
        assert sale["outcome"] == "paid"
        counter.becomes("finished")


def test_nobody_paid_while_the_power_was_out(
    api: Api, register: Register, counter: Counter
) -> None:
    counter.loses_power_in_mid_sale(register)
    with counter.running():
        assert register.hears().startswith(b"FAIL canceled ")
        (order,) = api.orders()
        assert order["status"] == "canceled"


def test_garbage_is_no_sale_and_the_next_good_line_is(
    api: Api, register: Register, counter: Counter
) -> None:
    garbage = [
        b"TOTAL 1.23.4\r\n",
        b"TOTAL -5,00\r\n",
        b"TOTAL 0,00\r\n",
        b"TOTAL 1,234.56\r\n",
        b"TOTAL 1,234\r\n",
        b"TOTAL " + b"9" * 1000 + b"\r\n",
    ]
    with counter.running():
        counter.becomes("idle")
        for number, line in enumerate(garbage, 1):
            register.send(line)
            eventually(lambda n=number: counter.signals().count("rejected_input") == n)  # type: ignore[misc]
        register.send(b"SUBTOTAL 5,00\r\nhello\r\n" + bytes(range(256)) + b"\r\n")
        register.send(b"TOTAL 20,00\n")
        counter.becomes("paying")
        (order,) = api.orders()
        assert order["total_amount"] == "20.00"


def test_the_register_is_unplugged_and_plugged_in_again(
    api: Api, register: Register, counter: Counter
) -> None:
    with counter.running():
        counter.becomes("idle")
        register.send(b"TOTAL 20,00\r\n")
        counter.becomes("paying")
        register.unplug()
        api.pay(api.orders()[0]["id"])
        counter.becomes("finished")
        register.plug_in()
        assert register.hears().startswith(b"PAID 20.00 ")


def test_the_token_is_refused(api: Api, register: Register, counter: Counter) -> None:
    with counter.running(token="BAD"):
        counter.becomes("out_of_service")
        register.send(b"TOTAL 20,00\r\n")
        counter.plays("rejected_input")
        assert counter.status()["health"]["token"] == "failed"
    log = counter.log.read_text()
    assert "KIOSK_TOKEN" in log
    assert "BAD" not in log
    assert not api.orders()


def test_a_token_that_is_not_there(api: Api, register: Register, counter: Counter) -> None:
    counter.change("{env: KIOSK_TOKEN}", "{env: OTHER_TOKEN}")
    with counter.running() as daemon:
        assert daemon.wait(LONG_ENOUGH) == 2
    assert "OTHER_TOKEN" in counter.log.read_text()


def test_a_pos_that_does_not_exist(api: Api, register: Register, counter: Counter) -> None:
    counter.change("COUNTER1", "NOSUCHPOS")
    with counter.running():
        counter.becomes("idle")
        register.send(b"TOTAL 20,00\r\n")
        assert register.hears().startswith(b"FAIL refused ")
        counter.becomes("out_of_service")
    assert "orders.external_pos_id" in counter.log.read_text()

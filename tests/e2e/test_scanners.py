"""Scanners, end to end: from the bytes of a device to a paid sale and its result."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from dataclasses import replace

import anyio
import anyio.to_thread
import pytest

from kiosk.base.environment import Environment
from kiosk.config.loader import check_file
from kiosk.daemon import Daemon
from kiosk.inputs.codes.check_digits import check_digit
from tests.e2e.rig import Api, Counter, Register
from tests.inputs.scanner.scanner_peer import ScannerPeer, ScannerPeerSettings
from tests.support.processes import eventually

CODES = """
    codes:
      labels: [{pattern: "20.....{NNNDD}"}]
      catalogue: {file: PRICES, number: {decimal: "."}}
      control: yes
"""


def label(item: int, cents: int) -> str:
    body = f"20{item:05}{cents:05}"
    return body + check_digit(body)


def scanner(counter: Counter, driver: str, sale: str = "") -> None:
    """Use a scanner instead of the register."""
    prices = counter.folder / "prices.csv"
    prices.write_text("code,title,price,category\n7790001001054,Yerba 1 kg,4250.00,almacen\n")
    text = counter.config.read_text()
    inputs = f"inputs:\n  - {driver}{CODES.replace('PRICES', str(prices))}sale:\n{sale}"
    counter.config.write_text(re.sub(r"inputs:.*?sale:\n", inputs, text, flags=re.DOTALL))


def told(counter: Counter) -> bool:
    """Return whether the journal says that the scanner has the result."""
    with closing(sqlite3.connect(counter.folder / "journal.sqlite3")) as db:
        return bool(db.execute("SELECT told_at FROM sales").fetchone()[0])


def test_a_label_by_serial_becomes_a_paid_sale(
    api: Api, register: Register, counter: Counter
) -> None:
    scanner(counter, f"driver: scanner_serial\n    port: {register.path}")
    with counter.running():
        counter.becomes("idle")
        register.send(b"]E0" + label(42, 2050).encode() + b"\r\n")
        counter.becomes("paying")
        (create,) = api.requests("/v1/orders")
        body = json.loads(create["body"])
        assert body["total_amount"] == "20.50"
        assert body["items"] == [
            {
                "title": "00042",
                "unit_price": "20.50",
                "quantity": 1,
                "unit_measure": "unit",
                "external_code": "00042",
            }
        ]
        (order,) = api.orders()
        assert eventually(counter.qr) == order["type_response"]["qr_data"]
        api.pay(order["id"])
        counter.becomes("finished")
        eventually(lambda: counter.sales()[0]["outcome"] == "paid")
        counter.plays("paid")
        assert register.silent()


def test_a_basket_of_many_lines_is_paid_to_the_cent(
    api: Api, register: Register, counter: Counter
) -> None:
    scanner(counter, f"driver: scanner_serial\n    port: {register.path}", "  checkout: on_pay\n")
    with counter.running():
        counter.becomes("idle")
        eventually(lambda: "prices.csv: 1 article" in counter.log.read_text())
        for number in range(1, 13):
            register.send(f"{label(number, 100 * number + 7)}\r".encode())
        register.send(b"KQQTY03\r7790001001054\r")
        register.send(b"7790001001055\r")  # misread: it changes nothing
        register.send(b"KQPAY\r")
        counter.becomes("paying")
        (create,) = api.requests("/v1/orders")
        body = json.loads(create["body"])
        total = sum(100 * number + 7 for number in range(1, 13)) + 3 * 425000
        assert body["total_amount"] == f"{total // 100}.{total % 100:02}"
        assert len(body["items"]) == 10
        cents = [int(i["unit_price"].replace(".", "")) * i["quantity"] for i in body["items"]]
        assert sum(cents) == total
        api.pay(api.orders()[0]["id"])
        counter.becomes("finished")
        counter.plays("rejected_input")
        state = counter.status()["inputs"]["scanner_serial"]
        counts = {"accepted": 15, "rejected": 1, "unread": 0, "repeated": 0, "connected": True}
        assert counts.items() <= state.items()


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_keys_of_a_wedge_become_a_paid_sale(
    api: Api, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The daemon runs in this process, because the test replaces the opening of the device."""
    monkeypatch.setenv("KIOSK_TOKEN", "TEST")
    scanner(counter, "driver: scanner_hid\n    device: /dev/input/scanner")
    checked = check_file(counter.config, {"KIOSK_TOKEN": "TEST"})
    config = checked.require_config(counter.config)
    peer = ScannerPeer()
    (settings,) = config.inputs
    mine = ScannerPeerSettings.model_validate(settings.model_dump() | {"peer": peer})
    async with anyio.create_task_group() as tasks:
        shop = replace(checked, config=config.model_copy(update={"inputs": (mine,)}))
        tasks.start_soon(Daemon(counter.config, shop, Environment()).run)
        await anyio.to_thread.run_sync(counter.becomes, "idle")
        await peer.plugged.wait()
        peer.scan(label(42, 2050))
        await anyio.to_thread.run_sync(counter.becomes, "paying")
        (order,) = await anyio.to_thread.run_sync(api.orders)
        assert order["total_amount"] == "20.50"
        assert await anyio.to_thread.run_sync(eventually, counter.qr) is not None
        await anyio.to_thread.run_sync(api.pay, order["id"])
        await anyio.to_thread.run_sync(counter.becomes, "finished")
        await anyio.to_thread.run_sync(eventually, lambda: told(counter))
        tasks.cancel_scope.cancel()
    peer.unplug()
    assert counter.sales()[0]["outcome"] == "paid"

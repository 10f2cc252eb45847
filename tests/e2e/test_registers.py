"""Registers of every kind, end to end: their bytes become a paid sale and an answer."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from select import select
from time import monotonic

import pytest

from kiosk.inputs.ecr.frames import FrameFormat
from tests.e2e.rig import Api, Counter, Register
from tests.support.processes import LONG_ENOUGH, eventually, free_port, power_cut

NUMBER = '{decimal: ",", thousands: "."}'


def connect(counter: Counter, entry: str) -> None:
    """Use this input instead of the register."""
    text = counter.config.read_text()
    inputs = f"inputs:\n  - {entry}\nsale:"
    counter.config.write_text(re.sub(r"inputs:.*?\nsale:", inputs, text, flags=re.DOTALL))


def paid(api: Api, counter: Counter, total: str) -> str:
    """Wait for the QR of this total, pay it, and return the sale's reference."""
    counter.becomes("paying")
    order = api.orders()[0]
    assert order["total_amount"] == total
    assert eventually(counter.qr) == order["type_response"]["qr_data"]
    api.pay(order["id"])
    counter.becomes("finished")
    eventually(lambda: counter.sales()[-1]["told_at"])
    (sale,) = counter.sales()
    assert sale["outcome"] == "paid"
    return str(sale["reference"])


def receive(register: Register, enough: Callable[[bytes], bool]) -> bytes:
    """Return what the daemon sends, as soon as it is enough."""
    heard, end = b"", monotonic() + LONG_ENOUGH
    while not enough(heard):
        assert select([register._wire], [], [], max(end - monotonic(), 0))[0], heard
        heard += os.read(register._wire, 4096)
    return heard


def test_a_total_on_a_pole_display(api: Api, register: Register, counter: Counter) -> None:
    connect(counter, f"{{driver: pole_display, port: {register.path}, dialect: epson, "
                     f"settle: 100 ms, number: {NUMBER}}}")  # fmt: skip
    with counter.running():
        counter.becomes("idle")
        register.send(b"\x0cPAN LACTAL     1.200,00")
        register.send(b"\x0cTOTAL A PAGAR\x1f$\x01\x02TOTAL       1.234,56")
        paid(api, counter, "1234.56")


@pytest.mark.parametrize("network", [True, False])
def test_a_total_on_a_receipt(
    api: Api, register: Register, counter: Counter, network: bool
) -> None:
    port = free_port()
    line = f'listen: "127.0.0.1:{port}"' if network else f"port: {register.path}"
    connect(counter, f"{{driver: escpos_printer, {line}, number: {NUMBER}}}")
    receipt = (
        b"\x1b@PAN 1.200,00\n\x1dv0\x00\x02\x00\x02\x00TOTA\x1b!\x20TOTAL $ 1.234,56\n\x1dV\x00"
    )
    with counter.running():
        counter.becomes("idle")
        if network:
            with socket.create_connection(("127.0.0.1", port)) as program:
                program.sendall(b"\x10\x04\x01")
                assert program.recv(10) == b"\x16"
                program.sendall(receipt)
        else:
            register.send(receipt)
        paid(api, counter, "1234.56")


def test_a_sale_asked_of_a_payment_terminal(api: Api, register: Register, counter: Counter) -> None:
    connect(counter, f"{{driver: ecr_terminal, port: {register.path}, transbank: {{}}}}")
    with counter.running():
        counter.becomes("idle")
        request = FrameFormat().frame(b"0200|5000|000123|||0|")
        register.send(request)
        assert receive(register, bool) == b"\x06"  # heard
        counter.becomes("paying")
        register.send(request)
        assert receive(register, bool) == b"\x06"  # heard again, and the same sale
        (order,) = api.orders()
        assert order["total_amount"] == "5000.00"
        api.pay(order["id"])
        answer = receive(register, lambda heard: b"\x03" in heard[:-1])
        assert answer.startswith(b"\x020210|00|000000000000|KIOSK001|000123|")
        register.send(b"\x06")
        counter.becomes("finished")
        eventually(lambda: counter.sales()[0]["told_at"])
        register.send(FrameFormat().frame(b"0250|"))
        last = receive(register, lambda heard: b"\x03" in heard[:-1])
        assert last.startswith(b"\x06\x020260|00|000000000000|KIOSK001|000123|")
    assert len(api.orders()) == 1


def test_a_sale_that_was_paid_while_the_power_was_out_is_not_sold_again(
    api: Api, register: Register, counter: Counter
) -> None:
    connect(counter, f"{{driver: ecr_terminal, port: {register.path}, transbank: {{}}}}")
    request = FrameFormat().frame(b"0200|5000|000123|||0|")
    with counter.running() as daemon:
        counter.becomes("idle")
        register.send(request)
        assert receive(register, bool) == b"\x06"
        counter.becomes("paying")
        power_cut(daemon)
    (order,) = api.orders()
    api.pay(order["id"])
    with counter.running():
        eventually(lambda: counter.sales()[0]["outcome"])
        assert register.silent()  # the register may be doing something else by now
        register.send(request)
        answer = receive(register, lambda heard: b"\x03" in heard[:-1])
        assert answer.startswith(b"\x06\x020210|00|000000000000|KIOSK001|000123|")
        register.send(b"\x06")
        eventually(lambda: counter.sales()[0]["told_at"])
    assert len(api.orders()) == 1


def test_a_sale_that_can_not_be_is_declined_at_once(
    api: Api, register: Register, counter: Counter
) -> None:
    connect(counter, f"{{driver: ecr_terminal, port: {register.path}, transbank: {{}}}}")
    with counter.running(token="BAD"):
        counter.becomes("out_of_service")
        register.send(FrameFormat().frame(b"0200|5000|000123|||0|"))
        answer = receive(register, lambda heard: b"\x03" in heard[:-1])
        assert answer.startswith(b"\x06\x020210|01|000000000000|KIOSK001|000123|")


def test_an_amount_by_a_program_on_the_same_computer(api: Api, counter: Counter) -> None:
    path = counter.folder / "command.sock"
    connect(counter, f"{{driver: command, path: {path}}}")
    with counter.running():
        counter.becomes("idle")
        words = [sys.executable, "-m", "kiosk", "sale", "1234.56", "--socket", str(path), "--json"]
        with subprocess.Popen(words, stdout=subprocess.PIPE) as program:
            reference = paid(api, counter, "1234.56")
            said, _ = program.communicate(timeout=LONG_ENOUGH)
            assert program.returncode == 0
    assert json.loads(said) == {"outcome": "paid", "amount": "1234.56", "reference": reference}

"""A program that exchanges TEF files with the kiosk, the daemon as a process, power cuts included."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from kiosk.inputs.tef.tef_fields import file_of, read_fields
from tests.e2e.rig import Api, Counter
from tests.e2e.test_registers import connect
from tests.support.processes import eventually, power_cut


class Program:
    def __init__(self, place: Path) -> None:
        self.requests, self.answers = place / "req", place / "resp"
        for folder in (self.requests, self.answers):
            folder.mkdir()

    def asks(self, command: str, identifier: str) -> None:
        draft = self.requests / "intpos.tmp"
        fields = {"000-000": command, "001-000": identifier, "003-000": "500000", "004-000": "0"}
        draft.write_bytes(file_of(*fields.items()))
        draft.rename(self.requests / "intpos.001")

    def finds(self, name: str = "intpos.001") -> Mapping[str, str]:
        file = self.answers / name
        eventually(file.exists)
        fields = read_fields(file.read_bytes())
        file.unlink()
        return fields


@pytest.fixture
def program(tmp_path: Path, counter: Counter) -> Program:
    program = Program(tmp_path)
    folders = f"request: {program.requests}, response: {program.answers}"
    connect(counter, f"{{driver: tef_files, {folders}}}")
    return program


def test_a_sale_asked_by_a_file(api: Api, program: Program, counter: Counter) -> None:
    with counter.running():
        counter.becomes("idle")
        program.asks("ATV", "1")
        assert program.finds("intpos.sts")["000-000"] == "ATV"
        program.asks("CRT", "2")
        assert program.finds("intpos.sts")["001-000"] == "2"
        counter.becomes("paying")
        (order,) = api.orders()
        assert order["total_amount"] == "5000.00"
        api.pay(order["id"])
        answer = program.finds()
        assert (answer["001-000"], answer["003-000"], answer["009-000"]) == ("2", "500000", "0")
        eventually(lambda: counter.sales()[0]["told_at"])
    assert len(api.orders()) == 1


def test_undoing_a_sale_in_progress_cancels_its_order(
    api: Api, program: Program, counter: Counter
) -> None:
    with counter.running():
        counter.becomes("idle")
        program.asks("CRT", "2")
        counter.becomes("paying")
        program.asks("NCN", "2")
        assert program.finds()["009-000"] == "FF"
    assert counter.sales()[0]["outcome"] == "canceled"


def test_a_sale_that_was_paid_while_the_power_was_out_is_told_once_it_is_back(
    api: Api, program: Program, counter: Counter
) -> None:
    with counter.running() as daemon:
        counter.becomes("idle")
        program.asks("CRT", "2")
        counter.becomes("paying")
        power_cut(daemon)
    (order,) = api.orders()
    api.pay(order["id"])
    with counter.running():
        answer = program.finds()
        assert (answer["001-000"], answer["009-000"]) == ("2", "0")
        eventually(lambda: counter.sales()[0]["told_at"])
        program.asks("CRT", "2")  # the program was cut off, too
        assert program.finds()["009-000"] == "0"
    assert len(api.orders()) == 1

"""The input ``tef_files``: a program and the kiosk exchange files in two folders."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from kiosk.base.money import CURRENCIES, Money
from kiosk.inputs.tef.tef_fields import read_fields
from kiosk.inputs.tef_files import TefFilesSettings, TefInput
from kiosk.sale.effects import Reply
from kiosk.sale.events import (
    AmountRead,
    InputLost,
    InputOpened,
    ReadingBegan,
    ReadingRejected,
    ResultDelivered,
)
from kiosk.sale.words import Outcome, Sale
from tests.inputs.conftest import PATIENCE, Listener
from tests.inputs.tef.test_tef_dialog import SALE, asks

pytestmark = pytest.mark.anyio

AMOUNT = Money.of("1234.56", "BRL")
READ = AmountRead(AMOUNT, "caixa", ticket="1:17")


class Program:
    """A program with its two folders."""

    def __init__(self, place: Path) -> None:
        self.requests, self.answers = place / "req", place / "resp"
        self.found = place / "found"
        fields = {"driver": "tef_files", "name": "caixa", "look_every": "50 ms"}
        folders = {"request": str(self.requests), "response": str(self.answers)}
        self.settings = TefFilesSettings.model_validate(fields | folders)

    def create_folders(self) -> None:
        self.requests.mkdir()
        self.answers.mkdir()

    def ask(self, data: bytes) -> None:
        draft = self.requests / "IntPos.tmp"
        draft.write_bytes(data)
        draft.rename(self.requests / "IntPos.001")

    async def finds(self, name: str = "IntPos.001") -> Mapping[str, str]:
        """Wait for an answer, take it, and return its fields."""
        file = anyio.Path(self.answers / name)
        with anyio.fail_after(PATIENCE):
            while not await file.exists():  # noqa: ASYNC110 - a folder has no event
                await anyio.sleep(0.01)
        data = await file.read_bytes()
        await file.unlink()
        return read_fields(data)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    program = Program(tmp_path)
    program.create_folders()
    return program


@asynccontextmanager
async def running(caixa: TefInput, listener: Listener) -> AsyncIterator[None]:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(caixa.run, listener.deliver)
        yield
        tasks.cancel_scope.cancel()


async def lost(listener: Listener) -> None:
    """Wait until the input tells that its folders are gone."""
    with anyio.fail_after(PATIENCE):
        while not any(isinstance(each, InputLost) for each in listener.connections):  # noqa: ASYNC110
            await anyio.sleep(0.01)


def paid(ticket: str = "1:17") -> Reply:
    return Reply("caixa", "n7", AMOUNT, Outcome.PAID, ticket)


async def test_a_program_sells_through_files(program: Program, listener: Listener) -> None:
    caixa = program.settings.open(CURRENCIES["BRL"])
    async with running(caixa, listener):
        program.ask(asks("ATV"))
        assert (await program.finds("IntPos.Sts"))["000-000"] == "ATV"
        program.ask(SALE)
        assert (await program.finds("IntPos.Sts"))["001-000"] == "17"
        assert await listener.next(began=True) == ReadingBegan("caixa")
        assert await listener.next() == READ
        caixa.reply(paid())
        assert await listener.next() == ResultDelivered("n7", Outcome.PAID)
        assert (await program.finds())["009-000"] == "0"
        assert caixa.counts.accepted == 1
    assert list(program.requests.iterdir()) == list(program.answers.iterdir()) == []


async def test_a_request_that_did_not_become_a_sale_is_declined(
    program: Program, listener: Listener
) -> None:
    caixa = program.settings.open(CURRENCIES["BRL"])
    async with running(caixa, listener):
        program.ask(SALE)
        assert await listener.next() == READ
        caixa.decline(READ.ticket)
        assert (await program.finds())["009-000"] == "FF"


async def test_folders_that_come_later_are_used(tmp_path: Path, listener: Listener) -> None:
    program = Program(tmp_path)
    caixa = program.settings.open(CURRENCIES["BRL"])
    async with running(caixa, listener):
        await lost(listener)
        program.create_folders()
        program.ask(SALE)
        assert await listener.next() == READ
        assert isinstance(listener.connections[-1], InputOpened)


async def test_a_result_waits_while_the_folder_of_the_answers_is_gone(
    program: Program, listener: Listener
) -> None:
    caixa = program.settings.open(CURRENCIES["BRL"])
    async with running(caixa, listener):
        program.ask(SALE)
        await program.finds("IntPos.Sts")
        assert await listener.next() == READ
        program.answers.rename(program.found)
        caixa.reply(paid())
        await lost(listener)
        assert listener.waiting == 0
        program.found.rename(program.answers)
        assert (await program.finds())["009-000"] == "0"
        assert await listener.next() == ResultDelivered("n7", Outcome.PAID)


async def test_a_request_that_can_not_be_acknowledged_is_tried_again(
    program: Program, listener: Listener
) -> None:
    caixa = program.settings.open(CURRENCIES["BRL"])
    async with running(caixa, listener):
        program.ask(asks("ATV"))
        await program.finds("IntPos.Sts")
        program.answers.rename(program.found)
        program.ask(SALE)
        await lost(listener)
        assert listener.waiting == 0  # no sale that nobody waits for
        program.found.rename(program.answers)
        assert (await program.finds("IntPos.Sts"))["001-000"] == "17"
        assert await listener.next(began=True) == ReadingBegan("caixa")
        read = await listener.next()
        assert isinstance(read, AmountRead)
        assert read.amount == AMOUNT
        caixa.reply(paid(read.ticket))
        assert (await program.finds())["009-000"] == "0"
        assert await listener.next() == ResultDelivered("n7", Outcome.PAID)
    assert (caixa.counts.accepted, caixa.counts.rejected) == (1, 0)


async def test_a_request_that_is_acknowledged_too_late_is_rejected(
    program: Program, listener: Listener
) -> None:
    caixa = program.settings.open(CURRENCIES["BRL"])
    async with running(caixa, listener):
        program.ask(asks("ATV"))
        await program.finds("IntPos.Sts")
        program.answers.rename(program.found)
        program.ask(SALE)
        await lost(listener)
        os.utime(program.requests / "IntPos.001", (1_000_000, 1_000_000))
        program.found.rename(program.answers)
        rejected = await listener.next()
        assert isinstance(rejected, ReadingRejected)
        assert "too old" in rejected.reason
    assert list(program.requests.iterdir()) == list(program.answers.iterdir()) == []
    assert (caixa.counts.accepted, caixa.counts.rejected) == (0, 1)


async def test_a_power_cut_between_acknowledgement_and_answer_leaves_no_program_waiting(
    program: Program, listener: Listener
) -> None:
    caixa = program.settings.open(CURRENCIES["BRL"])
    async with running(caixa, listener):
        program.ask(SALE)
        await program.finds("IntPos.Sts")
        assert await listener.next() == READ
    last = Sale("n7", AMOUNT, "caixa", ticket=READ.ticket)
    for outcome in (None, Outcome.PAID):  # the sale was open, or had ended without being told
        again = program.settings.open(CURRENCIES["BRL"])
        again.remember(last, outcome)
        async with running(again, listener):
            again.reply(paid())
            assert await listener.next() == ResultDelivered("n7", Outcome.PAID)
            answer = await program.finds()
            assert (answer["001-000"], answer["009-000"]) == ("17", "0")
        program.requests.joinpath("IntPos.kiosk").write_bytes(SALE)
    lost = program.settings.open(CURRENCIES["BRL"])  # the journal knows nothing of the request
    async with running(lost, listener):
        assert (await program.finds())["009-000"] == "FF"
        assert isinstance(await listener.next(), ReadingRejected)


async def test_a_request_from_long_before_the_start_is_not_sold(
    program: Program, listener: Listener
) -> None:
    program.ask(SALE)
    os.utime(program.requests / "IntPos.001", (1_000_000, 1_000_000))
    caixa = program.settings.open(CURRENCIES["BRL"])
    async with running(caixa, listener):
        rejected = await listener.next()
        assert isinstance(rejected, ReadingRejected)
        assert "too old" in rejected.reason
    assert (caixa.counts.accepted, caixa.counts.rejected) == (0, 1)

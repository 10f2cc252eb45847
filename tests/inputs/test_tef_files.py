"""The input ``tef_files``: a program and the kiosk exchange files in two folders."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from kiosk.base.money import CURRENCIES, Money
from kiosk.inputs.tef.tef_dialog import read_fields
from kiosk.inputs.tef_files import TefFilesSettings
from kiosk.sale.effects import Reply
from kiosk.sale.events import AmountRead, InputLost, InputOpened, ResultDelivered
from kiosk.sale.words import Outcome
from tests.inputs.conftest import PATIENCE, Listener
from tests.inputs.tef.test_tef_dialog import SALE

pytestmark = pytest.mark.anyio


async def appeared(file: Path) -> bytes:
    with anyio.fail_after(PATIENCE):
        while not await anyio.Path(file).exists():  # noqa: ASYNC110 - a folder has no event
            await anyio.sleep(0.01)
    return await anyio.Path(file).read_bytes()


async def test_a_program_sells_through_files(tmp_path: Path, listener: Listener) -> None:
    requests, answers = tmp_path / "req", tmp_path / "resp"
    fields = {"request": str(requests), "response": str(answers), "look_every": "50 ms"}
    settings = TefFilesSettings.model_validate({"driver": "tef_files", "name": "caixa"} | fields)
    caixa = settings.open(CURRENCIES["BRL"])
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(caixa.run, listener.deliver)
        with anyio.fail_after(PATIENCE):
            while not listener.connections:  # noqa: ASYNC110 - the listener has no event
                await anyio.sleep(0.01)
        assert isinstance(listener.connections[0], InputLost)
        requests.mkdir()
        answers.mkdir()
        (requests / "IntPos.001").write_bytes(SALE)
        amount = Money.of("1234.56", "BRL")
        assert await listener.next() == AmountRead(amount, "caixa", ticket="17")
        assert isinstance(listener.connections[-1], InputOpened)
        assert read_fields(await appeared(answers / "IntPos.Sts"))["001-000"] == "17"
        assert not (requests / "IntPos.001").exists()
        caixa.reply(Reply("caixa", "n7", amount, Outcome.PAID, "17"))
        assert await listener.next() == ResultDelivered("n7", Outcome.PAID)
        assert read_fields(await appeared(answers / "IntPos.001"))["009-000"] == "0"
        assert caixa.counts.accepted == 1
        tasks.cancel_scope.cancel()

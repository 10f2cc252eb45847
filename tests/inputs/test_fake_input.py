"""A register without hardware: any program can operate it through a named pipe."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import anyio
import pytest

from kiosk.base.money import CURRENCIES, Money
from kiosk.inputs.fake import FakeInputSettings
from kiosk.sale.effects import Reply
from kiosk.sale.events import (
    AmountRead,
    CancelPressed,
    ReadingBegan,
    ReadingRejected,
    ResultDelivered,
)
from kiosk.sale.words import Outcome
from tests.inputs.conftest import Listener

pytestmark = pytest.mark.anyio
ARS = CURRENCIES["ARS"]


def settings(folder: Path, **more: str) -> FakeInputSettings:
    fields = {"driver": "fake", "path": str(folder / "out" / "buttons")}
    return FakeInputSettings.model_validate(fields | more)


def write(folder: Path, text: str) -> None:
    subprocess.run(["/bin/sh", "-c", f"printf '{text}' > {folder}/out/buttons"], check=True)


async def test_other_programs_play_the_register_one_after_the_other(
    tmp_path: Path, listener: Listener
) -> None:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(settings(tmp_path).open(ARS).run, listener.deliver)
        await anyio.wait_all_tasks_blocked()
        write(tmp_path, "amount 12.50\\n")
        assert await listener.next(began=True) == ReadingBegan("fake")
        assert await listener.next() == AmountRead(Money.of("12.50", "ARS"), "fake")
        write(tmp_path, "cancel\\n")
        assert await listener.next() == CancelPressed("fake")
        write(tmp_path, "reject it was upside down\\n")
        assert await listener.next() == ReadingRejected("it was upside down", "fake")
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize(
    "line", ["amount", "amount 1,50", "amount -1", "amount 0", "pay", "reject"]
)
async def test_what_is_no_word_of_it_is_rejected(
    tmp_path: Path, listener: Listener, line: str
) -> None:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(settings(tmp_path).open(ARS).run, listener.deliver)
        await anyio.wait_all_tasks_blocked()
        write(tmp_path, f"{line}\\n")
        assert isinstance(await listener.next(), ReadingRejected)
        tasks.cancel_scope.cancel()


async def test_results_are_written_down(tmp_path: Path, listener: Listener) -> None:
    replies = tmp_path / "out" / "replies.jsonl"
    device = settings(tmp_path, replies=str(replies), name="pad").open(ARS)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(device.run, listener.deliver)
        device.reply(Reply("pad", "n7", Money.of("12.5", "ARS"), Outcome.EXPIRED))
        assert await listener.next() == ResultDelivered("n7", Outcome.EXPIRED)
        tasks.cancel_scope.cancel()
    assert [json.loads(line) for line in replies.read_text().splitlines()] == [
        {"reference": "n7", "amount": "12.50", "outcome": "expired"}
    ]


async def test_a_plain_file_in_the_way_is_named(
    tmp_path: Path, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "buttons").write_text("amount 12.50\n")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(settings(tmp_path).open(ARS).run, listener.deliver)
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    assert "is not a named pipe; remove it" in caplog.text
    assert listener.waiting == 0

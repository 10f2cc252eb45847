"""The daemon's socket for people's commands: what it writes, and who or what it does not trust."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import anyio
import anyio.abc
import pytest

from kiosk.base.environment import OneThread
from kiosk.inputs.transport.sockets import MOST_CONNECTIONS
from kiosk.journal import Journal
from kiosk.journal.no_journal import NoJournal
from kiosk.sale.effects import OrderKnown, Receipt, SaleEnded, SaleOpened, SaleSetAside
from kiosk.sale.events import Decided, Event, RefundAsked
from kiosk.sale.words import Outcome, Sale
from kiosk.shell import command_socket
from kiosk.shell.command_socket import LONGEST_LINE, CommandSocket, beside
from kiosk.shell.journal_writer import JournalWriter
from tests.support.journals import SALE, noon
from tests.support.play import pesos

pytestmark = pytest.mark.anyio

SETTLE = {"kind": "decide", "reference": "K-1", "outcome": "paid", "note": "Ana", "said": "failed"}
REFUND = {
    "kind": "refund",
    "reference": "K-1",
    "order_id": "ORD1",
    "amount": "1234.56",
    "currency": "ARS",
    "refunded": "12.50",
    "evidence": "orders refund of all; so it is",
}


@dataclass(frozen=True)
class AtTheCounter:
    """What the daemon knows of the counter."""

    state: str = "idle"
    sale: Sale | None = None
    unsettled: tuple[Sale, ...] = ()
    set_aside: tuple[Sale, ...] = (SALE,)
    problems: tuple[str, ...] = ()


@dataclass
class Daemon:
    """The parts of a daemon around the socket."""

    path: Path
    journal: Journal
    counter: AtTheCounter = field(default_factory=AtTheCounter)
    events: list[Event] = field(default_factory=list)

    async def deliver(self, event: Event) -> None:
        self.events.append(event)
        if isinstance(event, Decided):
            self.counter = replace(self.counter, set_aside=(), problems=())

    async def connect(self) -> anyio.abc.ByteStream:
        return await anyio.connect_unix(self.path)

    async def sends(self, data: bytes) -> dict[str, Any]:
        """Send bytes, and return the answer; an empty one if there is none."""
        async with await self.connect() as program:
            await program.send(data)
            answer = b""
            try:
                while not answer.endswith(b"\n"):
                    answer += await program.receive()
            except (anyio.EndOfStream, anyio.BrokenResourceError):
                return {}
            known: dict[str, Any] = json.loads(answer)
            return known

    async def asks(self, command: dict[str, Any]) -> str:
        """Send a command; return why it is refused."""
        return str((await self.sends(json.dumps(command).encode() + b"\n"))["refused"])


@asynccontextmanager
async def listening(daemon: Daemon, journal: Journal | NoJournal) -> AsyncIterator[None]:
    writer = JournalWriter(journal, OneThread())
    commands = CommandSocket(daemon.path, lambda: daemon.counter, writer, daemon.deliver)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(commands.run)
        await anyio.wait_all_tasks_blocked()
        yield
        tasks.cancel_scope.cancel()


@pytest.fixture
async def daemon(tmp_path: Path) -> AsyncIterator[Daemon]:
    journal = Journal.open(tmp_path / "journal.sqlite3", noon)
    journal.remember(SaleOpened(SALE), b"{}")
    journal.remember(OrderKnown("K-1", "ORD1"))
    journal.remember(SaleSetAside("K-1", "the service did not say in time how it ended"))
    daemon = Daemon(tmp_path / "run" / "status.sock", journal)
    async with listening(daemon, journal):
        yield daemon
    journal.close()


def paid(daemon: Daemon) -> None:
    daemon.journal.remember(SaleEnded("K-1", Outcome.PAID, "test", Receipt(pesos("1234.56"))))
    daemon.counter = AtTheCounter(set_aside=())


# --- a person decides ----------------------------------------------------------------------------


async def test_a_decision_is_on_the_disk_before_the_machine_and_the_person_know_it(
    daemon: Daemon,
) -> None:
    assert await daemon.asks(SETTLE) == ""
    assert daemon.events == [Decided("K-1")]
    row = daemon.journal.row("K-1")
    assert row is not None
    assert (row.outcome, row.note) == (Outcome.PAID, "Ana")
    assert daemon.journal.events("K-1")[-1][2] == "paid: Ana; the service said: failed"


async def test_of_two_people_who_decide_at_once_one_wins(daemon: Daemon) -> None:
    refused: list[str] = []

    async def decide(outcome: str) -> None:
        refused.append(await daemon.asks(SETTLE | {"outcome": outcome}))

    async with anyio.create_task_group() as tasks:
        for outcome in ("paid", "canceled", "expired"):
            tasks.start_soon(decide, outcome)
    assert refused.count("") == 1
    assert sum("has ended already; see: kiosk orders show K-1" in it for it in refused) == 2
    assert len([it for it in daemon.journal.events("K-1") if it[1] == "SaleDecided"]) == 1


@pytest.mark.parametrize(
    "counter",
    [AtTheCounter("closing", SALE, set_aside=()), AtTheCounter(unsettled=(SALE,), set_aside=())],
)
async def test_a_sale_that_is_at_the_counter_is_not_decided(
    daemon: Daemon, counter: AtTheCounter
) -> None:
    daemon.counter = counter
    assert "the kiosk is still finding out how sale K-1 ended" in await daemon.asks(SETTLE)
    assert daemon.journal.row("K-1") is not None
    assert daemon.journal.unsettled() + daemon.journal.set_aside() == (
        replace(SALE, order_id="ORD1"),
    )
    assert daemon.events == []


async def test_its_result_may_still_be_on_the_panel(daemon: Daemon) -> None:
    daemon.counter = AtTheCounter("finished", SALE)
    assert await daemon.asks(SETTLE) == ""


async def test_a_command_waits_until_the_machine_knows_the_journal(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command_socket, "KNOWN_WITHIN", 0.1)
    daemon.counter = AtTheCounter("starting", set_aside=())
    assert "the kiosk is starting" in await daemon.asks(SETTLE)
    assert daemon.events == []


@pytest.mark.parametrize("reference", ["K-9", "other-1", "' OR 1=1 --", "x" * 200])
async def test_a_sale_that_the_journal_does_not_have(daemon: Daemon, reference: str) -> None:
    assert "has ended already" in await daemon.asks(SETTLE | {"reference": reference})
    assert daemon.events == []


async def test_a_journal_that_cannot_be_opened(tmp_path: Path, daemon: Daemon) -> None:
    other = Daemon(tmp_path / "run" / "other.sock", daemon.journal)
    async with listening(other, NoJournal("the disk is full; free space on it")):
        assert await other.asks(SETTLE) == "the disk is full; free space on it"
    assert other.events == []


# --- our own refund ------------------------------------------------------------------------------


async def test_a_refund_is_written(daemon: Daemon) -> None:
    paid(daemon)
    for _ in range(2):
        assert await daemon.asks(REFUND) == ""
    record = daemon.journal.find("K-1")
    assert record is not None
    assert (record.outcome, record.refunded) == (Outcome.PAID, pesos("12.50"))
    assert not record.refund_underway
    assert daemon.events == [RefundAsked(Sale("K-1", SALE.amount, "", "ORD1"))] * 2


async def test_a_refund_under_way_is_followed_up(daemon: Daemon) -> None:
    paid(daemon)
    assert await daemon.asks(REFUND | {"underway": True, "refunded": None}) == ""
    assert daemon.events == [RefundAsked(Sale("K-1", SALE.amount, "", "ORD1"), underway=True)]
    record = daemon.journal.find("K-1")
    assert record is not None
    assert record.refund_underway
    assert [sale.reference for sale in daemon.journal.refunds_underway()] == ["K-1"]
    assert await daemon.asks(REFUND) == ""
    assert daemon.journal.refunds_underway() == ()


# --- what is not a command -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"kiosk orders settle",
        b"null",
        b"[]",
        b"{}",
        b'{"kind": "drop"}',
        b'{"kind": ["decide"]}',
        b"\xff\xfe\x00",
        b"[" * 10_000,
        json.dumps(SETTLE | {"outcome": "refused"}).encode(),
        json.dumps(SETTLE | {"outcome": None}).encode(),
        json.dumps(SETTLE | {"note": ""}).encode(),
        json.dumps(SETTLE | {"note": "half of a pair: \ud800"}).encode(),
        json.dumps(SETTLE | {"note": "x" * 501}).encode(),
        json.dumps(SETTLE | {"reference": 7}).encode(),
        json.dumps(SETTLE | {"more": "than that"}).encode(),
        json.dumps(REFUND | {"refunded": "-1"}).encode(),
        json.dumps(REFUND | {"refunded": "1.005"}).encode(),
        json.dumps(REFUND | {"refunded": "NaN"}).encode(),
        json.dumps(REFUND | {"currency": "USD"}).encode(),
        json.dumps(REFUND | {"amount": "1" * 30}).encode(),
    ],
)
async def test_garbage_is_answered_and_writes_nothing(daemon: Daemon, line: bytes) -> None:
    before = daemon.journal.events("K-1")
    assert "this is not a command of this kiosk" in (await daemon.sends(line + b"\n"))["refused"]
    assert (daemon.journal.events("K-1"), daemon.events) == (before, [])
    assert await daemon.asks(SETTLE) == ""


async def test_a_line_without_an_end(daemon: Daemon) -> None:
    answer = await daemon.sends(b"x" * (LONGEST_LINE + 1))
    assert answer.get("refused", "is longer").find("is longer") >= 0
    assert await daemon.asks(SETTLE) == ""


async def test_programs_that_hang_up(daemon: Daemon) -> None:
    for data in (b"", b'{"kind": "dec', json.dumps(SETTLE | {"reference": "K-9"}).encode() + b"\n"):
        program = await daemon.connect()
        if data:
            await program.send(data)
        await program.aclose()
    assert await daemon.asks(SETTLE) == ""


async def test_a_program_that_says_nothing_is_sent_away(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command_socket, "LINE_WITHIN", 0.1)
    async with await daemon.connect() as silent:
        with pytest.raises((anyio.EndOfStream, anyio.BrokenResourceError)):
            await silent.receive()
    assert await daemon.asks(SETTLE) == ""


async def test_programs_that_stay_do_not_keep_others_out(daemon: Daemon) -> None:
    async with AsyncExitStack() as programs:
        for _ in range(MOST_CONNECTIONS):
            program = await programs.enter_async_context(await daemon.connect())
            await program.send(b"{")
        await anyio.wait_all_tasks_blocked()
        assert await daemon.asks(SETTLE) == ""


# --- the socket itself ---------------------------------------------------------------------------


async def test_only_root_and_the_user_of_the_kiosk_can_connect(daemon: Daemon) -> None:
    found = daemon.path.stat()
    assert stat.S_IMODE(found.st_mode) == 0o600
    assert found.st_uid == os.geteuid()


async def test_a_path_that_is_longer_than_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Unix address has 108 bytes."""
    folder = tmp_path / ("x" * 100)
    folder.mkdir()
    journal = Journal.open(folder / "journal.sqlite3", noon)
    journal.remember(SaleOpened(SALE), b"{}")
    daemon = Daemon(folder / "status.sock", journal, AtTheCounter(set_aside=()))
    async with listening(daemon, journal):
        monkeypatch.chdir(folder)
        daemon.path = Path("status.sock")
        assert await daemon.asks(SETTLE) == ""
    journal.close()


async def test_the_next_kiosk_listens_on_the_same_path(daemon: Daemon) -> None:
    """A restart after a kill, and a reload."""
    assert daemon.path.exists()
    async with listening(daemon, daemon.journal):
        assert await daemon.asks(SETTLE) == ""


def test_each_status_file_has_its_own_socket() -> None:
    names = ("status.json", "status.txt", "status.sock", ".status")
    sockets = {beside(Path("/run/kiosk") / name).name for name in names}
    assert len(sockets - set(names)) == len(names)

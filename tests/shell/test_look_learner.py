"""The shell learns from the journal how long payers take, and gives it to the sale machine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from trio.testing import MockClock

from kiosk.base.errors import JournalFailed
from kiosk.journal import Journal
from kiosk.sale.effects import Remember, SaleEnded, SaleOpened
from kiosk.sale.events import Event, LastPressed, OrderSeen, TimesForgotten
from kiosk.sale.look_times import planned
from kiosk.sale.machine import Machine
from kiosk.sale.phases import Counter
from kiosk.sale.words import Outcome, Sale
from kiosk.shell.journal_writer import JournalWriter
from kiosk.shell.look_learner import LookLearner
from tests.shell.test_journal_writer import in_place
from tests.support.play import ORDER, POLICY, QR, SHOWN, perform, pesos


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal.open(tmp_path / "journal.sqlite3", lambda: 1_800_000_000.0)
    yield opened
    opened.close()


def paid(journal: Journal, number: int, paid_after: float) -> None:
    """Write a sale that was paid so many seconds after its QR."""
    journal.remember(SaleOpened(Sale(f"K-{number}", pesos("5.00"), "caja")), b"{}")
    journal.remember(SaleEnded(f"K-{number}", Outcome.PAID, "it was", paid_after=paid_after))


def run(story: Callable[[], Awaitable[None]]) -> None:
    clock = MockClock(autojump_threshold=0)
    anyio.run(story, backend="trio", backend_options={"clock": clock})


@asynccontextmanager
async def learning(journal: Journal) -> AsyncIterator[LookLearner[Counter]]:
    learner = LookLearner(Machine(POLICY), JournalWriter(journal, in_place))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(learner.run)
        await anyio.sleep(0.1)
        yield learner
        tasks.cancel_scope.cancel()


def seen(status: str) -> OrderSeen:
    return OrderSeen(ORDER, "K-1", status, pesos("12.50"), qr_data=QR)


def first_look(learner: LookLearner[Counter]) -> float:
    """Return the pause before the first look, of an order that is on the panel now."""
    counter = perform(SHOWN.rpartition("sees created")[0]).counter
    after, _ = learner.step(counter, seen("created"), 1000.0)
    return after.wake - 1000.0


def expected(*paid_after: float) -> float:
    return planned(paid_after, POLICY.looks_per_sale, POLICY.expires_after).gap(0.0)


def test_at_its_start_it_knows_what_the_journal_knows(journal: Journal) -> None:
    for number in range(100):
        paid(journal, number, 60.0)

    async def story() -> None:
        async with learning(journal) as learner:
            assert first_look(learner) == pytest.approx(expected(*[60.0] * 100), rel=0.1)
            assert first_look(learner) > 2 * expected()

    run(story)


@pytest.mark.parametrize(
    ("event", "learns"), [(TimesForgotten(), True), (LastPressed("key"), False)]
)
def test_it_learns_again_when_it_is_told_to(journal: Journal, event: Event, learns: bool) -> None:
    for number in range(100):
        paid(journal, number, 60.0)

    async def story() -> None:
        async with learning(journal) as learner:
            journal.forget_paid_after()
            learner.step(Counter(), event, 0.0)
            await anyio.sleep(10)
            wanted = expected() if learns else expected(*[60.0] * 100)
            assert first_look(learner) == pytest.approx(wanted, rel=0.1)

    run(story)


def test_it_learns_a_while_after_each_payment(journal: Journal) -> None:
    async def story() -> None:
        async with learning(journal) as learner:
            for number in range(100):
                paid(journal, number, 60.0)
            play = perform(SHOWN + "later | fetch")
            counter, effects = learner.step(play.counter, seen("processed"), play.now)
            assert any(isinstance(each, Remember) for each in effects)
            assert counter.state == "finished"
            await anyio.sleep(1)
            assert first_look(learner) == pytest.approx(expected(), rel=0.1), "not while it sounds"
            await anyio.sleep(2)
            assert first_look(learner) == pytest.approx(expected(*[60.0] * 100), rel=0.1)

    run(story)


def test_without_a_journal_it_keeps_what_it_knows(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Journal) -> tuple[float, ...]:
        raise JournalFailed("the disk is broken")

    async def story() -> None:
        async with learning(journal) as learner:
            monkeypatch.setattr(Journal, "paid_after", fail)
            learner.step(Counter(), TimesForgotten(), 0.0)
            await anyio.sleep(10)
            assert first_look(learner) == pytest.approx(expected(), rel=0.1)
            monkeypatch.undo()
            paid(journal, 1, 200.0)
            learner.step(Counter(), TimesForgotten(), 0.0)
            await anyio.sleep(10)
            assert first_look(learner) == pytest.approx(expected(200.0), rel=0.1)

    run(story)

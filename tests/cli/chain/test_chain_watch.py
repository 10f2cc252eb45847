"""``kiosk fleet watch`` on virtual time: it draws what changes, and survives the broker."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import anyio
import mqtt5
import pytest

from kiosk.cli.chain.chain_account import Connect
from kiosk.cli.chain.chain_watch import LONGEST_PAUSE, ChainWatch
from kiosk.fleet.mqtt.vocabulary import BrokerFault, TakenOver
from tests.cli.chain.performed import perform
from tests.fleet.viewer.chain import ChainBroker, sale, state, will


class Screen:
    """Keeps each picture with its second."""

    def __init__(self) -> None:
        self.pictures: list[tuple[float, list[str]]] = []

    def show(self, lines: Iterable[str], _last: Callable[[int], str] = lambda _columns: "") -> None:
        self.pictures.append((anyio.current_time(), list(lines)))

    @property
    def newest(self) -> str:
        return "\n".join(self.pictures[-1][1])


def watched(broker: ChainBroker, story: Callable[[Screen], object]) -> None:
    """Watch the counters while a story is told."""
    screen = Screen()

    async def act(connect: Connect) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ChainWatch(screen.show, lambda: None).run, connect)
            await anyio.sleep(10)
            await story(screen)  # type: ignore[misc]
            tasks.cancel_scope.cancel()

    perform(broker, act)


def test_each_change_is_drawn() -> None:
    broker = ChainBroker({"shop1/k1/state": state()})

    async def story(screen: Screen) -> None:
        assert "idle" in screen.newest
        await broker.tell("shop1/k1/state", state(seq=1, state="paying"))
        await anyio.sleep(1)
        assert "paying" in screen.newest
        await broker.tell("shop1/k1/sale", sale())
        await anyio.sleep(1)
        assert "paid 12.50 ARS" in screen.newest
        await broker.tell("shop1/k1/state", will())
        await anyio.sleep(1)
        assert "it has no power or no network" in screen.newest

    watched(broker, story)


def test_many_changes_are_few_pictures() -> None:
    broker = ChainBroker({"shop1/k1/state": state()})

    async def story(screen: Screen) -> None:
        before = len(screen.pictures)
        for seq in range(1, 1001):
            await broker.tell("shop1/k1/state", state(seq=seq))
            await anyio.sleep(0.01)
        assert len(screen.pictures) - before <= 41

    watched(broker, story)


def test_a_broker_that_was_away_is_said_and_then_forgotten() -> None:
    broker = ChainBroker({"shop1/k1/state": state()})

    async def story(screen: Screen) -> None:
        broker.away = True
        await broker.drop()
        await anyio.sleep(1)
        assert screen.newest.startswith("the broker has closed the connection")
        await anyio.sleep(3600)
        assert screen.newest.startswith("the broker can't be reached: Connection refused")
        assert "shop1/k1" in screen.newest
        broker.away = False
        broker.kept["shop1/k1/state"] = state(seq=5, state="paying")
        await anyio.sleep(2 * LONGEST_PAUSE)
        assert screen.newest.startswith("shop1/k1  paying")

    watched(broker, story)


def test_a_broker_that_never_was_there_ends_the_command() -> None:
    broker = ChainBroker({})
    broker.away = True
    with pytest.RaisesGroup(BrokerFault, flatten_subgroups=True):
        watched(broker, lambda _screen: None)


def test_two_viewers_do_not_throw_each_other_out_for_ever() -> None:
    broker = ChainBroker({"shop1/k1/state": state()})
    taken_over = mqtt5.DisconnectReasonCode.SESSION_TAKEN_OVER

    async def story(_screen: Screen) -> None:
        await broker.send(mqtt5.DisconnectPacket(reason_code=taken_over).write())
        await anyio.sleep(600)

    with pytest.RaisesGroup(TakenOver, flatten_subgroups=True):
        watched(broker, story)
    assert len(broker.logins) == 1

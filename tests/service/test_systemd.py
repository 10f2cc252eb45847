"""What systemd hears, on a real datagram socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import anyio
import pytest
import trio
from trio.testing import MockClock

from kiosk.service.notify import notify, ready
from kiosk.service.watchdog import FIRST_SCREEN_WITHIN, STUCK_AFTER, watch


class Systemd:
    """The end of the socket that systemd has."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address.replace("@", "\0", 1))
        self.socket.setblocking(False)
        self.environ = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "30000000"}

    def hears(self) -> list[str]:
        heard = []
        while True:
            try:
                heard.append(self.socket.recv(4096).decode())
            except BlockingIOError:
                return heard


@pytest.fixture(params=["path", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Systemd]:
    address = str(tmp_path / "notify")
    systemd = Systemd(f"@{address}" if request.param == "abstract" else address)
    yield systemd
    systemd.socket.close()


def test_a_state_is_one_datagram(systemd: Systemd) -> None:
    notify("READY=1", "STATUS=idle", environ=systemd.environ)
    assert systemd.hears() == ["READY=1\nSTATUS=idle"]


def test_nothing_happens_without_systemd() -> None:
    notify("READY=1", environ={})


def test_a_systemd_that_does_not_listen_holds_up_nothing(
    systemd: Systemd, caplog: pytest.LogCaptureFixture
) -> None:
    while notify("STATUS=idle", environ=systemd.environ):
        pass  # until its queue is full
    assert "systemd can't be notified of STATUS=idle" in caplog.text
    assert set(systemd.hears()) == {"STATUS=idle"}


def test_ready_is_said_until_it_is_heard(systemd: Systemd) -> None:
    while notify("STATUS=idle", environ=systemd.environ):
        pass

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(ready, systemd.environ)
            await trio.sleep(12)
            assert "READY=1" not in systemd.hears()
            await trio.sleep(5)
            assert systemd.hears() == ["READY=1"]

    trio.run(main, clock=MockClock(autojump_threshold=0))


@dataclass
class Part:
    busy_since: float | None = None


def test_the_watchdog_is_fed_twice_in_its_period(systemd: Systemd) -> None:
    async def main() -> None:
        with trio.move_on_after(95):
            await watch([Part()], judged(), systemd.environ)

    trio.run(main, clock=MockClock(autojump_threshold=0))
    assert systemd.hears() == ["READY=1"] + ["WATCHDOG=1"] * 7


def test_nobody_is_fed_who_does_not_watch(systemd: Systemd) -> None:
    del systemd.environ["WATCHDOG_USEC"]

    async def main() -> None:
        with trio.fail_after(1):
            await watch([Part()], judged(), systemd.environ)

    trio.run(main, clock=MockClock(autojump_threshold=0))
    assert systemd.hears() == ["READY=1"]


def judged() -> anyio.Event:
    """A panel that shows what it should, or is known to be broken."""
    event = anyio.Event()
    event.set()
    return event


def test_the_daemon_is_not_ready_before_anybody_can_see_something(systemd: Systemd) -> None:
    panel = anyio.Event()

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(watch, [Part()], panel, systemd.environ)
            await trio.sleep(20)
            assert systemd.hears() == []
            panel.set()
            await trio.sleep(0.1)
            assert systemd.hears() == ["READY=1", "WATCHDOG=1"]
            nursery.cancel_scope.cancel()

    trio.run(main, clock=MockClock(autojump_threshold=0))


def test_a_panel_that_hangs_does_not_hold_up_the_start_for_ever(systemd: Systemd) -> None:
    async def main() -> None:
        with trio.move_on_after(FIRST_SCREEN_WITHIN + 0.1):
            await watch([Part()], anyio.Event(), systemd.environ)

    trio.run(main, clock=MockClock(autojump_threshold=0))
    assert systemd.hears() == ["READY=1", "WATCHDOG=1"]


def test_a_part_that_gets_nowhere_starves_the_watchdog(
    systemd: Systemd, caplog: pytest.LogCaptureFixture
) -> None:
    panel = Part()

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(watch, [Part(), panel], judged(), systemd.environ)
            await trio.sleep(1)
            panel.busy_since = trio.current_time()
            await trio.sleep(STUCK_AFTER)
            systemd.hears()
            await trio.sleep(60)
            assert systemd.hears() == []
            panel.busy_since = None
            await trio.sleep(15)
            assert systemd.hears() == ["WATCHDOG=1"]
            nursery.cancel_scope.cancel()

    trio.run(main, clock=MockClock(autojump_threshold=0))
    assert "Part: no progress" in caplog.text

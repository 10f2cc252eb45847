"""A keyboard scanner: found, read by its own thread, unplugged and plugged in again."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from pydantic import ValidationError

from kiosk.base.errors import DeviceGone
from kiosk.base.money import CURRENCIES, Money
from kiosk.inputs.codes.check_digits import check_digit
from kiosk.inputs.scanner.scanner_input import Scanner
from kiosk.inputs.scanner_hid import ScannerHidSettings
from kiosk.sale.effects import Reply
from kiosk.sale.events import (
    ItemScanned,
    PayPressed,
    ReadingBegan,
    ReadingRejected,
    ResultDelivered,
)
from kiosk.sale.words import Outcome
from tests.inputs.conftest import Listener
from tests.inputs.scanner.keyboard import DROPPED, REPORT, packed, typed
from tests.inputs.scanner.scanner_peer import ScannerPeer, ScannerPeerSettings

pytestmark = pytest.mark.anyio
LABEL = {"pattern": "20.....{NNNDD}"}


def hid_settings(**more: Any) -> ScannerHidSettings:
    fields = {"name": "scanner", "device": "/dev/input/by-id/scanner", "codes": {"labels": [LABEL]}}
    return ScannerHidSettings.model_validate(fields | more)


def label(number: int) -> str:
    """Return the label of item 42 at a price in cents."""
    body = f"2000042{number:05}"
    return body + check_digit(body)


@pytest.fixture
def peer() -> Iterator[ScannerPeer]:
    peer = ScannerPeer()
    yield peer
    peer.unplug()


@asynccontextmanager
async def running(peer: ScannerPeer, listener: Listener, **more: Any) -> AsyncIterator[Scanner]:
    settings = ScannerPeerSettings.model_validate(
        hid_settings(**more).model_dump() | {"peer": peer}
    )
    device = settings.open(CURRENCIES["ARS"])
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(device.run, listener.deliver)
        await peer.plugged.wait()
        yield device
        tasks.cancel_scope.cancel()


def price(event: object) -> str:
    assert isinstance(event, ItemScanned), event
    return event.item.price.plain()


async def test_a_scan_comes_in_and_the_result_is_told(
    peer: ScannerPeer, listener: Listener
) -> None:
    async with running(peer, listener) as device:
        peer.scan(label(1250))
        assert await listener.next(began=True) == ReadingBegan("scanner")
        assert price(await listener.next()) == "12.50"
        device.reply(Reply("scanner", "counter-1-7", Money.of("12.50", "ARS"), Outcome.PAID))
        assert await listener.next() == ResultDelivered("counter-1-7", Outcome.PAID)
        assert device.counts.accepted == 1


async def test_a_recording_cut_at_every_byte(peer: ScannerPeer, listener: Listener) -> None:
    code = typed("kqpay")
    async with running(peer, listener, echo_within="0 s", codes={"control": "yes"}):
        for cut in range(1, len(packed(code))):
            data = packed(code, time.monotonic())
            peer.send(data[:cut])
            await anyio.lowlevel.checkpoint()
            peer.send(data[cut:])
            assert await listener.next() == PayPressed("scanner")


async def test_a_loop_that_hangs_loses_nothing(peer: ScannerPeer, listener: Listener) -> None:
    """The thread goes on reading: the kernel keeps 64 events, and these are 1680."""
    async with running(peer, listener):
        peer.scan(*(label(cents) for cents in range(100, 120)))
        deadline = time.monotonic() + 0.3
        while time.monotonic() < deadline:
            pass  # the event loop can't run
        prices = [price(await listener.next()) for _ in range(20)]
        assert prices == [f"1.{cents:02}" for cents in range(20)]


async def test_lost_events_are_told_and_make_no_smaller_number(
    peer: ScannerPeer, listener: Listener
) -> None:
    async with running(peer, listener):
        events = typed(label(1250))
        peer.send(packed([*events[:40], DROPPED, REPORT, *events[-18:]], time.monotonic()))
        rejected = await listener.next()
        assert rejected == ReadingRejected(
            "some keys of a code were lost; scan it again", "scanner"
        )
        peer.scan(label(700))
        assert price(await listener.next()) == "7.00"


async def test_what_was_typed_long_ago_is_refused(peer: ScannerPeer, listener: Listener) -> None:
    async with running(peer, listener):
        peer.scan(label(1250), at=time.monotonic() - 10)
        rejected = await listener.next()
        assert rejected == ReadingRejected("a code arrived too late; scan it again", "scanner")


async def test_unplugged_in_the_middle_of_a_code_then_plugged_in_again(
    peer: ScannerPeer, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with running(peer, listener):
        peer.send(packed(typed(label(1250))[:60], time.monotonic()))
        assert await listener.next(began=True) == ReadingBegan("scanner")
        peer.unplug()
        assert isinstance(await listener.next(), ReadingRejected)
        await peer.plugged.wait()
        peer.scan(label(700))
        assert price(await listener.next()) == "7.00"
    told = [message for message in caplog.messages if message.startswith("scanner:")]
    assert told == ["scanner: /dev/input/scanner: it was unplugged", "scanner: it works again"]


async def test_stopping_ends_the_thread_and_lets_the_device_go(
    peer: ScannerPeer, listener: Listener
) -> None:
    async with running(peer, listener):
        peer.scan(label(1250))
        await listener.next()
    peer.unplug()
    before = set(os.listdir("/proc/self/fd"))
    async with running(peer, listener):
        peer.scan(label(1250))
        await listener.next()
    with pytest.raises(BrokenPipeError):
        peer.scan(label(1250))
    peer.unplug()
    assert set(os.listdir("/proc/self/fd")) == before


def test_a_device_file_with_a_star(tmp_path: Path) -> None:
    settings = hid_settings(device=str(tmp_path / "usb-*-event-kbd"))
    with pytest.raises(DeviceGone, match="nothing is plugged in there"):
        settings.path()
    (tmp_path / "usb-scanner-event-kbd").touch()
    assert settings.path() == str(tmp_path / "usb-scanner-event-kbd")
    (tmp_path / "usb-second-event-kbd").touch()
    with pytest.raises(DeviceGone, match=r"usb-scanner-event-kbd, .*usb-second"):
        settings.path()


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"device": ""}, "set exactly one of them"),
        ({"match": {"vendor": "0c2e"}}, "set exactly one of them"),
        ({"layout": "fr"}, "us"),
        ({"gap": "5 s"}, "less than or equal"),
        ({"codes": {"labels": [{"pattern": "20"}]}}, "not a valid label pattern"),
        ({"codes": {"labels": [LABEL, {"pattern": "2......{NNNDD}"}]}}, "match the same label"),
        ({"codes": {"gln": "7790001000011"}}, "wrong check digit"),
        ({"codes": {"min": "5", "max": "1"}}, "swap them"),
    ],
)
def test_settings_that_can_not_be(more: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        hid_settings(**more)

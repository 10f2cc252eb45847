"""Buttons on gpiozero's own mock pins, pressed from a thread as the real library does."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import anyio
import anyio.to_thread
import pytest
from gpiozero import LED, Device
from gpiozero.pins.mock import MockFactory
from pydantic import ValidationError
from trio.testing import MockClock

from kiosk.base.errors import ConfigError
from kiosk.base.money import CURRENCIES, Money
from kiosk.base.retry import LONGEST_PAUSE
from kiosk.inputs.button import ButtonSettings
from kiosk.sale.effects import Reply
from kiosk.sale.events import (
    AmountRead,
    CancelPressed,
    Event,
    PayPressed,
    RemovePressed,
    ResultDelivered,
)
from kiosk.sale.words import Outcome
from tests.inputs.conftest import Listener

pytestmark = pytest.mark.anyio
ARS = CURRENCIES["ARS"]


@pytest.fixture
def pins() -> Iterator[MockFactory]:
    before, factory = Device.pin_factory, MockFactory()
    Device.pin_factory = factory
    yield factory
    factory.reset()
    Device.pin_factory = before


def settings(**more: str) -> ButtonSettings:
    return ButtonSettings.model_validate({"driver": "button", "pin": "17"} | more)


@pytest.mark.parametrize("pull", ["up", "down"])
async def test_a_press_cancels_and_letting_go_says_nothing(
    pins: MockFactory, listener: Listener, pull: str
) -> None:
    device = settings(pull=pull, name="red-button").open(ARS)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(device.run, listener.deliver)
        await anyio.wait_all_tasks_blocked()
        pin = pins.pin(17)
        press, release = pin.drive_low, pin.drive_high
        if pull == "down":
            press, release = release, press
        for _ in range(3):
            thread = threading.Thread(target=press)
            thread.start()
            assert await listener.next() == CancelPressed("red-button")
            thread.join()
            release()
            await anyio.wait_all_tasks_blocked()
        assert listener.waiting == 0
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize(
    ("more", "event"),
    [
        ({"presses": "pay"}, PayPressed("button")),
        ({"presses": "remove"}, RemovePressed("button")),
        (
            {"presses": "amount", "amount": "1500"},
            AmountRead(Money.of("1500.00", "ARS"), "button"),
        ),
        ({"presses": "amount", "amount": "2.5"}, AmountRead(Money.of("2.50", "ARS"), "button")),
    ],
)
async def test_what_a_press_means(
    pins: MockFactory, listener: Listener, more: dict[str, str], event: Event
) -> None:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(settings(**more).open(ARS).run, listener.deliver)
        await anyio.wait_all_tasks_blocked()
        pins.pin(17).drive_low()
        assert await listener.next() == event
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"presses": "amount"}, "needs an amount; write one"),
        ({"amount": "5"}, "uses no amount; remove it"),
        ({"presses": "amount", "amount": "0"}, "greater than 0"),
        ({"presses": "amount", "amount": "-5"}, "not a plain number"),
    ],
)
def test_an_invalid_setting_is_refused_with_the_reason(more: dict[str, str], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        settings(**more)


def test_an_amount_finer_than_the_currency_is_refused() -> None:
    with pytest.raises(
        ConfigError, match=r"inputs.coffee.amount: .* has more decimals than CLP allows"
    ):
        settings(name="coffee", presses="amount", amount="2.50").open(CURRENCIES["CLP"])


@pytest.mark.parametrize("anyio_backend", [("trio", {"clock": MockClock(autojump_threshold=0)})])
async def test_a_line_in_use_is_tried_again_until_it_is_free(
    pins: MockFactory, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    other = LED(17)
    device = settings().open(ARS)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(device.run, listener.deliver)
        await anyio.wait_all_tasks_blocked()
        assert any("button: GPIO17 can't be used" in message for message in caplog.messages)
        other.close()
        await anyio.sleep(LONGEST_PAUSE)  # on the mock clock
        pins.pin(17).drive_low()
        assert await listener.next() == CancelPressed("button")
        tasks.cancel_scope.cancel()


async def test_a_button_has_nothing_to_tell(pins: MockFactory, listener: Listener) -> None:
    device = settings().open(ARS)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(device.run, listener.deliver)
        device.reply(Reply("button", "n7", Money.of("1.00", "ARS"), Outcome.PAID))
        assert await listener.next() == ResultDelivered("n7", Outcome.PAID)
        tasks.cancel_scope.cancel()


async def test_the_line_is_free_again_after_the_end(pins: MockFactory, listener: Listener) -> None:
    for _ in range(2):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(settings().open(ARS).run, listener.deliver)
            await anyio.wait_all_tasks_blocked()
            assert pins.pin(17).when_changed is not None
            tasks.cancel_scope.cancel()
        assert pins.pin(17).when_changed is None

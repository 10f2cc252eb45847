"""The input ``button``: a push button on a GPIO line, to cancel, to pay, or for a fixed amount."""

from __future__ import annotations

import contextlib
import os
from typing import Literal, Self

import anyio
from pydantic import Field, model_validator

from kiosk.base.errors import ConfigError, DeviceGone
from kiosk.base.money import Currency, Money
from kiosk.base.permissions import GPIO, UNUSABLE_GPIO, Permissions
from kiosk.base.retry import keep_open
from kiosk.base.settings import Duration, Pin, PlainDecimal
from kiosk.inputs import InputSettings
from kiosk.inputs.common.outbox import Outbox, report
from kiosk.sale.effects import Reply
from kiosk.sale.events import (
    AmountRead,
    CancelPressed,
    Deliver,
    Event,
    PayPressed,
    RemovePressed,
    ResultDelivered,
)


class ButtonSettings(InputSettings):
    """A push button between a GPIO line and ground (or 3.3 V)."""

    driver: Literal["button"] = Field("button", description="A push button on a GPIO line.")
    pin: Pin = Field(description="The GPIO line, by its BCM number.")
    pull: Literal["up", "down"] = Field(
        "up", description="up for a button to ground, down for a button to 3.3 V."
    )
    debounce: Duration = Field(
        0.05, ge=0, le=1, description="How long contacts may bounce; 0 s switches that off."
    )
    presses: Literal["cancel", "pay", "remove", "amount"] = Field(
        "cancel",
        description=(
            "What a press means: cancel the sale, pay the basket, remove the item that was "
            "scanned last, or sell for the amount below."
        ),
    )
    amount: PlainDecimal | None = Field(
        None, gt=0, description="With presses: amount, what a press costs, as in 1500 or 2.50."
    )

    @model_validator(mode="after")
    def _amount_goes_with_its_word(self) -> Self:
        if self.presses == "amount" and self.amount is None:
            raise ValueError("a button with presses: amount needs its amount, as in amount: 1500")
        if self.presses != "amount" and self.amount is not None:
            raise ValueError("an amount is of no use here; write presses: amount, or take it out")
        return self

    def permissions(self) -> Permissions:
        """Return what it needs of the system."""
        return GPIO

    def open(self, currency: Currency) -> Button:
        """Make the input. The line is opened by ``run``; raises ConfigError."""
        return Button(self, self._event(self.name or self.driver, currency))

    def _event(self, source: str, currency: Currency) -> Event:
        match self.presses:
            case "cancel":
                return CancelPressed(source)
            case "pay":
                return PayPressed(source)
            case "remove":
                return RemovePressed(source)
            case "amount":
                return AmountRead(self._price(source, currency), source)

    def _price(self, source: str, currency: Currency) -> Money:
        assert self.amount
        if self.amount != round(self.amount, currency.minor_units):
            raise ConfigError(
                f"inputs.{source}.amount: {self.amount:f} has more decimals than {currency} "
                "allows; write another amount"
            )
        return Money(self.amount, currency)


class Button:
    """An input on a GPIO line: see ``kiosk.inputs.Input``."""

    def __init__(self, settings: ButtonSettings, event: Event) -> None:
        self.name = settings.name or settings.driver
        self._settings, self._event = settings, event
        self._told: Outbox[ResultDelivered] = Outbox()

    async def run(self, deliver: Deliver) -> None:
        """Deliver presses, for ever."""

        async def use(presses: _Presses) -> None:
            while True:
                await presses.next()
                await deliver(self._event)

        async with anyio.create_task_group() as group:
            group.start_soon(report, self._told, deliver)
            await keep_open(self.name, lambda: _Presses(self._settings), use)

    def reply(self, result: Reply) -> None:
        """Say that the result was told: a button tells nothing."""
        self._told.put(ResultDelivered(result.reference))


class _Presses:
    """An open button. gpiozero calls from a thread of its own; a pipe brings it to the loop."""

    def __init__(self, settings: ButtonSettings) -> None:
        self._reader, self._writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            import gpiozero  # noqa: PLC0415 - no hardware library loads before it is needed

            self._button = gpiozero.Button(
                settings.pin,
                pull_up=settings.pull == "up",
                bounce_time=settings.debounce or None,
            )
        except Exception as fault:  # gpiozero, lgpio and RPi.GPIO share no base class
            self._close_pipe()
            raise DeviceGone(
                f"GPIO{settings.pin} can't be used: {fault}; {UNUSABLE_GPIO}"
            ) from fault
        self._button.when_pressed = self._pressed

    def _pressed(self) -> None:
        with contextlib.suppress(BlockingIOError):  # thousands of presses wait already
            os.write(self._writer, b".")

    async def next(self) -> None:
        """Return at the next press; presses that nobody waited for count as one."""
        await anyio.wait_readable(self._reader)
        os.read(self._reader, 4096)

    def close(self) -> None:
        """Let go of the line."""
        self._button.close()
        self._close_pipe()

    def _close_pipe(self) -> None:
        os.close(self._reader)
        os.close(self._writer)

"""The input ``button``: a push button on a GPIO line.

It cancels, pays, removes an item, repeats the last result, or sells for a fixed amount.
"""

from __future__ import annotations

import contextlib
import os
from contextlib import ExitStack
from typing import Literal, Protocol, Self

import anyio
from pydantic import Field, model_validator

from kiosk.base.errors import ConfigError, DeviceGone
from kiosk.base.gpio_header import gpio_line, is_simulated, kernel_edges
from kiosk.base.language import _
from kiosk.base.money import Currency, Money
from kiosk.base.outbox import Outbox
from kiosk.base.parts import PartSymbol, PartTerminal, Supply, WiredPart
from kiosk.base.permissions import GPIO, Permissions
from kiosk.base.retry import keep_open
from kiosk.base.settings import Duration, Pin, PlainDecimal
from kiosk.inputs import InputSettings
from kiosk.inputs.common.reports import connection_of, report
from kiosk.sale.effects import Reply
from kiosk.sale.events import (
    AmountRead,
    CancelPressed,
    Deliver,
    Event,
    LastPressed,
    PayPressed,
    RemovePressed,
    ResultDelivered,
)


class ButtonSettings(InputSettings):
    """A push button between a GPIO line and ground, or 3.3 V."""

    driver: Literal["button"] = Field("button", description="A push button on a GPIO line.")
    pin: Pin = Field(description="The BCM number of the GPIO line.")
    pull: Literal["up", "down"] = Field(
        "up", description="up for a button to ground, down for a button to 3.3 V."
    )
    debounce: Duration = Field(
        0.05,
        ge=0,
        le=1,
        description="Contacts that bounce for this time count as one press. 0 s: no debouncing.",
    )
    presses: Literal["cancel", "pay", "remove", "last", "amount"] = Field(
        "cancel",
        description=(
            "What a press does: cancel the sale, pay the basket, remove the item that was scanned "
            "last, say the last result again (see signals.voice), or start a sale of the amount "
            "below."
        ),
    )
    amount: PlainDecimal | None = Field(
        None, gt=0, description="With presses: amount, the amount of the sale, as in 1500 or 2.50."
    )

    @model_validator(mode="after")
    def _amount_goes_with_its_word(self) -> Self:
        if self.presses == "amount" and self.amount is None:
            raise ValueError(_("presses: amount needs an amount; write one, as in amount: 1500"))
        if self.presses != "amount" and self.amount is not None:
            raise ValueError(_("this button uses no amount; remove it, or write presses: amount"))
        return self

    @property
    def delivers_amounts(self) -> bool:
        """Return whether a press is a sale."""
        return self.presses == "amount"

    def permissions(self) -> Permissions:
        """Return what the input needs of the system."""
        return GPIO

    def parts(self) -> tuple[WiredPart, ...]:
        """Return the parts to connect, with their wires."""
        name = self.source
        other = Supply.GROUND if self.pull == "up" else Supply.V3
        button = _("push button")
        return (
            WiredPart(
                f"inputs.{name}",
                f"{name}: {self.presses}",
                PartSymbol.BUTTON,
                (PartTerminal("1", self.pin), PartTerminal("2", other)),
                materials=(f"{name}: {button}",),
            ),
        )

    def open_line(self) -> Presses:
        """Open the GPIO line. Raises DeviceGone."""
        return _SimulatedPresses(self) if is_simulated() else _KernelPresses(self)

    def open(self, currency: Currency) -> Button:
        """Return the input. Its GPIO line is opened by ``run``. Raises ConfigError."""
        return Button(self, self._event(self.source, currency))

    def _event(self, source: str, currency: Currency) -> Event:
        match self.presses:
            case "cancel":
                return CancelPressed(source)
            case "pay":
                return PayPressed(source)
            case "remove":
                return RemovePressed(source)
            case "last":
                return LastPressed(source)
            case "amount":
                return AmountRead(self._price(source, currency), source)

    def _price(self, source: str, currency: Currency) -> Money:
        assert self.amount
        if self.amount != round(self.amount, currency.minor_units):
            raise ConfigError(
                _(
                    "inputs.{source}.amount: {amount:f} has more decimals than {currency} "
                    "allows; write another amount",
                    source=source,
                    amount=self.amount,
                    currency=currency,
                )
            )
        return Money(self.amount, currency)


class Button:
    """An input on a GPIO line. See ``Input``."""

    def __init__(self, settings: ButtonSettings, event: Event) -> None:
        self.name = settings.source
        self._settings, self._event = settings, event
        self._delivered: Outbox[ResultDelivered] = Outbox()

    async def run(self, deliver: Deliver) -> None:
        """Deliver presses, until canceled."""

        async def use(presses: Presses) -> None:
            while True:
                await presses.next()
                await deliver(self._event)

        async with anyio.create_task_group() as group:
            group.start_soon(report, self._delivered, deliver)
            await keep_open(
                self.name, self._settings.open_line, use, connection_of(self.name, deliver)
            )

    def reply(self, result: Reply) -> None:
        """Report the result as delivered: a button cannot tell it."""
        self._delivered.put(ResultDelivered(result.reference, result.outcome))


class Presses(Protocol):
    """An open button."""

    async def next(self) -> None:
        """Return at the next press; presses since the last call count as one."""
        ...

    def close(self) -> None:
        """Close the GPIO line."""
        ...


class _KernelPresses:
    """A button on a Raspberry Pi: the event loop waits for the kernel's edges."""

    def __init__(self, settings: ButtonSettings) -> None:
        self._line = ExitStack()
        self._edges = self._line.enter_context(
            kernel_edges(settings.pin, active_low=settings.pull == "up", debounce=settings.debounce)
        )

    async def next(self) -> None:
        await anyio.wait_readable(self._edges.fd)
        self._edges.read_edge_events()

    def close(self) -> None:
        self._line.close()


class _SimulatedPresses:
    """A button on gpiozero's mock pins. It calls from any thread; a pipe wakes the event loop.

    It is not gpiozero's Button: that starts a thread which wakes ten times a second, to call when
    a button is held.
    """

    def __init__(self, settings: ButtonSettings) -> None:
        self._reader, self._writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            with gpio_line(settings.pin) as gpiozero:
                self._line = gpiozero.DigitalInputDevice(
                    settings.pin,
                    pull_up=settings.pull == "up",
                    bounce_time=settings.debounce or None,
                )
        except DeviceGone:
            self._close_pipe()
            raise
        self._line.when_activated = self._pressed

    def _pressed(self) -> None:
        with contextlib.suppress(BlockingIOError):  # the pipe is full of presses already
            os.write(self._writer, b".")

    async def next(self) -> None:
        await anyio.wait_readable(self._reader)
        os.read(self._reader, 4096)

    def close(self) -> None:
        self._line.close()
        self._close_pipe()

    def _close_pipe(self) -> None:
        os.close(self._reader)
        os.close(self._writer)

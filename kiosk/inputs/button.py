"""The input ``button``: a push button on a GPIO line that cancels the sale."""

from __future__ import annotations

import contextlib
import os
from typing import Literal

import anyio
from pydantic import Field

from kiosk.errors import DeviceGone
from kiosk.inputs import InputSettings
from kiosk.inputs.outbox import Outbox, report
from kiosk.money import Currency
from kiosk.reopen import keep_open
from kiosk.sale.effects import Reply
from kiosk.sale.events import CancelPressed, ResultDelivered
from kiosk.settings import Duration, Pin
from kiosk.world import Deliver


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
    presses: Literal["cancel"] = Field("cancel", description="What a press means.")

    def open(self, currency: Currency) -> Button:  # noqa: ARG002 - the seam's; a button has none
        """Make the input. The line is opened by ``run``."""
        return Button(self)


class Button:
    """An input on a GPIO line: see ``kiosk.inputs.Input``."""

    def __init__(self, settings: ButtonSettings) -> None:
        self.name = settings.name or settings.driver
        self._settings = settings
        self._told: Outbox[ResultDelivered] = Outbox()

    async def run(self, deliver: Deliver) -> None:
        """Deliver presses, for ever."""

        async def use(presses: _Presses) -> None:
            while True:
                await presses.next()
                await deliver(CancelPressed(self.name))

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
            raise DeviceGone(f"GPIO{settings.pin} can't be used: {fault}") from fault
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

"""Inputs: where amounts come from. A driver is a file; the parts of drivers are in folders.

A driver joins three kinds of parts, so that drivers can share them and a recording can be replayed:
a transport (opens a device and moves bytes), a framer (bytes and the time to lines or frames) and a
decoder (these to events). All but the transport are pure. README.md shows how to add a driver.
"""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import ClassVar, Protocol, Self, runtime_checkable

from pydantic import Field

from kiosk.base.drivers import DriverSettings
from kiosk.base.money import Currency
from kiosk.sale.effects import Reply
from kiosk.sale.events import Deliver
from kiosk.sale.words import Outcome, Sale, Unknown


class Input(Protocol):
    """A device that delivers readings and may take replies. Its failures affect no other input."""

    name: str

    async def run(self, deliver: Deliver) -> None:
        """Deliver what is read, until canceled. Open an unplugged device again, with back-off.

        Delivers ReadingBegan, AmountRead, ReadingRejected, CancelPressed and others with ``source``
        set to ``name``, and ResultDelivered as soon as a reply was sent.
        """
        ...

    def reply(self, result: Reply) -> None:
        """Queue the result for the device, also while it is unplugged. Never blocks.

        An input without replies delivers ResultDelivered at once.
        """
        ...


@runtime_checkable
class AnsweringInput(Input, Protocol):
    """An input whose device waits for an answer to each amount, and may ask for the last one."""

    def decline(self, ticket: str) -> None:
        """Tell the device that the amount delivered with this ticket did not become a sale."""
        ...

    def remember(self, last: Sale, outcome: Outcome | Unknown | None) -> None:
        """Remember the newest sale of this input from an earlier run of the daemon.

        Without an ``outcome`` the sale has not ended yet, and its ``reply`` comes later.
        """
        ...


class InputSettings(DriverSettings):
    """The settings of all inputs."""

    folder: ClassVar[str] = "kiosk.inputs"
    drivers: ClassVar[tuple[str, ...]] = (
        "serial_line",
        "scanner_hid",
        "scanner_serial",
        "pole_display",
        "escpos_printer",
        "ecr_terminal",
        "tef_files",
        "mqtt",
        "command",
        "button",
        "fake",
    )

    name: str = Field(
        "",
        pattern="^[A-Za-z0-9_-]{0,32}$",
        description="The name of this input in the log and the journal; default: the driver's.",
    )

    @property
    def source(self) -> str:
        """The name of this input in events; the driver's name, if it has none."""
        return self.name or self.driver

    @property
    def delivers_amounts(self) -> bool:
        """Return whether it can start a sale; a button to cancel can't."""
        return True

    def with_last_good_list(self, _folder: Path) -> Self:
        """Return it with a place in the folder for its last good price list, if it has a list."""
        return self

    @abstractmethod
    def open(self, currency: Currency) -> Input:
        """Return the input. Its hardware is opened by ``run``, which may try again."""

"""The trial of an input: a reading is waited for, and somebody says whether it is right."""

from __future__ import annotations

import anyio

from kiosk.base.language import _
from kiosk.base.money import CURRENCIES, Currency
from kiosk.cli.replay import describe
from kiosk.cli.trial import DeviceWrong, Person
from kiosk.config import Config
from kiosk.inputs import AnsweringInput, InputSettings
from kiosk.sale.events import AmountRead, Event, InputLost, InputOpened, ReadingBegan
from kiosk.sale.events import ReadingRejected as Rejected
from kiosk.sale.events import ReadingUnread as Unread

SCANNERS = ("scanner_hid", "scanner_serial")
_NO_READINGS = ("button", "command", "mqtt")  # nobody rings up a total there


def scanners(settings: Config) -> list[InputSettings]:
    """Return the inputs that are scanners."""
    return [each for each in settings.inputs if each.driver in SCANNERS]


def registers(settings: Config) -> list[InputSettings]:
    """Return the inputs on which somebody rings up a total."""
    others = (*SCANNERS, *_NO_READINGS)
    return [each for each in settings.inputs if each.driver not in others]


def try_input(settings: Config, chosen: InputSettings, seconds: float, person: Person) -> None:
    """Wait for a reading, and ask about it. Raises DeviceWrong."""
    if chosen.driver in SCANNERS:
        person.say(_("Scan a code with {input} now.", input=chosen.name))
    else:
        person.say(_("Ring up a total on {input} now.", input=chosen.name))
    read = anyio.run(_first_reading, chosen, CURRENCIES[settings.kiosk.currency], seconds)
    if read is None or isinstance(read, InputLost | Rejected | Unread):
        raise DeviceWrong(_fault(chosen.name, read, seconds))
    person.say(describe(read))
    if not person.is_so(_("Is that what was sent?")):
        raise DeviceWrong(
            _(
                "{input}: check its settings, such as number, amount or codes; kiosk record and "
                "kiosk replay show what it sends and how it is read",
                input=chosen.name,
            )
        )


def _fault(name: str, read: InputLost | Rejected | Unread | None, seconds: float) -> str:
    match read:
        case None:
            return _(
                "{input}: nothing came within {seconds:g} s; check the cable, the power and "
                "the port; kiosk identify finds out which device is which",
                input=name,
                seconds=seconds,
            )
        case InputLost(_source, reason):
            return _("{input}: {reason}", input=name, reason=reason)
        case Rejected(reason) | Unread(reason):
            return _(
                "{input}: it sends, but this is not an amount: {reason}; check the settings "
                "of this input; kiosk record keeps what it sends",
                input=name,
                reason=reason,
            )


async def _first_reading(chosen: InputSettings, currency: Currency, seconds: float) -> Event | None:
    """Return the first reading, or why the device can't be opened; None if nothing comes.

    Nothing is sold. A device that waits for an answer hears that there is no sale.
    """
    device = chosen.open(currency)
    found: list[Event] = []

    async def take(event: Event) -> None:
        if found or isinstance(event, InputOpened | ReadingBegan):
            return
        found.append(event)
        if isinstance(event, AmountRead) and isinstance(device, AnsweringInput):
            device.decline(event.ticket)
        tasks.cancel_scope.cancel()

    with anyio.move_on_after(seconds):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(device.run, take)
    return found[0] if found else None

"""``kiosk test scanner`` and ``kiosk test register``: waits for a reading and asks about it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import anyio
import typer

from kiosk.base.language import _
from kiosk.base.money import CURRENCIES, Currency
from kiosk.cli.common import fail, load_or_exit
from kiosk.cli.panel_check import is_yes_or_end, refuse_while_running
from kiosk.cli.replay import describe
from kiosk.config import Config
from kiosk.inputs import AnsweringInput, InputSettings
from kiosk.sale.events import AmountRead, Event, InputLost, InputOpened, ReadingBegan
from kiosk.sale.events import ReadingRejected as Rejected
from kiosk.sale.events import ReadingUnread as Unread

SCANNERS = ("scanner_hid", "scanner_serial")
_NO_READINGS = ("button", "command")  # nobody rings up a total there


def scanner(config: Path, name: str, seconds: float) -> None:
    """Perform ``kiosk test scanner``."""
    settings = load_or_exit(config)
    chosen = _chosen(settings, scanners(settings), name)
    typer.echo(_("Scan a code with {input} now.", input=chosen.name))
    _try(settings, chosen, seconds)


def register(config: Path, name: str, seconds: float) -> None:
    """Perform ``kiosk test register``."""
    settings = load_or_exit(config)
    chosen = _chosen(settings, registers(settings), name)
    typer.echo(_("Ring up a total on {input} now.", input=chosen.name))
    _try(settings, chosen, seconds)


def scanners(settings: Config) -> list[InputSettings]:
    """Return the inputs that are scanners."""
    return [each for each in settings.inputs if each.driver in SCANNERS]


def registers(settings: Config) -> list[InputSettings]:
    """Return the inputs on which somebody rings up a total."""
    others = (*SCANNERS, *_NO_READINGS)
    return [each for each in settings.inputs if each.driver not in others]


def _chosen(settings: Config, able: Sequence[InputSettings], name: str) -> InputSettings:
    refuse_while_running(settings)
    found = [each for each in able if name in ("", each.name)]
    if len(found) != 1:
        names = ", ".join(each.name for each in able) or _("none")
        fail(_("which input? Add --input and one of: {names}", names=names), code=2)
    return found[0]


def _try(settings: Config, chosen: InputSettings, seconds: float) -> None:
    read = anyio.run(_first_reading, chosen, CURRENCIES[settings.kiosk.currency], seconds)
    match read:
        case None:
            fail(
                _(
                    "{input}: nothing came within {seconds:g} s; check the cable, the power and "
                    "the port; kiosk identify finds out which device is which",
                    input=chosen.name,
                    seconds=seconds,
                )
            )
        case InputLost(_source, reason):
            fail(_("{input}: {reason}", input=chosen.name, reason=reason))
        case Rejected(reason) | Unread(reason):
            fail(
                _(
                    "{input}: it sends, but this is not an amount: {reason}; check the settings "
                    "of this input; kiosk record keeps what it sends",
                    input=chosen.name,
                    reason=reason,
                )
            )
    typer.echo(describe(read))
    if not is_yes_or_end(_("Is that what was sent?")):
        fail(
            _(
                "{input}: check its settings, such as number, amount or codes; kiosk record and "
                "kiosk replay show what it sends and how it is read",
                input=chosen.name,
            )
        )
    typer.echo(_("{input} is right", input=chosen.name))


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

"""``kiosk fleet remove``: let the broker forget a counter that is retired, or has another name."""

from __future__ import annotations

import textwrap

import typer

from kiosk.base.errors import KioskError
from kiosk.base.language import _
from kiosk.cli.chain.chain_account import Connect, run_viewer
from kiosk.cli.chain.chain_add import PASSWORDS
from kiosk.cli.chain.chain_list import the_counter
from kiosk.cli.verbs.fleet_verbs import AccountOptions
from kiosk.fleet.mqtt.vocabulary import MessageRefused
from kiosk.fleet.viewer.chain_counters import ChainCounters

# What a person runs at the broker, so that the kiosk can't come back.
_NO_ACCOUNT = "sudo mosquitto_passwd -D {passwords} {account}\nsudo systemctl reload mosquitto"


def remove_counter(options: AccountOptions, word: str) -> None:
    """Perform ``kiosk fleet remove``."""

    async def removed(connect: Connect) -> str:
        return await forgotten(connect, word)

    name = run_viewer(options, removed)
    typer.echo(
        _(
            "{name}: removed. It comes back if the kiosk connects again. To prevent that, delete "
            "its account on the broker's server, and its lines in acl if it has some:",
            name=name,
        )
    )
    typer.echo(textwrap.indent(_NO_ACCOUNT.format(passwords=PASSWORDS, account=name), "   "))


async def forgotten(connect: Connect, word: str) -> str:
    """Empty what the broker keeps of a counter, and return its name; raises KioskError."""
    counters = ChainCounters()
    async with connect(counters) as viewer:
        counter = the_counter(counters, word)
        if counter.online:
            raise KioskError(
                _(
                    "{name}: it is connected; stop the kiosk first. If it has no power, wait for a "
                    "minute",
                    name=counter.name,
                )
            )
        try:
            await viewer.forget(counter.name)
        except MessageRefused as refused:
            raise KioskError(
                _(
                    "this account may not remove counters; use one that may, such as manager in "
                    "config/fleet/acl"
                )
            ) from refused
    return counter.name

"""``kiosk doctor``: is this counter well? So far: its orders, on the real service.

With ``--api`` it goes through the check-list that ends the guide for migrating to the Orders API.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import anyio
import typer

from kiosk.base.environment import Environment
from kiosk.base.errors import CallError, ConfigError
from kiosk.cli.common import DEFAULT_CONFIG, ConfigOption, JsonOption, fail, load_or_leave
from kiosk.cli.migration_checklist import ChecklistItem, examine
from kiosk.config import Config
from kiosk.orders.account.stores import AccountStores, Owner
from kiosk.orders.mercadopago import MercadoPagoSettings


class OrderMode(StrEnum):
    """The modes of the Orders API."""

    DYNAMIC = "dynamic"
    STATIC = "static"
    HYBRID = "hybrid"


def doctor(
    config: ConfigOption = DEFAULT_CONFIG,
    api: Annotated[
        bool, typer.Option("--api", help="Create, read and cancel a small order.")
    ] = False,
    mode: Annotated[
        list[OrderMode] | None, typer.Option(help="Also in this mode; repeatable.")
    ] = None,
    production: Annotated[
        bool, typer.Option(help="Do it with credentials that take real money, too.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Find out what is well here and what is not. Exit 1: something is not.

    An order of --api lives for 30 seconds at the most, is shown to nobody and is canceled at once.
    """
    if not api:
        fail("say what to examine: --api", code=2)
    settings = load_or_leave(config)
    try:
        boxes = anyio.run(_examine, settings, mode or [], production)
    except ConfigError as error:
        fail(error, code=2)
    except CallError as error:
        fail(error)
    typer.echo(json.dumps([asdict(box) for box in boxes]) if as_json else _page(boxes))
    if any(box.ticked is False for box in boxes):
        raise typer.Exit(1)


async def _examine(
    settings: Config, modes: Sequence[OrderMode], production: bool
) -> list[ChecklistItem]:
    orders = settings.orders
    environment = Environment()
    async with aclosing(AccountStores(orders, orders.exchange(environment))) as shop:
        await _refuse_real_money(shop, production)
    every = [orders]
    if isinstance(orders, MercadoPagoSettings):
        wanted = dict.fromkeys([orders.mode, *(each.value for each in modes)])
        every = [orders.model_copy(update={"mode": each}) for each in wanted]
    nonce = secrets.token_hex(4)
    return [
        box
        for number, each in enumerate(every)
        for box in await examine(
            each, settings.kiosk.currency, f"doctor-{nonce}-{number}", environment
        )
    ]


async def _refuse_real_money(shop: AccountStores, production: bool) -> None:
    """Raise ConfigError unless these are test credentials, or real ones are allowed."""
    if production:
        return
    try:
        owner: Owner | None = await shop.owner()
    except CallError as error:
        raise ConfigError(
            f"whose credentials these are can't be found out ({error}); with --production the "
            "orders are made all the same"
        ) from error
    if owner and not owner.is_test:
        raise ConfigError(
            f"these are the credentials of {owner.nickname}, which take real money; use those of "
            "a test user, or say --production"
        )


def _page(boxes: Sequence[ChecklistItem]) -> str:
    marks = {True: "[x]", False: "[ ]", None: "[-]"}
    return "\n".join(f"{marks[box.ticked]} {box.what}: {box.why}" for box in boxes)

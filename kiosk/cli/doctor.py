"""``kiosk doctor``: check whether this counter works. So far: its orders, on the real service.

``--api`` goes through the checklist at the end of the guide for migrating to the Orders API.
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
from kiosk.cli.common import DEFAULT_CONFIG, ConfigOption, JsonOption, fail, load_or_exit
from kiosk.cli.migration_checklist import ChecklistItem, check_order
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
        list[OrderMode] | None, typer.Option(help="Check this mode too. Can be repeated.")
    ] = None,
    production: Annotated[
        bool, typer.Option(help="Allow credentials that take real money.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Check whether this counter works. Exit 1: something does not work.

    The order of --api is valid for 30 seconds, is not shown to anybody and is canceled at once.
    """
    if not api:
        fail("nothing to check; add --api", code=2)
    settings = load_or_exit(config)
    try:
        items = anyio.run(_check_orders, settings, mode or [], production)
    except ConfigError as error:
        fail(error, code=2)
    except CallError as error:
        fail(error)
    typer.echo(json.dumps([asdict(item) for item in items]) if as_json else _page(items))
    if any(item.ticked is False for item in items):
        raise typer.Exit(1)


async def _check_orders(
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
        item
        for number, each in enumerate(every)
        for item in await check_order(
            each, settings.kiosk.currency, f"doctor-{nonce}-{number}", environment
        )
    ]


async def _refuse_real_money(shop: AccountStores, production: bool) -> None:
    """Raise ConfigError if these are real credentials and they are not allowed."""
    if production:
        return
    try:
        owner: Owner | None = await shop.owner()
    except CallError as error:
        raise ConfigError(
            f"can't find out whose credentials these are ({error}); add --production to create "
            "the orders anyway"
        ) from error
    if owner and not owner.is_test:
        raise ConfigError(
            f"these are the credentials of {owner.nickname}, which take real money; use those of "
            "a test user, or add --production"
        )


def _page(items: Sequence[ChecklistItem]) -> str:
    marks = {True: "[x]", False: "[ ]", None: "[-]"}
    return "\n".join(f"{marks[item.ticked]} {item.what}: {item.why}" for item in items)

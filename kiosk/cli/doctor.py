"""``kiosk doctor``: the whole box on one page, one line for each thing that a counter needs.

``--api`` goes through the checklist at the end of the guide for migrating to the Orders API, with a
small order. Without it, no order is created.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path

import anyio
import typer

from kiosk.base.environment import Environment
from kiosk.base.errors import CallError, ConfigError
from kiosk.base.language import _, ngettext
from kiosk.box.finding import Finding, Level, is_bad
from kiosk.cli.common import fail, load_or_exit, say_line
from kiosk.cli.examination import examine
from kiosk.cli.migration_checklist import ChecklistItem, check_order
from kiosk.cli.verbs.shared_options import OrderMode
from kiosk.config import Config
from kiosk.orders.account.stores import AccountStores, Owner
from kiosk.orders.mercadopago import MercadoPagoSettings


def doctor(
    config: Path, api: bool, mode: list[OrderMode] | None, production: bool, as_json: bool
) -> None:
    """Perform ``kiosk doctor``."""
    if not api:
        _examine(config, as_json)
        return
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


def _examine(config: Path, as_json: bool) -> None:
    """Print the findings about the whole box."""
    findings = examine(config)
    if as_json:
        found = [each.as_json() for each in findings]
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        for each in findings:
            say_line(each.line())
        say_line(_summary(findings))
    if is_bad(findings):
        raise typer.Exit(1)


def _summary(findings: Sequence[Finding]) -> str:
    """Return the last line: whether something keeps the counter from selling."""
    counted = Counter(each.level for each in findings)
    if counted[Level.BAD]:
        return ngettext(
            "not well: {number} thing is bad",
            "not well: {number} things are bad",
            counted[Level.BAD],
        )
    if counted[Level.WARN]:
        return ngettext(
            "well, with {number} warning", "well, with {number} warnings", counted[Level.WARN]
        )
    return _("all is well")


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
            _(
                "can't find out whose credentials these are ({error}); add --production to "
                "create the orders anyway",
                error=error,
            )
        ) from error
    if owner and not owner.is_test:
        raise ConfigError(
            _(
                "these are the credentials of {nickname}, which take real money; use those of a "
                "test user, or add --production",
                nickname=owner.nickname,
            )
        )


def _page(items: Sequence[ChecklistItem]) -> str:
    marks = {True: "[x]", False: "[ ]", None: "[-]"}
    return "\n".join(f"{marks[item.ticked]} {item.what}: {item.why}" for item in items)

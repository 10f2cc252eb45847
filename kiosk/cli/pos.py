"""``kiosk pos``: the account's points of sale and stores, so that nobody needs curl."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import asdict
from typing import Annotated, TypeVar

import typer

from kiosk.base.environment import Environment
from kiosk.base.errors import ConfigError
from kiosk.cli.common import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    fail,
    load_or_leave,
    run_or_leave,
)
from kiosk.config import Config
from kiosk.orders.account.stores import AccountStores, PointOfSale, Store

app = typer.Typer(help="The account's points of sale, and its stores.", no_args_is_help=True)
stores = typer.Typer(help="The account's stores.", no_args_is_help=True)
app.add_typer(stores, name="stores")

T = TypeVar("T")

NO_EXTERNAL_ID = (
    "{name} (number {id}) has no external id: it was made in the app, and no order can name it. "
    "Make another one with: kiosk pos create EXTERNAL_ID"
)


@app.command("list")
def list_points_of_sale(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """List the points of sale; a star marks the one that the configuration names."""
    settings = load_or_leave(config)
    found = ask(settings, lambda shop: shop.points_of_sale())
    if as_json:
        typer.echo(json.dumps([asdict(pos) for pos in found]))
        return
    for pos in found:
        mark = "*" if pos.external_id == settings.orders.external_pos_id else " "
        typer.echo(f"{mark} {pos.external_id or '-':<20} {pos.name}  (number {pos.id})")
    for pos in found:
        if not pos.external_id:
            typer.echo(NO_EXTERNAL_ID.format(**asdict(pos)), err=True)


@app.command()
def show(
    external_id: Annotated[str, typer.Argument(help="The external id, or the number.")],
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Show one point of sale. Exit 1: the account has none such, or no order can name it."""
    found = ask(load_or_leave(config), lambda shop: _find(shop, external_id))
    if found is None:
        fail(f"{external_id}: the account has no such point of sale; see kiosk pos list")
    typer.echo(json.dumps(asdict(found)) if as_json else _page(found))
    if not found.external_id:
        fail(NO_EXTERNAL_ID.format(**asdict(found)))
    if found.fixed_amount == "no":
        fail(
            f"{external_id}: its printed code lets the payer choose the amount, and takes no orders"
        )


@app.command()
def create(
    external_id: Annotated[str, typer.Argument(help="Letters and digits, fewer than 40.")],
    name: Annotated[str, typer.Option(help="What people call it; else the external id.")] = "",
    store: Annotated[str, typer.Option(help="The external id of its store.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Create a point of sale that takes orders. Its external id can't be changed later."""
    settings = load_or_leave(config)
    if not (external_id.isascii() and external_id.isalnum() and len(external_id) < 40):
        fail(f"{external_id!r} is no external id; write letters and digits, fewer than 40", code=2)

    async def make(shop: AccountStores) -> PointOfSale:
        place = await _store_called(shop, store) if store else None
        return await shop.create_point_of_sale(external_id, name or external_id, place)

    made = ask(settings, make)
    typer.echo(json.dumps(asdict(made)) if as_json else _page(made))
    if made.external_id != settings.orders.external_pos_id:
        typer.echo(f"write it into {config}: orders.external_pos_id: {made.external_id}", err=True)


@stores.command("list")
def list_stores(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """List the stores."""
    found = ask(load_or_leave(config), lambda shop: shop.stores())
    if as_json:
        typer.echo(json.dumps([asdict(store) for store in found]))
        return
    for store in found:
        typer.echo(f"{store.external_id or '-':<20} {store.name}  (number {store.id})")


@stores.command("create")
def create_store(  # noqa: PLR0913, PLR0917 - each is an option of the command
    external_id: Annotated[str, typer.Argument(help="The shop's own id of it.")],
    street: Annotated[str, typer.Option(help="The street.")],
    number: Annotated[str, typer.Option(help="The house number.")],
    city: Annotated[str, typer.Option(help="As Mercado Pago's list of that state has it.")],
    state: Annotated[str, typer.Option(help="The state or province.")],
    latitude: Annotated[float, typer.Option(min=-90, max=90)],
    longitude: Annotated[float, typer.Option(min=-180, max=180)],
    name: Annotated[str, typer.Option(help="What people call it; else the external id.")] = "",
    reference: Annotated[str, typer.Option(help="How to find it.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Create a store. A city that the service does not know is refused with those it knows."""
    location = {
        "street_name": street,
        "street_number": number,
        "city_name": city,
        "state_name": state,
        "latitude": latitude,
        "longitude": longitude,
        "reference": reference,
    }
    settings = load_or_leave(config)
    made = ask(settings, lambda shop: shop.create_store(name or external_id, external_id, location))
    typer.echo(f"{made.external_id}  {made.name}  (number {made.id})")


def ask(settings: Config, question: Callable[[AccountStores], Awaitable[T]]) -> T:
    """Ask the account, or leave with what the service said."""

    async def answer() -> T:
        async with aclosing(
            AccountStores(settings.orders, settings.orders.exchange(Environment()))
        ) as shop:
            return await question(shop)

    return run_or_leave(answer)


async def _find(shop: AccountStores, word: str) -> PointOfSale | None:
    for pos in await shop.points_of_sale():
        if word in (pos.external_id, pos.id):
            return pos
    return None


async def _store_called(shop: AccountStores, external_id: str) -> Store:
    for store in await shop.stores():
        if store.external_id == external_id:
            return store
    raise ConfigError(f"--store: the account has no store {external_id}; see kiosk pos stores list")


def _page(pos: PointOfSale) -> str:
    return "\n".join(f"{name}: {value or '-'}" for name, value in asdict(pos).items())

"""``kiosk pos``: the points of sale and stores of the account."""

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
    load_or_exit,
    run_or_exit,
)
from kiosk.config import Config
from kiosk.orders.account.stores import AccountStores, PointOfSale, Store

app = typer.Typer(help="The points of sale and the stores of the account.", no_args_is_help=True)
stores = typer.Typer(help="The stores of the account.", no_args_is_help=True)
app.add_typer(stores, name="stores")

T = TypeVar("T")

NO_EXTERNAL_ID = (
    "{name} (number {id}) has no external id: it was created in the app, and orders can't use it; "
    "create another one with: kiosk pos create EXTERNAL_ID"
)


@app.command("list")
def list_points_of_sale(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """List the points of sale. A star marks the one in the configuration."""
    settings = load_or_exit(config)
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
    external_id: Annotated[str, typer.Argument(help="The external id or the number.")],
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Show a point of sale. Exit 1: the account does not have it, or orders can't use it."""
    found = ask(load_or_exit(config), lambda shop: _find(shop, external_id))
    if found is None:
        fail(f"{external_id}: the account does not have this point of sale; see kiosk pos list")
    typer.echo(json.dumps(asdict(found)) if as_json else _page(found))
    if not found.external_id:
        fail(NO_EXTERNAL_ID.format(**asdict(found)))
    if found.fixed_amount == "no":
        fail(
            f"{external_id}: with its printed code the payer chooses the amount, so orders can't "
            "use it; create another one with: kiosk pos create EXTERNAL_ID"
        )


@app.command()
def create(
    external_id: Annotated[str, typer.Argument(help="At most 39 letters and digits.")],
    name: Annotated[
        str, typer.Option(help="The name that people see. Default: the external id.")
    ] = "",
    store: Annotated[str, typer.Option(help="The external id of the store.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Create a point of sale for orders. Its external id can't be changed later."""
    settings = load_or_exit(config)
    if not (external_id.isascii() and external_id.isalnum() and len(external_id) < 40):
        fail(
            f"{external_id!r} is not a valid external id; write at most 39 letters and digits",
            code=2,
        )

    async def make(shop: AccountStores) -> PointOfSale:
        place = await _store_called(shop, store) if store else None
        return await shop.create_point_of_sale(external_id, name or external_id, place)

    made = ask(settings, make)
    typer.echo(json.dumps(asdict(made)) if as_json else _page(made))
    if made.external_id != settings.orders.external_pos_id:
        typer.echo(f"now write in {config}: orders.external_pos_id: {made.external_id}", err=True)


@stores.command("list")
def list_stores(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """List the stores."""
    found = ask(load_or_exit(config), lambda shop: shop.stores())
    if as_json:
        typer.echo(json.dumps([asdict(store) for store in found]))
        return
    for store in found:
        typer.echo(f"{store.external_id or '-':<20} {store.name}  (number {store.id})")


@stores.command("create")
def create_store(  # noqa: PLR0913, PLR0917 - each is an option of the command
    external_id: Annotated[str, typer.Argument(help="Your own id for the store.")],
    street: Annotated[str, typer.Option(help="The street.")],
    number: Annotated[str, typer.Option(help="The house number.")],
    city: Annotated[str, typer.Option(help="The city, as in Mercado Pago's list for the state.")],
    state: Annotated[str, typer.Option(help="The state or province.")],
    latitude: Annotated[float, typer.Option(min=-90, max=90, help="In degrees.")],
    longitude: Annotated[float, typer.Option(min=-180, max=180, help="In degrees.")],
    name: Annotated[
        str, typer.Option(help="The name that people see. Default: the external id.")
    ] = "",
    reference: Annotated[str, typer.Option(help="How to find the place.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Create a store. If the service does not know the city, its error lists the known ones."""
    location = {
        "street_name": street,
        "street_number": number,
        "city_name": city,
        "state_name": state,
        "latitude": latitude,
        "longitude": longitude,
        "reference": reference,
    }
    settings = load_or_exit(config)
    made = ask(settings, lambda shop: shop.create_store(name or external_id, external_id, location))
    typer.echo(f"{made.external_id}  {made.name}  (number {made.id})")


def ask(settings: Config, question: Callable[[AccountStores], Awaitable[T]]) -> T:
    """Ask the service about the account, or exit with its error."""

    async def answer() -> T:
        async with aclosing(
            AccountStores(settings.orders, settings.orders.exchange(Environment()))
        ) as shop:
            return await question(shop)

    return run_or_exit(answer)


async def _find(shop: AccountStores, word: str) -> PointOfSale | None:
    for pos in await shop.points_of_sale():
        if word in (pos.external_id, pos.id):
            return pos
    return None


async def _store_called(shop: AccountStores, external_id: str) -> Store:
    for store in await shop.stores():
        if store.external_id == external_id:
            return store
    raise ConfigError(
        f"--store: the account does not have the store {external_id}; see kiosk pos stores list"
    )


def _page(pos: PointOfSale) -> str:
    return "\n".join(f"{name}: {value or '-'}" for name, value in asdict(pos).items())

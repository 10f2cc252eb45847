"""``kiosk pos``: the points of sale and stores of the account."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

import typer

from kiosk.base.environment import Environment
from kiosk.base.errors import ConfigError
from kiosk.base.language import _, mark
from kiosk.cli.common import (
    fail,
    load_or_exit,
    run_or_exit,
)
from kiosk.config import Config
from kiosk.orders.account.stores import AccountStores, PointOfSale, Store

T = TypeVar("T")

_NUMBERED = mark("{name}  (number {id})")


def list_points_of_sale(config: Path, as_json: bool) -> None:
    """Perform ``kiosk pos list``."""
    settings = load_or_exit(config)
    found = ask(settings, lambda shop: shop.points_of_sale())
    if as_json:
        typer.echo(json.dumps([asdict(pos) for pos in found]))
        return
    for pos in found:
        star = "*" if pos.external_id == settings.orders.external_pos_id else " "
        typer.echo(f"{star} {pos.external_id or '-':<20} {_(_NUMBERED, name=pos.name, id=pos.id)}")
    for pos in found:
        if not pos.external_id:
            typer.echo(_without_external_id(pos), err=True)


def _without_external_id(pos: PointOfSale) -> str:
    return _(
        "{name} (number {id}) has no external id: it was created in the app, and orders can't use "
        "it; create another one with: kiosk pos create EXTERNAL_ID",
        name=pos.name,
        id=pos.id,
    )


def show(external_id: str, config: Path, as_json: bool) -> None:
    """Perform ``kiosk pos show``."""
    found = ask(load_or_exit(config), lambda shop: _find(shop, external_id))
    if found is None:
        fail(
            _(
                "{external_id}: the account does not have this point of sale; see kiosk pos list",
                external_id=external_id,
            )
        )
    typer.echo(json.dumps(asdict(found)) if as_json else _page(found))
    if not found.external_id:
        fail(_without_external_id(found))
    if found.fixed_amount == "no":
        fail(
            _(
                "{external_id}: with its printed code the payer chooses the amount, so orders "
                "can't use it; create another one with: kiosk pos create EXTERNAL_ID",
                external_id=external_id,
            )
        )


def create(external_id: str, name: str, store: str, config: Path, as_json: bool) -> None:
    """Perform ``kiosk pos create``."""
    settings = load_or_exit(config)
    if not (external_id.isascii() and external_id.isalnum() and len(external_id) < 40):
        fail(
            _(
                "{external_id!r} is not a valid external id; write at most 39 letters and digits",
                external_id=external_id,
            ),
            code=2,
        )

    async def make(shop: AccountStores) -> PointOfSale:
        place = await _store_called(shop, store) if store else None
        return await shop.create_point_of_sale(external_id, name or external_id, place)

    made = ask(settings, make)
    typer.echo(json.dumps(asdict(made)) if as_json else _page(made))
    if made.external_id != settings.orders.external_pos_id:
        said = _("now write in {config}: {line}", config=config,
                 line=f"orders.external_pos_id: {made.external_id}")  # fmt: skip
        typer.echo(said, err=True)


def list_stores(config: Path, as_json: bool) -> None:
    """Perform ``kiosk pos stores list``."""
    found = ask(load_or_exit(config), lambda shop: shop.stores())
    if as_json:
        typer.echo(json.dumps([asdict(store) for store in found]))
        return
    for store in found:
        typer.echo(f"{store.external_id or '-':<20} {_(_NUMBERED, name=store.name, id=store.id)}")


def create_store(  # noqa: PLR0913, PLR0917 - each is an option of the command
    external_id: str,
    street: str,
    number: str,
    city: str,
    state: str,
    latitude: float,
    longitude: float,
    name: str,
    reference: str,
    config: Path,
) -> None:
    """Perform ``kiosk pos stores create``."""
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
    typer.echo(f"{made.external_id}  {_(_NUMBERED, name=made.name, id=made.id)}")


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
        _(
            "--store: the account does not have the store {external_id}; see kiosk pos stores list",
            external_id=external_id,
        )
    )


def _page(pos: PointOfSale) -> str:
    return "\n".join(f"{name}: {value or '-'}" for name, value in asdict(pos).items())

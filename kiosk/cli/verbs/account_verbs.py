"""``kiosk pos``: the points of sale and stores of the account."""

from __future__ import annotations

from typing import Annotated

import typer

from kiosk.cli.verbs.shared_options import (
    DEFAULT_CONFIG,
    GROUP_CONTEXT,
    ConfigOption,
    JsonOption,
)

app = typer.Typer(rich_markup_mode=None)
pos = typer.Typer(
    help="The points of sale and the stores of the account.",
    no_args_is_help=True,
    context_settings=GROUP_CONTEXT,
)
app.add_typer(pos, name="pos")
stores = typer.Typer(
    help="The stores of the account.", no_args_is_help=True, context_settings=GROUP_CONTEXT
)
pos.add_typer(stores, name="stores")


@pos.command("list")
def list_points_of_sale(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """List the points of sale. A star marks the one in the configuration."""
    from kiosk.cli import pos as work

    work.list_points_of_sale(config, as_json)


@pos.command()
def show(
    external_id: Annotated[str, typer.Argument(help="The external id or the number.")],
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Show a point of sale. Exit 1: the account does not have it, or orders can't use it."""
    from kiosk.cli import pos as work

    work.show(external_id, config, as_json)


@pos.command()
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
    from kiosk.cli import pos as work

    work.create(external_id, name, store, config, as_json)


@stores.command("list")
def list_stores(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """List the stores."""
    from kiosk.cli import pos as work

    work.list_stores(config, as_json)


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
    from kiosk.cli import pos as work

    work.create_store(
        external_id, street, number, city, state, latitude, longitude, name, reference, config
    )

"""The verbs of the simulator."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.verbs.shared_options import (
    DEFAULT_CONFIG,
)

app = typer.Typer(rich_markup_mode=None)


@app.command()
def simulate(
    config: Annotated[
        Path, typer.Option("--config", "-c", help="A configuration with fake devices.")
    ] = DEFAULT_CONFIG,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port of the page; 0 takes any free port.")
    ] = 8800,
) -> None:
    """Simulate a counter: the real daemon, fake devices, a fake Orders API, and a page to use it.

    Everything is on 127.0.0.1. The API is at orders.base_url of the configuration.
    """
    from kiosk.cli import simulate as work

    work.simulate(config, port)


@app.command("simulate-api", hidden=True)
def simulate_api(  # noqa: PLR0913, PLR0917 - each is an option of the command
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port; 0 takes any free port.")
    ] = 9000,
    faults: Annotated[
        Path | None,
        typer.Option(help="A file with fault rules; see kiosk.simulator.faults.fault_rules."),
    ] = None,
    pos: Annotated[
        list[str] | None, typer.Option(help="The external id of a point of sale. Can be repeated.")
    ] = None,
    country: Annotated[
        str, typer.Option(help="The country of the account: AR, BR, CL or UY.")
    ] = "AR",
    qr_shape: Annotated[
        str, typer.Option(help="The shape of the QRs, such as ar-long, br-pix or br-both.")
    ] = "",
    pay_after: Annotated[
        float | None, typer.Option(min=0, help="Pay each order after this many seconds.")
    ] = None,
    paying_takes: Annotated[
        float, typer.Option(min=0, help="For how many seconds a payment locks the order.")
    ] = 0,
    refund_takes: Annotated[
        float, typer.Option(min=0, help="After how many seconds a refund is complete.")
    ] = 0,
    partial_refunds: Annotated[
        bool, typer.Option(help="Whether the account allows partial refunds.")
    ] = True,
    cash_out: Annotated[bool, typer.Option(help="Whether the seller may hand out cash.")] = False,
    user_id: Annotated[
        str,
        typer.Option(
            help="The account's number in the paths of the older APIs. Default: any number."
        ),
    ] = "",
    seed: Annotated[
        int | None, typer.Option(help="The same seed gives the same ids again.")
    ] = None,
) -> None:
    """Serve a fake Orders API on 127.0.0.1. Every access token except BAD is valid."""
    from kiosk.cli import simulate_api as work

    work.simulate_api(
        port,
        faults,
        pos,
        country,
        qr_shape,
        pay_after,
        paying_takes,
        refund_takes,
        partial_refunds,
        cash_out,
        user_id,
        seed,
    )

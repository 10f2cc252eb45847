"""``kiosk simulate-api``: the fake Orders API alone, on a port of this computer."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Annotated

import anyio
import typer

from kiosk.base.errors import ConfigError
from kiosk.cli.common import fail

if TYPE_CHECKING:  # an extra, so it is imported where it is used
    from starlette.types import ASGIApp

    from kiosk.simulator.service.options import ServiceOptions

WRONG_USAGE = 2


def simulate_api(  # noqa: PLR0913, PLR0917 - each is an option of the command
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free one.")] = 9000,
    faults: Annotated[
        Path | None, typer.Option(help="Fault rules; see kiosk.simulator.faults.fault_rules.")
    ] = None,
    pos: Annotated[list[str] | None, typer.Option(help="A point of sale; repeatable.")] = None,
    country: Annotated[str, typer.Option(help="AR, BR, CL or UY.")] = "AR",
    qr_shape: Annotated[str, typer.Option(help="As ar-long, br-pix, br-both.")] = "",
    pay_after: Annotated[
        float | None, typer.Option(min=0, help="A payer pays each order after these seconds.")
    ] = None,
    paying_takes: Annotated[
        float, typer.Option(min=0, help="For these seconds the payer holds it locked.")
    ] = 0,
    refund_takes: Annotated[
        float, typer.Option(min=0, help="For these seconds a refund is under way.")
    ] = 0,
    partial_refunds: Annotated[bool, typer.Option(help="Whether the account has them.")] = True,
    cash_out: Annotated[bool, typer.Option(help="Whether the seller may hand out cash.")] = False,
    user_id: Annotated[
        str, typer.Option(help="The only number in the older APIs' paths; else any.")
    ] = "",
    seed: Annotated[int | None, typer.Option(help="The same seed, the same ids again.")] = None,
) -> None:
    """Serve a fake Orders API on 127.0.0.1. Any access token is good but BAD."""
    try:
        from kiosk.simulator.service import http_server  # noqa: F401, PLC0415 - is it there at all?
        from kiosk.simulator.service.options import ServiceOptions  # noqa: PLC0415
    except ModuleNotFoundError as error:
        fail(f"{error.name} is missing; run: pip install 'kiosk[simulator]'", WRONG_USAGE)
    setup = ServiceOptions(
        points_of_sale=frozenset(pos or ["COUNTER1"]),
        country=country,
        qr_shape=qr_shape,
        pay_after=pay_after,
        paying_takes=paying_takes,
        refund_takes=refund_takes,
        partial_refunds=partial_refunds,
        cash_out=cash_out,
        user_id=user_id,
    )
    _check(setup)
    _serve(_app(setup, faults, seed), port)


def _check(setup: ServiceOptions) -> None:
    from kiosk.simulator.service.accounts import COUNTRIES  # noqa: PLC0415
    from kiosk.simulator.service.qr_strings import SHAPES  # noqa: PLC0415

    if setup.country not in COUNTRIES:
        fail(
            f"--country: {setup.country!r} is none; choose from {', '.join(COUNTRIES)}", WRONG_USAGE
        )
    if setup.qr_shape and setup.qr_shape not in SHAPES:
        fail(
            f"--qr-shape: {setup.qr_shape!r} is none; choose from {', '.join(SHAPES)}", WRONG_USAGE
        )


def _app(setup: ServiceOptions, faults: Path | None, seed: int | None) -> ASGIApp:
    from kiosk.simulator.faults.fault_rules import Faults, load  # noqa: PLC0415
    from kiosk.simulator.service.api import create_app  # noqa: PLC0415
    from kiosk.simulator.service.order_book import OrderBook  # noqa: PLC0415

    rng = Random(seed)  # noqa: S311 - ids of orders that nobody can steal
    try:
        rules = load(faults) if faults else []
    except ConfigError as error:
        fail(error, WRONG_USAGE)
    return create_app(OrderBook(rng, setup), Faults(rules), time.time, rng)


def _serve(app: ASGIApp, port: int) -> None:
    from kiosk.simulator.service.http_server import HOST, listen, serve  # noqa: PLC0415

    try:
        listener = listen(port)
    except OSError as error:
        fail(
            f"--port: {port} can't be had ({os.strerror(error.errno or 0)}); choose another one",
            WRONG_USAGE,
        )
    typer.echo(f"fake Orders API on http://{HOST}:{listener.getsockname()[1]}")

    async def until_told_to_stop() -> None:
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(serve, app, listener)
                await anext(aiter(signals))
                tasks.cancel_scope.cancel()

    anyio.run(until_told_to_stop)

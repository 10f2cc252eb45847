"""``kiosk simulate-api``: the fake Orders API alone, on a port of this computer."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import anyio
import typer

from kiosk.base.errors import ConfigError
from kiosk.base.language import _
from kiosk.cli.common import fail
from kiosk.cli.extra import listen_or_exit, simulator_extra

if TYPE_CHECKING:  # an optional extra, imported only where it is used
    from starlette.types import ASGIApp

    from kiosk.simulator.service.options import ServiceOptions

WRONG_USAGE = 2


def simulate_api(  # noqa: PLR0913, PLR0917 - each is an option of the command
    port: int,
    faults: Path | None,
    pos: list[str] | None,
    country: str,
    qr_shape: str,
    pay_after: float | None,
    paying_takes: float,
    refund_takes: float,
    partial_refunds: bool,
    cash_out: bool,
    user_id: str,
    seed: int | None,
) -> None:
    """Perform ``kiosk simulate-api``."""
    with simulator_extra():
        from kiosk.simulator.service import api_server  # noqa: F401, PLC0415 - is it installed?
        from kiosk.simulator.service.options import ServiceOptions  # noqa: PLC0415
    options = ServiceOptions(
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
    _check(options)
    _serve(_app(options, faults, seed), port)


def _check(options: ServiceOptions) -> None:
    from kiosk.simulator.service.accounts import COUNTRIES  # noqa: PLC0415
    from kiosk.simulator.service.qr_strings import SHAPES  # noqa: PLC0415

    for option, value, known in (
        ("--country", options.country, COUNTRIES),
        ("--qr-shape", options.qr_shape, ("", *SHAPES)),
    ):
        if value not in known:
            choices = ", ".join(filter(None, known))
            said = _(
                "{option}: {value!r} is not a valid value; choose from {choices}",
                option=option,
                value=value,
                choices=choices,
            )
            fail(said, WRONG_USAGE)


def _app(options: ServiceOptions, faults: Path | None, seed: int | None) -> ASGIApp:
    from kiosk.simulator.faults.fault_rules import Faults, load  # noqa: PLC0415
    from kiosk.simulator.service.api import create_app  # noqa: PLC0415
    from kiosk.simulator.service.order_book import OrderBook  # noqa: PLC0415

    rng = Random(seed)  # noqa: S311 - ids of orders that nobody can steal
    try:
        rules = load(faults) if faults else []
    except ConfigError as error:
        fail(error, WRONG_USAGE)
    return create_app(OrderBook(rng, options), Faults(rules), time.time, rng)


def _serve(app: ASGIApp, port: int) -> None:
    from kiosk.base.http_server import LOOPBACK  # noqa: PLC0415
    from kiosk.simulator.service.api_server import serve  # noqa: PLC0415
    from kiosk.simulator.service.control_routes import CONTROL  # noqa: PLC0415
    from kiosk.simulator.service.guard import Guarded  # noqa: PLC0415

    listener = listen_or_exit(port)

    async def until_stopped() -> None:
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            # Who reads the address may stop the program at once.
            typer.echo(f"fake Orders API on http://{LOOPBACK}:{listener.getsockname()[1]}")
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(serve, Guarded(app, CONTROL), listener)
                await anext(aiter(signals))
                tasks.cancel_scope.cancel()

    anyio.run(until_stopped)

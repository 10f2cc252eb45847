"""``kiosk simulate``: the whole counter on this computer, without hardware."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import typer

from kiosk.base.errors import ConfigError
from kiosk.cli.common import fail
from kiosk.config import load

if TYPE_CHECKING:  # an optional extra, imported only where it is used
    from kiosk.simulator.bench.start import Simulation

DEFAULT_CONFIG = Path("config/simulator.yaml")  # as in a checkout
TOKEN = "SIMULATOR"  # noqa: S105 - the fake service accepts any token


def simulate(config: Path, port: int) -> None:
    """Perform ``kiosk simulate``."""
    simulation = _prepare(config)
    api = _listen(simulation.api_port, "set another port in orders.base_url")
    page = _listen(port, "choose another port with --port")
    typer.echo(f"kiosk simulate: http://127.0.0.1:{page.getsockname()[1]}  (Ctrl-C stops it)")
    anyio.run(_until_stopped, simulation, api, page)


def _prepare(path: Path) -> Simulation:
    try:
        from kiosk.simulator.bench.start import Simulation  # noqa: PLC0415
    except ModuleNotFoundError as error:
        fail(f"{error.name} is missing; run: pip install 'kiosk[simulator]'", code=2)
    environ = {**os.environ, "KIOSK_TOKEN": TOKEN}
    try:
        config = load(path, environ)
        if config.orders.token.env:
            environ[config.orders.token.env] = TOKEN  # never the real token
        return Simulation(path, config, environ)
    except ConfigError as error:
        fail(error, code=2)


def _listen(port: int, remedy: str) -> socket.socket:
    from kiosk.simulator.service.http_server import listen  # noqa: PLC0415

    try:
        return listen(port)
    except OSError as error:
        fail(f"port {port} of 127.0.0.1 can't be used ({os.strerror(error.errno or 0)}); {remedy}")


async def _until_stopped(simulation: Simulation, api: socket.socket, page: socket.socket) -> None:
    stops = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    with anyio.open_signal_receiver(*stops) as signals:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(simulation.run, api, page)
            await anext(aiter(signals))
            tasks.cancel_scope.cancel()

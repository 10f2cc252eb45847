"""``kiosk simulate``: the whole counter on this computer, without hardware."""

from __future__ import annotations

import signal
import socket
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import typer

from kiosk.base.errors import ConfigError
from kiosk.base.language import system_reason
from kiosk.cli.common import fail

if TYPE_CHECKING:  # an optional extra, imported only where it is used
    from kiosk.simulator.bench.start import Simulation

SERVICE_PORT = 8801
PORTS_TRIED = 100


def simulate(config: Path | None, port: int, folder: Path | None) -> None:
    """Perform ``kiosk simulate``."""
    _require_extra()
    usual = as_file(files("kiosk.simulator") / "simulator.yaml")
    with usual as usual_file, _listen(SERVICE_PORT) as api, _listen(port) as page:
        simulation = _prepare(config or usual_file, folder, api)
        used = page.getsockname()[1]
        taken = f"port {port} is in use; " if port not in (0, used) else ""
        typer.echo(f"kiosk simulate: http://127.0.0.1:{used}  ({taken}Ctrl-C stops it)")
        typer.echo(f"kiosk simulate: its files are in {simulation.folder}")
        for remark in simulation.remarks:
            typer.echo(f"kiosk simulate: {remark}")
        anyio.run(_until_stopped, simulation, api, page)


def _require_extra() -> None:
    try:
        import kiosk.simulator.bench.start  # noqa: F401, PLC0415
    except ModuleNotFoundError as error:
        fail(f"{error.name} is missing; run: pip install 'kiosk[simulator]'", code=2)


def _prepare(file: Path, folder: Path | None, api: socket.socket) -> Simulation:
    from kiosk.simulator.bench.start import Simulation  # noqa: PLC0415

    try:
        return Simulation(file, folder, api.getsockname()[1])
    except ConfigError as error:
        fail(error, code=2)
    except OSError as error:
        fail(f"the simulation can't write its files ({system_reason(error)}); see --folder", code=2)


def _listen(port: int) -> socket.socket:
    """Listen on this port, or on the next one that is free; 0 is any."""
    from kiosk.simulator.service.http_server import listen  # noqa: PLC0415

    last = min(port + PORTS_TRIED, 65535) if port else 0
    while True:
        try:
            return listen(port)
        except OSError as error:
            if port >= last:
                fail(f"port {port} of 127.0.0.1 can't be used ({system_reason(error)})")
        port += 1


async def _until_stopped(simulation: Simulation, api: socket.socket, page: socket.socket) -> None:
    stops = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    with anyio.open_signal_receiver(*stops) as signals:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(simulation.run, api, page)
            await anext(aiter(signals))
            tasks.cancel_scope.cancel()

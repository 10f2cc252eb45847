"""``kiosk simulate``: the whole counter on this computer, without hardware."""

from __future__ import annotations

import secrets
import signal
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import typer
import yaml

from kiosk.base.errors import ConfigError
from kiosk.base.language import _, system_reason
from kiosk.cli.common import fail
from kiosk.cli.extra import allow_trio, listen_or_exit, manual_page, simulator_extra

if TYPE_CHECKING:  # an optional extra, imported only where it is used
    from kiosk.simulator.bench.start import Simulation
    from kiosk.simulator.scenario.scenario_file import CheckedScenario

SERVICE_PORT = 8801
PORTS_TRIED = 100


def simulate(
    config: Path | None,
    port: int,
    folder: Path | None,
    scenarios: Sequence[Path],
    record: Path | None,
) -> None:
    """Perform ``kiosk simulate``."""
    _require_extra()
    if config and scenarios:
        fail(_("a scenario has its own counter; leave out --config or --scenario"), code=2)
    if len(scenarios) > 1:
        fail(_("several scenarios can only be played without a page; add --headless"), code=2)
    scenario = _checked(scenarios[0]) if scenarios else None
    token = secrets.token_urlsafe(24)
    while True:
        port, simulation = _run(config, port, folder, scenario, token)
        if record:
            _save(simulation, record)
        if simulation.next_scenario is None:
            break
        config, folder, scenario = None, simulation.folder, simulation.next_scenario


def _run(
    config: Path | None,
    port: int,
    folder: Path | None,
    scenario: CheckedScenario | None,
    token: str,
) -> tuple[int, Simulation]:
    """Run one counter until it is stopped or replaced; return the port of its page, and it."""
    with (
        as_file(files("kiosk.simulator") / "simulator.yaml") as usual,
        _counter_of(scenario) as own,
        listen_or_exit(SERVICE_PORT, tries=PORTS_TRIED) as api,
        listen_or_exit(port, tries=PORTS_TRIED) as page,
    ):
        simulation = _prepare(own or config or usual, folder, api, scenario)
        used = int(page.getsockname()[1])
        taken = _("port {port} is in use; ", port=port) if port not in (0, used) else ""
        stop = _("Ctrl-C stops it")
        typer.echo(f"kiosk simulate: http://127.0.0.1:{used}  ({taken}{stop})")
        typer.echo(_("kiosk simulate: its files are in {folder}", folder=simulation.folder))
        for remark in simulation.remarks:
            typer.echo(f"kiosk simulate: {remark}")
        anyio.run(_until_stopped, simulation, api, page, token)
    return used, simulation


@contextmanager
def _counter_of(scenario: CheckedScenario | None) -> Iterator[Path | None]:
    """Yield a file with the configuration of the scenario's counter."""
    if scenario is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="kiosk-") as folder:
        file = Path(folder) / "scenario.yaml"
        file.write_text(
            yaml.safe_dump(scenario.document.tree["counter"], allow_unicode=True), "utf-8"
        )
        yield file


def _checked(file: Path) -> CheckedScenario:
    from kiosk.simulator.scenario.scenario_file import check_scenario, find_scenario  # noqa: PLC0415

    try:
        checked = check_scenario(find_scenario(file))
        checked.required()
    except ConfigError as error:
        fail(error, code=2)
    return checked


def _save(simulation: Simulation, record: Path) -> None:
    """Write what was done by hand."""
    try:
        record.write_text(simulation.scenario_text(), "utf-8")
    except OSError as error:
        fail(_("{file}: can't be written ({reason})", file=record, reason=system_reason(error)))
    typer.echo(_("kiosk simulate: what was done is in {file}", file=record))


def _require_extra() -> None:
    allow_trio()
    with simulator_extra():
        import kiosk.simulator.bench.start  # noqa: F401, PLC0415


def _prepare(
    file: Path, folder: Path | None, api: socket.socket, scenario: CheckedScenario | None
) -> Simulation:
    from kiosk.simulator.bench.start import Simulation  # noqa: PLC0415

    try:
        simulation = Simulation(file, folder, api.getsockname()[1], scenario)
        simulation.manual = manual_page
    except ConfigError as error:
        fail(error, code=2)
    except OSError as error:
        reason = system_reason(error)
        fail(
            _("the simulation can't write its files ({reason}); see --folder", reason=reason),
            code=2,
        )
    return simulation


async def _until_stopped(
    simulation: Simulation, api: socket.socket, page: socket.socket, token: str
) -> None:
    stops = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    async def run() -> None:
        await simulation.run(api, page, token)
        tasks.cancel_scope.cancel()

    with anyio.open_signal_receiver(*stops) as signals:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(run)
            await anext(aiter(signals))
            simulation.next_scenario = None
            tasks.cancel_scope.cancel()

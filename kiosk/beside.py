"""What runs beside a kiosk that serves: people's commands, the fleet's link, and metrics.

The link and the metrics are imported only where they are configured.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from kiosk.app import Kiosk
from kiosk.base.environment import Environment
from kiosk.base.version import kiosk_version
from kiosk.config.fleet_settings import FleetSettings
from kiosk.service.metrics_settings import MetricsSettings
from kiosk.shell.command_socket import CommandSocket, beside

if TYPE_CHECKING:
    from kiosk.service.metrics import SaleMetrics


class Beside:
    """Does it for one kiosk after another; the metrics count on."""

    def __init__(self, file: Path, environment: Environment) -> None:
        """``file`` is the configuration, which ``kiosk doctor`` examines."""
        self._file, self._environment = file, environment
        self._metrics: SaleMetrics | None = None  # none were needed yet

    async def run(self, kiosk: Kiosk) -> None:
        """Carry out people's commands, keep the link and export metrics, until canceled."""
        status, deliver = kiosk.status, kiosk.events.deliver
        commands = CommandSocket(beside(status.path), lambda: kiosk.counter, kiosk.writer, deliver)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(commands.run)
            if kiosk.config.fleet:
                tasks.start_soon(self._keep_link, kiosk, kiosk.config.fleet)
            if kiosk.config.metrics:
                tasks.start_soon(self._export_metrics, kiosk, kiosk.config.metrics)

    async def _export_metrics(self, kiosk: Kiosk, settings: MetricsSettings) -> None:
        """Count what happens, for Prometheus. The figures go on with another configuration."""
        try:
            from kiosk.service.metrics import SaleMetrics  # noqa: PLC0415 - not without a section
            from kiosk.service.metrics_export import MetricsExport  # noqa: PLC0415
        except ModuleNotFoundError as error:
            _report_missing(kiosk, "metrics", error)
            return
        self._metrics = self._metrics or SaleMetrics(kiosk_version(), anyio.current_time)
        kiosk.log.count = self._metrics.note
        parts = self._metrics, kiosk.status, kiosk.config.journal.path
        await MetricsExport(settings, *parts).run(self._environment.wall_clock)

    async def _keep_link(self, kiosk: Kiosk, fleet: FleetSettings) -> None:
        """Let the broker of the fleet see this kiosk. It sells on without one."""
        report = partial(kiosk.status.report, "fleet")
        try:
            from kiosk.fleet.broker import Broker  # noqa: PLC0415 - not without a fleet
            from kiosk.shell.doctor_run import examine  # noqa: PLC0415
            from kiosk.shell.fleet_link import FleetLink, LinkedBox, LinkedInputs  # noqa: PLC0415
        except ModuleNotFoundError as error:
            _report_missing(kiosk, "fleet", error)
            return
        client_id = f"{fleet.shop}/{kiosk.config.kiosk.name}"
        parts = kiosk.status, kiosk.writer, kiosk.events.deliver, self._environment
        tills = LinkedInputs(kiosk.inputs.values(), kiosk.policy.amount_kept_for)
        doctor, home = partial(examine, self._file), fleet.home_assistant
        box = LinkedBox(
            kiosk.config.journal.path, doctor, home_assistant=home, took=kiosk.calls.took
        )
        broker = Broker(fleet.host, fleet.port, fleet.tls, fleet.ca)
        await FleetLink(client_id, *parts, tills, box).run(broker, fleet.password, report)


def _report_missing(kiosk: Kiosk, section: str, error: ModuleNotFoundError) -> None:
    """Report that a section of the configuration needs packages that are not there."""
    problem = f"the package {error.name} is not installed; run: pip install 'kiosk[fleet]'"
    kiosk.status.report(section, problem)

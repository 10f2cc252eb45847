"""Give the figures of a kiosk to Prometheus: as a file for node_exporter, or over HTTP."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NoReturn

import anyio
import anyio.to_thread
from prometheus_client import CollectorRegistry, start_http_server

from kiosk.base.language import _
from kiosk.service.metrics import SaleMetrics
from kiosk.service.metrics_settings import MetricsSettings
from kiosk.service.status_file import StatusFile

EVERY = 15.0  # seconds; Prometheus asks about as often
AGAIN_AFTER = 30.0  # seconds until a port that was in use is tried again

log = logging.getLogger("kiosk.metrics")


class MetricsExport:
    """Exports the figures of one kiosk, as its configuration says."""

    def __init__(
        self, settings: MetricsSettings, metrics: SaleMetrics, status: StatusFile, journal: Path
    ) -> None:
        self._settings, self._metrics = settings, metrics
        self._status, self._journal = status, journal
        self._problem = ""

    async def run(self, wall_clock: Callable[[], float]) -> NoReturn:
        """Export them, until canceled. A failure is a problem of the status, and stops no sale."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._follow_status)
            if self._settings.address:
                tasks.start_soon(self._listen, *self._settings.address)
            while True:
                text = self._metrics.text(self._journal, wall_clock())
                if file := self._settings.textfile:
                    await self._write(file, text)
                await anyio.sleep(EVERY)
        raise AssertionError("it exports for ever")

    async def _follow_status(self) -> NoReturn:
        known = None
        while True:
            known = await self._status.next(known)
            self._metrics.status_is(known, self._status.problems)

    async def _write(self, file: Path, text: bytes) -> None:
        try:
            await anyio.to_thread.run_sync(_replace, file, text)
            self._report("")
        except OSError as error:
            self._report(
                _(
                    "{file} can't be written: {why}; make the kiosk's user the owner of its "
                    "folder, then run: sudo kiosk setup --units",
                    file=file,
                    why=error.strerror,
                )
            )

    async def _listen(self, host: str, port: int) -> NoReturn:
        while True:
            try:
                async with _served(host, port, self._metrics.registry):
                    self._report("")
                    await anyio.sleep_forever()
            except OSError as error:
                self._report(
                    _(
                        "the kiosk can't listen on {host}, port {port}: {why}; choose another "
                        "metrics.listen",
                        host=host,
                        port=port,
                        why=error.strerror,
                    )
                )
            await anyio.sleep(AGAIN_AFTER)

    def _report(self, problem: str) -> None:
        if problem != self._problem:
            self._problem = problem
            self._status.report("metrics", problem)
            if problem:
                log.warning("%s", problem)


@asynccontextmanager
async def _served(host: str, port: int, registry: CollectorRegistry) -> AsyncIterator[None]:
    """Answer Prometheus from a thread; raises OSError if the port is in use."""
    server, _thread = start_http_server(port, host, registry)
    try:
        yield
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(server.shutdown)
            server.server_close()


def _replace(file: Path, text: bytes) -> None:
    """Replace the file at once, for everybody to read. It need not outlive a power cut."""
    draft = file.with_name(file.name + ".new")
    draft.write_bytes(text)
    draft.chmod(0o644)
    os.replace(draft, file)

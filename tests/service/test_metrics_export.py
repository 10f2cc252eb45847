"""The figures reach Prometheus: a file that is always whole, or an address that answers."""

from __future__ import annotations

import os
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import httpx
import pytest
from pydantic import ValidationError

from kiosk.service.metrics import SaleMetrics
from kiosk.service.metrics_export import MetricsExport
from kiosk.service.metrics_settings import MetricsSettings
from kiosk.service.status_file import StatusFile
from tests.service.test_metrics import STATUS
from tests.support.processes import LONG_ENOUGH, free_port

Ask = Callable[[StatusFile], Awaitable[None]]


def export(folder: Path, ask: Ask, **section: Any) -> StatusFile:
    """Export until the question is answered; return the status."""
    status = StatusFile(folder / "status.json")

    async def run() -> None:
        settings = MetricsSettings.model_validate(section)
        metrics = SaleMetrics("1.2.3", anyio.current_time)
        exports = MetricsExport(settings, metrics, status, folder / "journal.sqlite3")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(exports.run, lambda: 1_800_000_000.0)
            status.write(STATUS)
            with anyio.fail_after(LONG_ENOUGH):
                await ask(status)
            tasks.cancel_scope.cancel()

    anyio.run(run)
    return status


async def until(question: Callable[[], object]) -> None:
    while not question():  # noqa: ASYNC110 - a file has no event
        await anyio.sleep(0.01)


def test_everybody_may_read_the_file_and_nobody_sees_a_part_of_it(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.prom"
    before = os.umask(0o077)
    try:
        export(tmp_path, lambda _: until(file.exists), textfile=file)
    finally:
        os.umask(before)
    assert "kiosk_written_at_seconds 1.8e+09" in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o644
    assert [each.name for each in tmp_path.iterdir() if each.suffix == ".prom"] == ["kiosk.prom"]


def test_a_folder_that_is_missing_is_a_problem_and_no_end(tmp_path: Path) -> None:
    file = tmp_path / "nowhere" / "kiosk.prom"
    status = export(
        tmp_path, lambda status: until(lambda: status.problems.get("metrics")), textfile=file
    )
    assert "kiosk.prom can't be written: No such file or directory" in status.problems["metrics"]


def test_prometheus_is_answered(tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"

    async def ask(_: StatusFile) -> None:
        async with httpx.AsyncClient() as client:
            while True:
                try:
                    answer = await client.get(f"http://{address}/metrics")
                except httpx.ConnectError:
                    await anyio.sleep(0.01)
                    continue
                if 'kiosk_state{kiosk_state="idle"} 1.0' in answer.text:
                    return

    export(tmp_path, ask, listen=address)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://{address}/metrics")


def test_a_port_in_use_is_a_problem_and_no_end(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status = export(
            tmp_path,
            lambda status: until(lambda: status.problems.get("metrics")),
            listen=f"127.0.0.1:{port}",
        )
    assert f"the kiosk can't listen on 127.0.0.1, port {port}" in status.problems["metrics"]


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({}, "write textfile, for node_exporter, or listen, for Prometheus"),
        ({"textfile": "/run/kiosk.txt"}, "only files that end with .prom"),
        ({"listen": "9464"}, "'9464' is not a valid address"),
        ({"listen": "localhost:9464"}, "'localhost:9464' is not a valid address"),
        ({"listen": "127.0.0.1:0"}, "0 is not a valid port"),
        ({"listen": "127.0.0.1:99999"}, "99999 is not a valid port"),
        ({"listen": "127.0.0.1:"}, "'127.0.0.1:' is not a valid address"),
    ],
)
def test_a_wrong_section_is_explained(section: dict[str, str], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        MetricsSettings.model_validate(section)


def test_the_unit_is_granted_what_the_section_needs() -> None:
    settings = MetricsSettings.model_validate(
        {"textfile": "/run/kiosk-metrics/kiosk.prom", "listen": "[::1]:9464"}
    )
    needs = settings.permissions()
    assert settings.address == ("::1", 9464)
    assert needs.folders == {Path("/run/kiosk-metrics")}
    assert needs.listens == {9464}

"""``kiosk bench --attach``: shows a real kiosk on this computer's page, read-only."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import anyio
import typer

from kiosk.base.language import _, system_reason
from kiosk.cli.common import fail
from kiosk.cli.scenarios import allow_trio


def attach(host: str, config: Path, port: int, log: Path | None) -> None:
    """Perform ``kiosk bench --attach``."""
    allow_trio()
    try:
        from kiosk.simulator.bench.real_kiosk import show  # noqa: PLC0415
        from kiosk.simulator.service.http_server import listen  # noqa: PLC0415
    except ModuleNotFoundError as error:
        fail(f"{error.name} is missing; run: pip install 'kiosk[simulator]'", code=2)
    if host.startswith("-"):
        fail(_("{host!r} is not the name of a computer", host=host), code=2)
    try:
        page = listen(port)
    except OSError as error:
        fail(
            _(
                "port {port} can't be used ({reason}); choose another with --port",
                port=port,
                reason=system_reason(error),
            )
        )
    address = f"http://127.0.0.1:{page.getsockname()[1]}"
    who = host or _("this computer")
    typer.echo(_("kiosk bench: {who} at {address} (Ctrl-C stops it)", who=who, address=address))
    with page, tempfile.TemporaryDirectory(prefix="kiosk-") as folder:
        anyio.run(show, _command(host, config, log), Path(folder), page)


def _command(host: str, config: Path, log: Path | None) -> Sequence[str]:
    """Return the command that tells what the kiosk does: here, or there through ssh."""
    words = ["bench", "--feed", "--config", str(config), *(["--log", str(log)] if log else [])]
    if host:
        return ["ssh", "-T", "-o", "ServerAliveInterval=15", host, "kiosk", *words]
    return [sys.executable, "-m", "kiosk", *words]

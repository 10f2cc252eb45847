"""``kiosk bench --attach``: shows a real kiosk on this computer's page, read-only."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import anyio
import typer

from kiosk.base.language import _
from kiosk.cli.common import fail
from kiosk.cli.extra import allow_trio, listen_or_exit, manual_page, simulator_extra


def attach(host: str, config: Path, port: int, log: Path | None) -> None:
    """Perform ``kiosk bench --attach``."""
    allow_trio()
    with simulator_extra():
        from kiosk.simulator.bench.real_kiosk import show  # noqa: PLC0415
    if host.startswith("-"):
        fail(_("{host!r} is not the name of a computer", host=host), code=2)
    page = listen_or_exit(port)
    address = f"http://127.0.0.1:{page.getsockname()[1]}"
    who = host or _("this computer")
    typer.echo(_("kiosk bench: {who} at {address} (Ctrl-C stops it)", who=who, address=address))
    with page, tempfile.TemporaryDirectory(prefix="kiosk-") as folder:
        anyio.run(show, _command(host, config, log), Path(folder), page, manual_page)


def _command(host: str, config: Path, log: Path | None) -> Sequence[str]:
    """Return the command that tells what the kiosk does: here, or there through ssh."""
    words = ["bench", "--feed", "--config", str(config), *(["--log", str(log)] if log else [])]
    if host:
        return ["ssh", "-T", "-o", "ServerAliveInterval=15", host, "kiosk", *words]
    return [sys.executable, "-m", "kiosk", *words]

"""``kiosk status``: what the running daemon says of itself."""

from __future__ import annotations

import json
import os

import typer

from kiosk.cli.common import DEFAULT_CONFIG, ConfigOption, JsonOption, fail, load_or_leave


def status(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Print the live state; exit 1 when the kiosk is not running or out of service."""
    path = load_or_leave(config).service.status_file
    try:
        text = path.read_text()
    except FileNotFoundError:
        fail(f"{path}: no status; the kiosk is not running (systemctl status kiosk)")
    except OSError as error:
        fail(f"{path}: {error.strerror}")
    seen = json.loads(text)
    if not _runs(seen["pid"]):
        fail(f"{path}: the kiosk that wrote this is gone; it was {seen['state']} then")
    if as_json:
        typer.echo(text.strip())
    else:
        typer.echo(f"{seen['state']}  {seen['reference'] or ''}".strip())
        for part, health in seen["health"].items():
            typer.echo(f"  {part}: {health}")
        for name, tally in seen.get("inputs", {}).items():
            said = ", ".join(
                f"{tally[kind]} {kind}" for kind in ("accepted", "rejected", "repeated")
            )
            typer.echo(f"  {name}: {said}{'; noisy, check its cable' if tally['noisy'] else ''}")
    raise typer.Exit(1 if seen["state"] == "out_of_service" else 0)


def _runs(pid: int) -> bool:
    """Whether there is such a process, whoever it belongs to."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True

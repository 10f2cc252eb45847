"""``kiosk status``: the live state of the running daemon, from its status file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import typer

from kiosk.base.errors import ConfigError
from kiosk.cli.common import DEFAULT_CONFIG, ConfigOption, JsonOption, fail, stated_path
from kiosk.config.loader import check_file
from kiosk.service.settings import ServiceSettings


def status(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Print the live state. Exit 1: the kiosk is not running, or is out of service."""
    path, faults = _status_file(config)
    try:
        text = path.read_text()
    except FileNotFoundError:
        if faults:
            fail(faults, code=2)
        fail(
            f"{path}: the file does not exist; the kiosk is not running, see systemctl status kiosk"
        )
    except OSError as error:
        fail(f"{path}: the file can't be read ({error.strerror}); run as root: sudo kiosk status")
    seen = json.loads(text)
    if not _runs(seen["pid"]):
        fail(f"{path}: the kiosk is not running; its last state was {seen['state']}")
    if faults:
        typer.echo(
            f"{config} has faults, see kiosk check; the kiosk runs with an earlier configuration",
            err=True,
        )
    if as_json:
        typer.echo(text.strip())
    else:
        typer.echo(f"{seen['state']}  {seen['reference'] or ''}".strip())
        for part, health in seen["health"].items():
            typer.echo(f"  {part}: {health}")
        for name, counts in seen.get("inputs", {}).items():
            kinds = ", ".join(
                f"{counts[kind]} {kind}" for kind in ("accepted", "rejected", "repeated")
            )
            typer.echo(f"  {name}: {kinds}{'; noisy, check its cable' if counts['noisy'] else ''}")
        for problem in seen.get("problems", []):
            typer.echo(f"  problem: {problem}")
    raise typer.Exit(1 if seen["state"] == "out_of_service" else 0)


def _status_file(config: Path) -> tuple[Path, ConfigError | None]:
    """Return the path of the status file, and the faults of the configuration, if any."""
    path = ServiceSettings().status_file
    try:
        checked = check_file(config, os.environ)
        path = stated_path(checked, "service", "status_file") or path
        return checked.require_config(config).service.status_file, None
    except ConfigError as error:
        return path, error


def _runs(pid: int) -> bool:
    """Whether this process exists, whoever owns it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True

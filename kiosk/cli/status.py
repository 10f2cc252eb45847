"""``kiosk status``: the live state of the running daemon, from its status file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import typer

from kiosk.base.errors import ConfigError
from kiosk.base.language import _, mark, system_reason, translated
from kiosk.cli.common import fail
from kiosk.config.loader import check_file
from kiosk.config.yaml_tree import Document
from kiosk.service.settings import ServiceSettings
from kiosk.service.status_file import CONFIGURATION

_COUNTS = (mark("accepted"), mark("rejected"), mark("unread"), mark("repeated"))
# The states, and the parts of the counter with their health.
_WORDS = (
    mark("starting"), mark("idle"), mark("creating"), mark("paying"), mark("closing"),
    mark("finished"), mark("out_of_service"),
    mark("network"), mark("token"), mark("setup"), mark("no_qr"), mark("not_payable"),
    mark("currency"), mark("panel"), mark("journal"), mark("start"),
    mark("ok"), mark("failed"),
)  # fmt: skip


def status(config: Path, as_json: bool) -> None:
    """Perform ``kiosk status``."""
    path, faults = status_file(config)
    text, seen = read_status(path, faults)
    if faults:
        typer.echo(
            _(
                "{config} has faults, see kiosk check; the kiosk runs with an earlier "
                "configuration",
                config=config,
            ),
            err=True,
        )
    inputs = seen.get("inputs", {})
    if as_json:
        typer.echo(text.strip())
    else:
        typer.echo(f"{_(seen['state'])}  {seen['reference'] or ''}".strip())
        for part, health in seen["health"].items():
            typer.echo(f"  {_(part)}: {_(health)}")
        for name, state in inputs.items():
            typer.echo(f"  {input_line(name, state)}")
        for problem in seen.get("problems", []):
            typer.echo("  " + _("problem: {problem}", problem=problem))
    lost = any(not state["connected"] for state in inputs.values())
    # A file that was only spoiled since the daemon read it does no harm yet.
    by_copy = CONFIGURATION in seen
    raise typer.Exit(1 if lost or by_copy or seen["state"] == "out_of_service" else 0)


def read_status(path: Path, faults: ConfigError | None) -> tuple[str, dict[str, Any]]:
    """Return the status file of the running daemon, as text and as an object; or exit."""
    try:
        text = path.read_text()
    except FileNotFoundError:
        if faults:
            fail(faults, code=2)
        fail(
            _(
                "{path}: the file does not exist; the kiosk is not running, see systemctl status "
                "kiosk",
                path=path,
            )
        )
    except OSError as error:
        fail(
            _(
                "{path}: the file can't be read ({reason}); run as root: sudo kiosk status",
                path=path,
                reason=system_reason(error),
            )
        )
    seen = json.loads(text)
    if not _runs(seen["pid"]):
        fail(
            _(
                "{path}: the kiosk is not running; its last state was {state}",
                path=path,
                state=_(seen["state"]),
            )
        )
    return text, translated(seen, seen.pop("parts", {}))


def running_status(path: Path, runs: Callable[[int], bool] | None = None) -> dict[str, Any] | None:
    """Return what the kiosk says in this status file; None if none runs, as far as can be seen.

    ``runs`` says whether a process exists.
    """
    try:
        seen: Any = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    pid = seen.get("pid") if isinstance(seen, dict) else None
    return dict(seen) if isinstance(pid, int) and (runs or _runs)(pid) else None


def is_running(path: Path) -> bool:
    """Return whether the kiosk that writes this status file is running, as far as can be seen."""
    return running_status(path) is not None


def input_line(name: str, state: dict[str, Any]) -> str:
    """Return the state of an input in words."""
    counts = ", ".join(f"{state[kind]} {_(kind)}" for kind in _COUNTS)
    since = datetime.fromtimestamp(state["since"]).astimezone()
    text = (
        mark("connected since {since}")
        if state["connected"]
        else mark("not connected since {since}")
    )
    connection = _(text, since=f"{since:%Y-%m-%d %H:%M:%S}")
    noisy = _("; noisy, check its cable") if state["noisy"] else ""
    why = f" ({state['why']})" if state["why"] else ""
    return f"{name}: {connection}{why}; {counts}{noisy}"


def status_file(config: Path) -> tuple[Path, ConfigError | None]:
    """Return the path of the status file, and the faults of the configuration, if any."""
    document = Document()
    try:
        checked = check_file(config, os.environ)
        document = checked.document
        return checked.require_config(config).service.status_file, None
    except ConfigError as error:
        return _status_file_of(document), error


def _status_file_of(faulty: Document) -> Path:
    """Return the path that a file with faults states, or else that of the last one that sold."""
    if isinstance(stated := faulty.get(("service", "status_file")), str):
        return Path(stated)
    from kiosk.config.last_sold import copy_for  # noqa: PLC0415 - only for a file with faults

    copy = copy_for(faulty)
    try:
        return check_file(copy, os.environ).require_config(copy).service.status_file
    except ConfigError:
        return ServiceSettings().status_file


def _runs(pid: int) -> bool:
    """Whether this process exists, whoever owns it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True

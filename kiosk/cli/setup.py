"""``kiosk setup``: what the system must know of this kiosk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from kiosk.base import atomic_file
from kiosk.cli.common import DEFAULT_CONFIG, ConfigOption, fail, load_or_leave
from kiosk.service.units import drop_ins

_AFTERWARDS = (
    "now run: sudo systemctl daemon-reload && sudo systemctl restart systemd-modules-load kiosk"
)
_HOMES = ("home", "root", "run/user")  # what ProtectHome=yes hides


def setup(
    config: ConfigOption = DEFAULT_CONFIG,
    units: Annotated[
        bool, typer.Option("--units", help="Grant the service the devices that FILE names.")
    ] = False,
    root: Annotated[
        Path, typer.Option("--root", "-o", help="The root of the system that is set up.")
    ] = Path("/"),
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the files that would change; write nothing.")
    ] = False,
) -> None:
    """Write the service's drop-ins and the modules it needs. A second run changes nothing.

    On standard output is what changed.
    """
    if not units:
        fail("kiosk setup asks no questions yet: edit the configuration, then add --units", code=2)
    _warn_of_homes(config, root)
    changed = list(_changed(root, drop_ins(load_or_leave(config).permissions())))
    for path, text in changed:
        if dry_run:
            typer.echo(f"# {path}\n{text}")
        else:
            _write(path, text)
            typer.echo(f"{path}: written")
    if not dry_run:
        typer.echo(_AFTERWARDS if changed else "the units grant what is needed", err=True)


def _warn_of_homes(config: Path, root: Path) -> None:
    """The unit can't see any home, for good reason; a link that leads there would not start it."""
    place = config.resolve()
    if any(place.is_relative_to(root.resolve() / home) for home in _HOMES):
        typer.echo(f"{config}: the service can't see {place}; copy it to /etc/kiosk", err=True)


def _changed(root: Path, files: dict[str, str]) -> Iterator[tuple[Path, str]]:
    for place, text in files.items():
        path = root / place
        if not path.exists() or path.read_text() != text:
            yield path, text


def _write(path: Path, text: str) -> None:
    """Replace the file as a whole: systemd never reads half a unit, whenever the power goes."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_file.replace(path, text.encode())
    except OSError as error:
        why = f"it can't be written ({error.strerror})"
        fail(f"{path}: {why}; run it as root: sudo kiosk setup --units")

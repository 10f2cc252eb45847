"""``kiosk setup --units``: tell systemd which devices the kiosk needs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import typer

from kiosk.base.language import _, mark, system_reason
from kiosk.cli.common import fail, load_or_exit
from kiosk.cli.first_start.file_batch import NewFile, write_together
from kiosk.cli.first_start.last_step import as_data, print_files
from kiosk.service.units import drop_ins

_AFTERWARDS = mark(
    "now run: sudo systemctl daemon-reload && sudo systemctl restart systemd-modules-load kiosk"
)
_HOMES = ("home", "root", "run/user")  # what ProtectHome=yes hides


def setup(config: Path, root: Path, dry_run: bool, as_json: bool) -> None:
    """Perform ``kiosk setup --units``."""
    settings = load_or_exit(config)
    _warn_of_home(config, config, root)
    if settings.signals.voice and settings.signals.voice.words:
        _warn_of_home(config, settings.signals.voice.words, root)
    files = [NewFile(root / name, unit) for name, unit in drop_ins(settings.permissions()).items()]
    changed = [file for file in files if file.differs()]
    if not dry_run:
        _write(changed)
    if as_json:
        typer.echo(json.dumps(as_data(changed, written=not dry_run)))
    elif dry_run:
        print_files(changed)
    else:
        for file in changed:
            typer.echo(_("{path}: written", path=file.path))
    if not dry_run:
        typer.echo(
            _(_AFTERWARDS)
            if changed
            else _("nothing to change: the service has access to all its devices"),
            err=True,
        )


def _warn_of_home(config: Path, named: Path, root: Path) -> None:
    """Warn of a file or folder in a home folder: the unit can't read it (ProtectHome=yes)."""
    place = named.resolve()
    if any(place.is_relative_to(root.resolve() / home) for home in _HOMES):
        typer.echo(
            _(
                "{config}: the service can't read {place}; copy it to /etc/kiosk",
                config=config,
                place=place,
            ),
            err=True,
        )


def _write(files: Sequence[NewFile]) -> None:
    """Write all files or none: systemd never reads half a file after a power cut."""
    try:
        write_together(files)
    except OSError as error:
        fail(
            _(
                "{path}: it can't be written ({reason}); run as root: sudo kiosk setup --units",
                path=error.filename or files[-1].path,
                reason=system_reason(error),
            )
        )

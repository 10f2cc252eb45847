"""``kiosk setup --units``: tell systemd which devices the kiosk needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import typer

from kiosk.base import atomic_file
from kiosk.base.language import _, mark, system_reason
from kiosk.cli.common import fail, load_or_exit
from kiosk.service.units import drop_ins

_AFTERWARDS = mark(
    "now run: sudo systemctl daemon-reload && sudo systemctl restart systemd-modules-load kiosk"
)
_HOMES = ("home", "root", "run/user")  # what ProtectHome=yes hides


def setup(config: Path, root: Path, dry_run: bool) -> None:
    """Perform ``kiosk setup --units``."""
    settings = load_or_exit(config)
    _warn_of_home(config, config, root)
    if settings.signals.voice and settings.signals.voice.words:
        _warn_of_home(config, settings.signals.voice.words, root)
    changed = list(_changed(root, drop_ins(settings.permissions())))
    for path, text in changed:
        if dry_run:
            typer.echo(f"# {path}\n{text}")
        else:
            _write(path, text)
            typer.echo(_("{path}: written", path=path))
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


def _changed(root: Path, files: dict[str, str]) -> Iterator[tuple[Path, str]]:
    for place, text in files.items():
        path = root / place
        if not path.exists() or path.read_text() != text:
            yield path, text


def _write(path: Path, text: str) -> None:
    """Replace the file as a whole: systemd never reads half a file after a power cut."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_file.replace(path, text.encode())
    except OSError as error:
        why = _("the file can't be written ({reason})", reason=system_reason(error))
        fail(_("{path}: {why}; run as root: sudo kiosk setup --units", path=path, why=why))

"""``kiosk check`` and ``kiosk schema``: the faults of a configuration, and its JSON Schema."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import typer

from kiosk.base.errors import ConfigError
from kiosk.base.language import _, mark
from kiosk.cli.common import fail
from kiosk.config.counter_checks import check_devices, legibility
from kiosk.config.fault import ConfigFault
from kiosk.config.loader import CheckedFile, check_file
from kiosk.config.pi_checks import check_pi
from kiosk.config.reference import annotate
from kiosk.config.scanner_files import ScannerFileNote, check_scanner_files
from kiosk.config.sections import Config, json_schema
from kiosk.display.screens.legibility import Verdict

_VERDICTS = {
    Verdict.PASS: mark("pass"),
    Verdict.WARN: mark("warn"),
    Verdict.FAIL: mark("fail"),
}
UNUSABLE = 2  # exit code when the file can't be read; ``check`` exits 1 for a file with faults


def check(file: Path, as_json: bool) -> None:
    """Perform ``kiosk check``."""
    checked = _check_file(file)
    config = checked.config
    found = tuple(check_scanner_files(config, checked.document)) if config else ()
    unusable = (each for each in found if isinstance(each, ConfigFault))
    checked = replace(checked, faults=(*checked.faults, *unusable))
    notes = [each for each in found if isinstance(each, ScannerFileNote)]
    devices = (*check_devices(config), *check_pi(config)) if config else ()
    files = (note.text for note in notes if note.is_warning)
    for warning in (*checked.warnings, *devices, *files):
        typer.echo(
            _("{file}: warning, on this computer: {warning}", file=file, warning=warning), err=True
        )
    for note in notes:
        if not note.is_warning:
            typer.echo(f"{file}: {note.text}", err=True)
    typer.echo(_json(file, checked) if as_json else _lines(file, checked))
    seen = legibility(checked.config) if checked.config else None
    if seen:
        typer.echo(f"{file}: display: {_(_VERDICTS[seen.verdict])}: {seen.sentence()}", err=as_json)
    if checked.faults or (seen and seen.verdict is Verdict.FAIL):
        raise typer.Exit(1)


def schema(manual: Path | None) -> None:
    """Perform ``kiosk schema``."""
    if manual is None:
        typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
        return
    checked = _check_file(manual)
    if checked.faults:
        fail(_lines(manual, checked), UNUSABLE)
    typer.echo(annotate(checked.document.tree, Config), nl=False)


def _check_file(file: Path) -> CheckedFile:
    try:
        return check_file(file, os.environ)
    except ConfigError as error:
        fail(error, UNUSABLE)


def _lines(file: Path, checked: CheckedFile) -> str:
    faults = (fault.line(str(file)) for fault in checked.faults)
    return "\n".join(faults) or _("{file}: fine", file=file)


def _json(file: Path, checked: CheckedFile) -> str:
    faults = [
        {
            "file": str(file),
            "line": fault.place.line,
            "column": fault.place.column,
            "key": fault.key,
            "message": fault.message,
        }
        for fault in checked.faults
    ]
    return json.dumps(faults, indent=2, ensure_ascii=False)

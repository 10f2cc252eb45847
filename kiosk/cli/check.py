"""``kiosk check`` and ``kiosk schema``: whether a counter can sell, and the schema of its file."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import typer

from kiosk.base.errors import ConfigError
from kiosk.base.language import _, mark, ngettext
from kiosk.box.finding import Level
from kiosk.cli.common import fail
from kiosk.config.fault import ConfigFault
from kiosk.config.judgement import Judgement, judge
from kiosk.config.loader import check_file
from kiosk.config.reference import annotate
from kiosk.config.sections import Config, json_schema
from kiosk.display.screens.legibility import Verdict

_VERDICTS = {
    Verdict.PASS: mark("pass"),
    Verdict.WARN: mark("warn"),
    Verdict.FAIL: mark("fail"),
}
UNUSABLE = 2  # exit code when a file can't be read; ``check`` exits 1 for a file with faults


def check(files: Sequence[Path], as_json: bool) -> None:
    """Perform ``kiosk check``."""
    judged: list[tuple[Path, Judgement]] = []
    unreadable = 0
    for file in dict.fromkeys(files):
        try:
            judged.append((file, judge(file, os.environ)))
        except ConfigError as error:
            unreadable += 1
            typer.echo(str(error), err=True)
            continue
        _say(*judged[-1], as_json)
    if as_json and judged:
        entries = [entry for file, each in judged for entry in _entries(file, each)]
        typer.echo(json.dumps(entries, indent=2, ensure_ascii=False))
    elif judged:
        typer.echo(_summary([each for _file, each in judged], unreadable))
    if unreadable:
        raise typer.Exit(UNUSABLE)
    if any(each.faults for _file, each in judged):
        raise typer.Exit(1)


def _say(file: Path, judgement: Judgement, as_json: bool) -> None:
    """Print what is said about one file: warnings on standard error, faults on standard output."""
    for doubt in judgement.doubts:
        place = f"{doubt.place.line}:{doubt.place.column}"
        said = f"{doubt.key}: {doubt.message}"
        typer.echo(
            _("{file}:{place}: warning: {said}", file=file, place=place, said=said), err=True
        )
    for warning in judgement.warnings:
        said = f"{warning.key}: {warning.message}"
        typer.echo(
            _("{file}: warning, on this computer: {warning}", file=file, warning=said), err=True
        )
    for remark in judgement.remarks:
        typer.echo(f"{file}: {remark}", err=True)
    panel = judgement.panel
    # The panel's own line says more than its fault.
    failed = panel is not None and panel.verdict is Verdict.FAIL
    faults = judgement.faults if not failed else [f for f in judgement.faults if f.key != "display"]
    if not as_json:
        lines = [fault.line(str(file)) for fault in faults]
        if lines or not failed:
            typer.echo("\n".join(lines) or _("{file}: fine", file=file))
    if panel:
        verdict = _(_VERDICTS[panel.verdict])
        typer.echo(f"{file}: display: {verdict}: {panel.sentence()}", err=as_json)


def _summary(judged: Sequence[Judgement], unreadable: int) -> str:
    """Return the last line: whether all these counters can sell."""
    faults = unreadable + sum(len(each.faults) for each in judged)
    warnings = sum(len(each.doubts) + len(each.warnings) for each in judged)
    if faults:
        return ngettext("not ready: {number} fault", "not ready: {number} faults", faults)
    if warnings:
        return ngettext(
            "ready to sell, with {number} warning",
            "ready to sell, with {number} warnings",
            warnings,
        )
    return _("ready to sell")


def _entries(file: Path, judgement: Judgement) -> Iterator[dict[str, Any]]:
    """Yield the faults and the warnings for programs."""
    warnings = (*judgement.doubts, *judgement.warnings)
    for level, faults in ((Level.BAD, judgement.faults), (Level.WARN, warnings)):
        yield from (_entry(file, level, fault) for fault in faults)


def _entry(file: Path, level: Level, fault: ConfigFault) -> dict[str, Any]:
    return {
        "file": str(file),
        "line": fault.place.line,
        "column": fault.place.column,
        "key": fault.key,
        "message": fault.message,
        "level": level.value,
    }


def schema(manual: Path | None) -> None:
    """Perform ``kiosk schema``."""
    if manual is None:
        typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
        return
    try:
        checked = check_file(manual, os.environ)
    except ConfigError as error:
        fail(error, UNUSABLE)
    if checked.faults:
        fail("\n".join(fault.line(str(manual)) for fault in checked.faults), UNUSABLE)
    typer.echo(annotate(checked.document.tree, Config), nl=False)

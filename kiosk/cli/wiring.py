"""``kiosk wiring``: how the parts of a counter are connected, as a table or as a drawing."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import typer
from pydantic import ValidationError

from kiosk.base.errors import ConfigError
from kiosk.base.language import _, speak
from kiosk.base.parts import WiredPart
from kiosk.cli.common import fail, write_drawing
from kiosk.config.loader import check_file
from kiosk.config.sections import Config
from kiosk.wiring.plan import WiringPlan, plan


def wiring(file: Path, output: Path | None, as_json: bool) -> None:
    """Perform ``kiosk wiring``."""
    if as_json:
        speak("en")
    config = _settings(file)
    drawn = plan(parts_of(config))
    if output:
        from kiosk.wiring.drawing import draw  # noqa: PLC0415 - only for a drawing

        _write_pages(output, draw(drawn, config.kiosk.name, file.name))
    if as_json:
        from kiosk.wiring.table import as_json as data  # noqa: PLC0415 - only for JSON

        typer.echo(json.dumps(data(drawn), indent=2, ensure_ascii=False))
    elif not output:
        from kiosk.wiring.table import as_text  # noqa: PLC0415 - only for a table

        typer.echo("\n".join(as_text(drawn, shutil.get_terminal_size().columns)))
    _say_conflicts(drawn, output)


def _say_conflicts(drawn: WiringPlan, output: Path | None) -> None:
    if output:
        for conflict in drawn.conflicts:
            typer.echo(conflict, err=True)
    if drawn.conflicts:
        raise typer.Exit(1)


def _settings(file: Path) -> Config:
    """Return the settings of a file, also if two of them clash: that is what a drawing shows."""
    try:
        checked = check_file(file, os.environ)
        return checked.config or Config.model_validate(checked.document.tree)
    except ValidationError:
        fail(ConfigError(*(fault.line(str(file)) for fault in checked.faults)), code=2)
    except ConfigError as error:
        fail(error, code=2)


def parts_of(config: Config) -> list[WiredPart]:
    """Return the parts that a configuration connects."""
    sections = (config.display, config.signals, *config.inputs)
    return [part for section in sections for part in section.parts()]


def _write_pages(output: Path, pages: list[str]) -> None:
    """Write the first page to this file, and the others beside it: ``wiring-2.svg``."""
    if len(pages) > 1 and output.exists() and not output.is_file():
        fail(_("the drawing has several pages; name a file that ends in .svg"), code=2)
    for number, text in enumerate(pages, 1):
        page = output if number == 1 else output.with_stem(f"{output.stem}-{number}")
        write_drawing(page, text.encode())
        if len(pages) > 1:
            typer.echo(_("{path}: written", path=page), err=True)

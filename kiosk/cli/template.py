"""``kiosk template``: where to cut the case for a panel, in true size."""

from __future__ import annotations

from pathlib import Path

from kiosk.base.language import _, language
from kiosk.cli.common import fail, load_or_exit
from kiosk.cli.sheets.panel_template import DoesNotFitOnPaper, draw_template
from kiosk.cli.sheets.true_size import save
from kiosk.cli.verbs.shared_options import DEFAULT_CONFIG
from kiosk.display.chips.known_panels import panel_named
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.samples import SHOP


def template(file: Path | None, panel: str, output: Path) -> None:
    """Perform ``kiosk template``."""
    if file and panel:
        fail(_("the configuration file states the panel; remove --panel"), code=2)
    name, canvas = _named(panel) if panel else _of_file(file or DEFAULT_CONFIG)
    if canvas.pitch is None:
        said = _(
            "{panel}: its size in millimetres is not known; write display.inches, or name a panel "
            "with --panel",
            panel=name,
        )
        fail(said, code=2)
    try:
        page = draw_template(name, canvas, canvas.pitch)
    except DoesNotFitOnPaper as error:
        fail(f"{name}: {error}")
    save(page, output)


def _named(panel: str) -> tuple[str, Canvas]:
    try:
        known = panel_named(panel)
    except ValueError as unknown:
        fail(unknown, code=2)
    return known.name, Canvas.of(known, language(), SHOP)


def _of_file(file: Path) -> tuple[str, Canvas]:
    config = load_or_exit(file)
    counter = config.kiosk
    return counter.name, Canvas.of(config.display, counter.language, counter.shop or "")

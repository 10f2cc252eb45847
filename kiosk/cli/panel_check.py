"""``kiosk test display``: a picture on the panel, and what to change if it looks wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import typer

from kiosk.base.errors import ConfigError, DeviceGone
from kiosk.base.language import _
from kiosk.cli.common import NO, YES, fail, load_or_exit
from kiosk.cli.status import is_running
from kiosk.config import Config
from kiosk.display import Palette, PanelSettings
from kiosk.display.lcd import LcdSettings
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.testcard import panel_card


@dataclass(frozen=True, slots=True)
class PanelQuestion:
    """A question about the picture, and what to do if the answer is no."""

    text: str
    advice: str


def display(config: Path) -> None:
    """Perform ``kiosk test display``."""
    settings = load_or_exit(config)
    refuse_while_running(settings)
    try:
        with closing(settings.display.open()) as panel:
            panel.show(panel_card(Canvas.of(settings.display, settings.kiosk.language)))
            wrong = ask(settings.display)
    except (DeviceGone, ConfigError) as error:
        fail(f"display: {error}")
    if wrong:
        fail(
            _("the panel is not right; change its settings, and run this test again:")
            + f"\n{wrong}"
        )
    typer.echo(_("the panel is right"))


def refuse_while_running(settings: Config) -> None:
    """Exit with 1 if the kiosk is running: then its devices can't be opened."""
    if is_running(settings.service.status_file):
        fail(
            _(
                "the kiosk is running and holds its devices; stop it: sudo systemctl stop kiosk; "
                "after the test, start it again: sudo systemctl start kiosk"
            )
        )


def ask(panel: PanelSettings) -> str:
    """Ask each question; return a line of advice for each no."""
    typer.echo(_("A test picture is on the panel. Answer y (yes) or n (no)."))
    return all_are_so((each.text, each.advice) for each in _questions(panel))


def all_are_so(questions: Iterable[tuple[str, str]]) -> str:
    """Ask each question; return the line of advice behind it for each no."""
    no = [advice for text, advice in questions if not is_yes_or_end(text)]
    return "\n".join(f"  {advice}" for advice in no)


def is_yes_or_end(question: str) -> bool:
    """Ask; exit with 1 if nobody answers, as without a terminal."""
    try:
        return is_yes(question)
    except typer.Abort:
        typer.echo()  # the prompt is still on this line
        fail(_("the test has ended without an answer to each question; run it again on a terminal"))


def is_yes(question: str) -> bool:
    """Ask until the answer is yes or no, also in Spanish or Portuguese. Raises typer.Abort."""
    while (answer := typer.prompt(f"{question} [y/n]").strip().lower()) not in YES + NO:
        typer.echo(_("Answer y (yes) or n (no)."))
    return answer in YES


def _questions(panel: PanelSettings) -> Iterator[PanelQuestion]:
    """Yield the questions that this panel's settings can do something about."""
    opposite = "no" if panel.invert else "yes"
    yield PanelQuestion(
        _("Is the square black on white?"), _("display.invert: write {opposite}", opposite=opposite)
    )
    yield PanelQuestion(_("Does the arrow point up?"), _rotation(panel))
    yield PanelQuestion(_("Is the letter F as you read it, not as in a mirror?"), _mirror(panel))
    yield PanelQuestion(
        _("Is there a thin line along all four edges, without a gap?"), _place(panel)
    )
    if panel.palette is Palette.COLOUR:
        yield PanelQuestion(
            _("Does each bar have the colour that is written on it?"), _order(panel)
        )


def _rotation(panel: PanelSettings) -> str:
    now = getattr(panel, "rotate", None)
    if now is None:
        return _("turn the panel: its driver has no setting for this")
    others = ", ".join(str(turn) for turn in (0, 90, 180, 270) if turn != now)
    return _("display.rotate: it is {now}; write one of {others}", now=now, others=others)


def _mirror(panel: PanelSettings) -> str:
    now = getattr(panel, "mirror", None)
    if now is None:
        return _("check the model of the panel: its driver has no setting that mirrors the picture")
    return _("display.mirror: write {answer}", answer="no" if now else "yes")


def _place(panel: PanelSettings) -> str:
    if isinstance(panel, LcdSettings):
        column, row = panel.glass.first
        return _(
            "display.h_offset and display.v_offset: they are {column} and {row}; change them "
            "until the line is complete; or write another display.size",
            column=column,
            row=row,
        )
    return _("check the panel's model and size in `display:`")


def _order(panel: PanelSettings) -> str:
    now = getattr(panel, "bgr", None)
    if now is None:
        return _(
            "check the cable and the settings of the screen: its driver has no order of colours"
        )
    return _("display.bgr: write {answer}", answer="no" if now else "yes")

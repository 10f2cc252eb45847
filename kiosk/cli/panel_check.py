"""The trial of a panel: a picture is on it, and somebody says what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from kiosk.base.language import _
from kiosk.cli.trial import Person, Trial, failed
from kiosk.config import Config
from kiosk.display import Palette, PanelSettings
from kiosk.display.lcd import LcdSettings
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.testcard import panel_card

_TURNS = (0, 90, 180, 270)


def try_panel(settings: Config, person: Person) -> list[Trial]:
    """Show a test picture; return what is wrong. Raises DeviceGone and ConfigError."""
    with closing(settings.display.open()) as panel:
        panel.show(panel_card(Canvas.of(settings.display, settings.kiosk.language)))
        person.say(_("A test picture is on the panel. Answer y (yes) or n (no)."))
        return failed(panel_trials(settings.display), person)


def panel_trials(panel: PanelSettings) -> Iterator[Trial]:
    """Yield the questions about the picture."""
    yield _switched(panel, "invert", _("Is the square black on white?"))  # every driver has it
    yield _turned(panel)
    yield _switched(
        panel,
        "mirror",
        _("Is the letter F as you read it, not as in a mirror?"),
        _("check the model of the panel: its driver has no setting that mirrors the picture"),
    )
    yield Trial(_("Is there a thin line along all four edges, without a gap?"), _place(panel))
    if panel.palette is Palette.COLOUR:
        yield _switched(
            panel,
            "bgr",
            _("Does each bar have the colour that is written on it?"),
            _("check the cable and the settings of the screen: its driver has no order of colours"),
        )


def _turned(panel: PanelSettings) -> Trial:
    question, now = _("Does the arrow point up?"), getattr(panel, "rotate", None)
    if now is None:
        return Trial(question, _("turn the panel: its driver has no setting for this"))
    others = ", ".join(str(turn) for turn in _TURNS if turn != now)
    advice = _("display.rotate: it is {now}; write one of {others}", now=now, others=others)
    return Trial(question, advice, ("display", "rotate"), str((now + 90) % 360))


def _switched(panel: PanelSettings, key: str, question: str, no_setting: str = "") -> Trial:
    """Return the question about a setting of yes or no, which some drivers don't have."""
    if (now := getattr(panel, key, None)) is None:
        return Trial(question, no_setting)
    opposite = "no" if now else "yes"
    advice = _("display.{key}: write {answer}", key=key, answer=opposite)
    return Trial(question, advice, ("display", key), opposite)


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

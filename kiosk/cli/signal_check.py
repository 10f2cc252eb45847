"""``kiosk test lights`` and ``kiosk test buzzer``: a question about each lamp and the buzzer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import get_args

import typer

from kiosk.base.errors import ConfigError, DeviceGone
from kiosk.base.language import _, mark
from kiosk.cli.common import fail, load_or_exit
from kiosk.cli.panel_check import all_are_so, refuse_while_running
from kiosk.signals import Lamp, Lamps, SignalsSettings
from kiosk.signals.gpio import GpioSignalsSettings

TONE = 2000.0  # Hz; a small buzzer is loud there
_LAMPS: tuple[Lamp, ...] = get_args(Lamp)
COLOURS: dict[Lamp, str] = {
    "red": mark("red"),
    "green": mark("green"),
    "blue": mark("blue"),
    "white": mark("white"),
}
Question = tuple[str, str]  # it, and what to do if the answer is no


def lights(config: Path) -> None:
    """Perform ``kiosk test lights``."""
    signals = _signals(config)
    present = mounted(signals)
    if not present:
        fail(_("this kiosk has no lamps; write signals.lamps into its configuration"), code=2)
    _try(signals, lambda lamps: _each_lamp(signals, present, lamps))
    typer.echo(_("the lamps are right"))


def buzzer(config: Path) -> None:
    """Perform ``kiosk test buzzer``."""
    signals = _signals(config)
    if not has_buzzer(signals):
        fail(
            _("this kiosk has no buzzer, or signals.sound is no; see signals in its configuration"),
            code=2,
        )
    _try(signals, lambda lamps: _buzzer(signals, lamps))
    typer.echo(_("the buzzer is right"))


def _signals(config: Path) -> SignalsSettings:
    settings = load_or_exit(config)
    refuse_while_running(settings)
    return settings.signals


def mounted(signals: SignalsSettings) -> tuple[Lamp, ...]:
    """Return the lamps that can be tested; a fake has all."""
    if isinstance(signals, GpioSignalsSettings):
        return tuple(lamp for lamp, _wiring in signals.lamps.mounted())
    return _LAMPS


def has_buzzer(signals: SignalsSettings) -> bool:
    """Return whether a buzzer can be tested; a fake has one."""
    return not isinstance(signals, GpioSignalsSettings) or bool(signals.buzzer and signals.sound)


def _try(signals: SignalsSettings, questions: Callable[[Lamps], Iterator[Question]]) -> None:
    """Open the lamps, ask, and exit with 1 and the advice if something is wrong."""
    try:
        with closing(signals.open(time.time)) as lamps:
            wrong = all_are_so(questions(lamps))
    except (DeviceGone, ConfigError) as error:
        fail(f"signals: {error}")
    if wrong:
        fail(_("not all is right; change this, and run this test again:") + f"\n{wrong}")


def _each_lamp(
    signals: SignalsSettings, present: tuple[Lamp, ...], lamps: Lamps
) -> Iterator[Question]:
    """Light one lamp after the other, and yield what to ask about it meanwhile."""
    for lamp in present:
        lamps.light(lamp, 1.0)
        yield (
            _("Is the lamp {lamp} on, and no other?", lamp=_(COLOURS[lamp])),
            _lamp_advice(signals, lamp),
        )
        lamps.light(lamp, 0.0)
    yield (
        _("Are all lamps off now?"),
        _("signals.lamps: write the opposite into `inverted` of the lamp that is on"),
    )


def _lamp_advice(signals: SignalsSettings, lamp: Lamp) -> str:
    wiring = getattr(signals.lamps, lamp) if isinstance(signals, GpioSignalsSettings) else None
    if wiring is None:
        return _("signals.lamps.{lamp}: look at its wiring", lamp=lamp)
    return _(
        "signals.lamps.{lamp}: its pin is GPIO {pin}; check that pin, the resistor, and the "
        "direction of the LED; if it is on when it must be off, write inverted: {answer}",
        lamp=lamp,
        pin=wiring.pin,
        answer="no" if wiring.inverted else "yes",
    )


def _buzzer(signals: SignalsSettings, lamps: Lamps) -> Iterator[Question]:
    lamps.tone(TONE)
    yield _("Do you hear the buzzer?"), _buzzer_advice(signals)
    lamps.tone(0.0)
    yield (
        _("Is it silent now?"),
        _("signals.buzzer.inverted: write the opposite"),
    )


def _buzzer_advice(signals: SignalsSettings) -> str:
    wiring = signals.buzzer if isinstance(signals, GpioSignalsSettings) else None
    if wiring is None:
        return _("signals.buzzer: look at its wiring")
    return _(
        "signals.buzzer: its pin is GPIO {pin}; check that pin, the transistor, and the direction "
        "of the buzzer; or write kind: {kind}",
        pin=wiring.pin,
        kind="passive" if wiring.kind == "active" else "active",
    )

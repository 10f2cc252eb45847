"""The trial of the lamps and the buzzer: a question about each."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from typing import get_args

from kiosk.base.language import _, mark
from kiosk.cli.trial import Person, Trial, failed
from kiosk.signals import Lamp, Lamps, SignalsSettings
from kiosk.signals.gpio import BuzzerSettings, GpioSignalsSettings

TONE = 2000.0  # Hz; a small buzzer is loud there
_LAMPS: tuple[Lamp, ...] = get_args(Lamp)
_COLOURS: dict[Lamp, str] = {
    "red": mark("red"),
    "green": mark("green"),
    "blue": mark("blue"),
    "white": mark("white"),
}


def try_lamps(signals: SignalsSettings, person: Person) -> list[Trial]:
    """Light each lamp; return what is wrong. Raises DeviceGone and ConfigError."""
    with closing(signals.open(time.time)) as lamps:
        return failed(lamp_trials(signals, lamps), person)


def try_buzzer(signals: SignalsSettings, person: Person) -> list[Trial]:
    """Sound the buzzer; return what is wrong. Raises DeviceGone and ConfigError."""
    with closing(signals.open(time.time)) as lamps:
        return failed(_buzzer_trials(signals, lamps), person)


def mounted(signals: SignalsSettings) -> tuple[Lamp, ...]:
    """Return the lamps that can be tried; a fake has all."""
    if isinstance(signals, GpioSignalsSettings):
        return tuple(lamp for lamp, _wiring in signals.lamps.mounted())
    return _LAMPS


def has_buzzer(signals: SignalsSettings) -> bool:
    """Return whether a buzzer can be tried; a fake has one."""
    return not isinstance(signals, GpioSignalsSettings) or bool(signals.buzzer and signals.sound)


def lamp_trials(signals: SignalsSettings, lamps: Lamps) -> Iterator[Trial]:
    """Light one lamp after the other, and yield what to ask about it meanwhile."""
    for lamp in mounted(signals):
        lamps.light(lamp, 1.0)
        yield _lamp_trial(signals, lamp)
        lamps.light(lamp, 0.0)
    yield Trial(
        _("Are all lamps off now?"),
        _("signals.lamps: write the opposite into `inverted` of the lamp that is on"),
    )


def _lamp_trial(signals: SignalsSettings, lamp: Lamp) -> Trial:
    question = _("Is the {colour} lamp on?", colour=_(_COLOURS[lamp]))
    wiring = getattr(signals.lamps, lamp) if isinstance(signals, GpioSignalsSettings) else None
    if wiring is None:
        return Trial(question, _("signals.lamps.{lamp}: look at its wiring", lamp=lamp))
    opposite = "no" if wiring.inverted else "yes"
    advice = _(
        "signals.lamps.{lamp}: its pin is GPIO {pin}; check that pin, the resistor, and the "
        "direction of the LED; if it is on when it must be off, write inverted: {answer}",
        lamp=lamp,
        pin=wiring.pin,
        answer=opposite,
    )
    return Trial(question, advice, ("signals", "lamps", lamp, "inverted"), opposite)


def _buzzer_trials(signals: SignalsSettings, lamps: Lamps) -> Iterator[Trial]:
    wiring = signals.buzzer if isinstance(signals, GpioSignalsSettings) else None
    lamps.tone(TONE)
    yield Trial(_("Do you hear the buzzer?"), _buzzer_advice(wiring))
    lamps.tone(0.0)
    yield Trial(
        _("Is it silent now?"),
        _("signals.buzzer.inverted: write the opposite"),
        ("signals", "buzzer", "inverted") if wiring else (),
        "no" if wiring and wiring.inverted else "yes",
    )


def _buzzer_advice(wiring: BuzzerSettings | None) -> str:
    if wiring is None:
        return _("signals.buzzer: look at its wiring")
    return _(
        "signals.buzzer: its pin is GPIO {pin}; check that pin, the transistor, and the direction "
        "of the buzzer; or write kind: {kind}",
        pin=wiring.pin,
        kind="passive" if wiring.kind == "active" else "active",
    )

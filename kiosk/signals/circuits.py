"""The circuits of lamps and buzzer on a header of 3.3 V, with the values of their resistors.

A GPIO line gives 3.3 V, and 8 mA unless it is told otherwise (BCM2835 ARM Peripherals, 6.2 and the
pads' control). A buzzer needs more, and so it has a transistor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from kiosk.base.language import _, mark, ngettext
from kiosk.base.parts import PartSymbol, PartTerminal, Supply, WiredPart

if TYPE_CHECKING:
    from kiosk.signals import Lamp
    from kiosk.signals.gpio import BuzzerSettings, LampSettings

_HIGH = 3.3  # volts of a line
_MOST = 0.008  # amperes of a line
# The lowest forward voltage of an LED of each colour: so no LED of that colour gets too much.
_FORWARD: Mapping[str, float] = {"red": 1.8, "green": 1.9, "blue": 2.7, "white": 2.7}
_NAMES = {"red": mark("red"), "green": mark("green"), "blue": mark("blue"), "white": mark("white")}

_BUZZER = 0.05  # amperes of a common buzzer for 5 V, at most
_GAIN, _BASE = 20, 0.7  # a transistor that is a closed switch: Ic / Ib, and volts at its base

_E12 = (10, 12, 15, 18, 22, 27, 33, 39, 47, 56, 68, 82)
_VALUES = tuple(value * decade for decade in (1, 10, 100, 1000) for value in _E12)


def lamp_resistor(lamp: str) -> int:
    """Return the smallest common resistor, in ohms, with which a lamp takes at most 8 mA."""
    return next(value for value in _VALUES if value >= (_HIGH - _FORWARD[lamp]) / _MOST)


def base_resistor() -> int:
    """Return the largest common resistor, in ohms, with which the transistor is a closed switch."""
    most = (_HIGH - _BASE) / (_BUZZER / _GAIN)
    return max(value for value in _VALUES if value <= most)


def ohms(value: int) -> str:
    """Return the value as a resistor's bag has it: ``220 Ω``, ``1 kΩ``."""
    return f"{value / 1000:g} kΩ" if value >= 1000 else f"{value} Ω"


def lamp_parts(mounted: Iterator[tuple[Lamp, LampSettings]]) -> Iterator[WiredPart]:
    """Yield the lamps as parts: LEDs, each kind with a common wire, and a relay module."""
    lamps = list(mounted)
    leds = [(lamp, wiring) for lamp, wiring in lamps if wiring.pwm]
    for common, inverted in ((Supply.GROUND, False), (Supply.V3, True)):
        some = [(lamp, wiring.pin) for lamp, wiring in leds if wiring.inverted is inverted]
        if some:
            yield _leds(some, common)
    relays = [(lamp, wiring.pin) for lamp, wiring in lamps if not wiring.pwm]
    if relays:
        yield _relay_module(relays)


def _leds(lamps: list[tuple[Lamp, int]], common: Supply) -> WiredPart:
    anode = common is not Supply.GROUND
    title = _("LEDs with a common anode (+)") if anode else _("LEDs with a common cathode (−)")
    terminals = [
        PartTerminal(_(_NAMES[lamp]), pin, ohms(lamp_resistor(lamp))) for lamp, pin in lamps
    ]
    values = sorted(lamp_resistor(lamp) for lamp, _pin in lamps)
    resistors = [
        _("{count} × resistor {value}, 1/4 W", count=values.count(value), value=ohms(value))
        for value in dict.fromkeys(values)
    ]
    names = ", ".join(_(_NAMES[lamp]) for lamp, _pin in lamps)
    return WiredPart(
        "signals.lamps",
        title,
        PartSymbol.LAMPS,
        (*terminals, PartTerminal("A +" if anode else "K −", common)),
        materials=(_("LEDs, or an RGB LED: {names}", names=names), *resistors),
    )


def _relay_module(lamps: list[tuple[Lamp, int]]) -> WiredPart:
    inputs = (PartTerminal(f"IN {_(_NAMES[lamp])}", pin) for lamp, pin in lamps)
    title = ngettext(
        "relay module, {number} channel", "relay module, {number} channels", len(lamps)
    )
    return WiredPart(
        "signals.lamps",
        title,
        PartSymbol.MODULE,
        (PartTerminal("VCC", Supply.V5), *inputs, PartTerminal("GND", Supply.GROUND)),
        materials=(_("{module}, coils for 5 V", module=title),),
        remarks=(_("Its inputs must switch at 3.3 V."),),
    )


def buzzer_part(buzzer: BuzzerSettings) -> WiredPart:
    """Return the buzzer: behind a transistor, or a module that sounds when its line is low."""
    passive = buzzer.kind == "passive"
    kind = _("passive buzzer") if passive else _("active buzzer")
    if buzzer.inverted:
        title = _("{buzzer} module, sounds when low", buzzer=kind)
        return WiredPart(
            "signals.buzzer",
            title,
            PartSymbol.MODULE,
            (
                PartTerminal("VCC", Supply.V3),
                PartTerminal("I/O", buzzer.pin),
                PartTerminal("GND", Supply.GROUND),
            ),
            materials=(title,),
        )
    value = ohms(base_resistor())
    diode = (_("1 diode 1N4148 (its ring points to 5 V)"),) if passive else ()
    return WiredPart(
        "signals.buzzer",
        kind,
        PartSymbol.BUZZER,
        (
            PartTerminal("+", Supply.V5, "1N4148" if passive else ""),
            PartTerminal("B", buzzer.pin, value),
            PartTerminal("E", Supply.GROUND),
        ),
        materials=(
            _("{buzzer} for 5 V, 50 mA at most", buzzer=kind),
            _("1 transistor NPN, such as BC337"),
            _("{count} × resistor {value}, 1/4 W", count=1, value=value),
            *diode,
        ),
    )

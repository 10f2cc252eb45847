"""What each signal looks and sounds like. Pure data: time is an argument.

Every signal has a rhythm of its own, which light and sound share: so it is known without seeing
colours, without seeing at all, and without hearing. No light flashes more than three times in any
second (WCAG 2.2, 2.3.1), and sound comes once, at the beginning: nobody shall hate the box.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from kiosk.sale.words import Screen
from kiosk.signals import Lamp

Lights = Mapping[Lamp, float]  # 0 to 1; a lamp that is not named is dark


@dataclass(frozen=True, slots=True)
class Step:
    """So many seconds of these lights and this tone; 0 Hz is silence."""

    seconds: float
    lights: Lights = field(default_factory=dict)
    hertz: float = 0.0


@dataclass(frozen=True, slots=True)
class Pattern:
    """Steps to be played once, then steps to be repeated; without the latter it ends."""

    once: tuple[Step, ...] = ()
    repeat: tuple[Step, ...] = ()


def at(pattern: Pattern, elapsed: float) -> tuple[Step, float] | None:
    """Return the step that is on after ``elapsed`` seconds and the second at which it ends.

    None when the pattern has ended.
    """
    end = 0.0
    for step in pattern.once:
        end += step.seconds
        if elapsed < end:
            return step, end
    if not pattern.repeat:
        return None
    phase = (elapsed - end) % sum(step.seconds for step in pattern.repeat)
    passed = 0.0
    for step in pattern.repeat:
        passed += step.seconds
        if phase < passed:
            break
    return step, elapsed + (passed - phase)


def _beats(lights: Lights, *beats: tuple[float, float, float]) -> Pattern:
    """Return beats of (seconds on, seconds off, hertz): heard once, seen until something else."""
    heard = [(Step(on, lights, hertz), Step(off)) for on, off, hertz in beats]
    seen = [(Step(on, lights), Step(off)) for on, off, _ in beats]
    return Pattern(
        tuple(step for pair in heard for step in pair),
        tuple(step for pair in seen for step in pair),
    )


def _breath(lamp: Lamp, period: float, steps: int) -> tuple[Step, ...]:
    """Return a lamp that swells and fades. Few steps, since each one wakes the computer."""
    levels = (0.55 - 0.45 * math.cos(2 * math.pi * (i + 0.5) / steps) for i in range(steps))
    return tuple(Step(period / steps, {lamp: round(level, 2)}) for level in levels)


_WHITE: Lights = {"white": 1.0}
_BLUE: Lights = {"blue": 1.0}
_GREEN: Lights = {"green": 1.0}
_RED: Lights = {"red": 1.0}
_VIOLET: Lights = {"red": 1.0, "blue": 1.0}

# Equal temperament, A4 = 440 Hz. A small buzzer is hardly heard below 200 Hz.
_A3, _C4, _E4, _A4, _C5, _E5, _G5, _C6 = 220, 262, 330, 440, 523, 659, 784, 1047

PATTERNS: Mapping[Screen, Pattern] = {
    Screen.IDLE: Pattern(repeat=(Step(math.inf, {"white": 0.15}),)),
    Screen.WORKING: Pattern(
        once=(Step(0.03, _WHITE, _C6), Step(0.22, _WHITE), Step(0.25)),
        repeat=(Step(0.25, _WHITE), Step(0.25)),
    ),
    Screen.SCAN_ME: Pattern(once=(Step(0.15, _BLUE, _E5),), repeat=_breath("blue", 3.0, 12)),
    Screen.PAID: Pattern(
        once=(
            *(Step(0.15, _GREEN, _C5), Step(0.1)),
            *(Step(0.15, _GREEN, _E5), Step(0.1)),
            *(Step(0.15, _GREEN, _G5), Step(0.1)),
            Step(0.45, _GREEN, _C6),
        ),
        repeat=(Step(math.inf, _GREEN),),
    ),
    Screen.CANCELED: _beats(_RED, (0.4, 0.15, _A4), (0.15, 0.9, _E4)),
    Screen.EXPIRED: _beats(_RED, (0.2, 0.2, _E4), (0.2, 0.2, _E4), (0.2, 1.2, _E4)),
    Screen.REFUSED: _beats(_RED, (0.9, 0.6, _A3)),
    Screen.CHECKING: Pattern(
        once=(Step(0.06, _VIOLET, _A4), Step(0.14, _VIOLET)) * 4,
        repeat=(Step(0.4, _VIOLET), Step(2.6)),
    ),
    Screen.OUT_OF_SERVICE: _beats(_RED, (0.5, 0.3, _C4), (0.5, 3.7, _A3)),
    Screen.REJECTED_INPUT: Pattern(
        once=(Step(0.08, _RED, _A3), Step(0.08), Step(0.08, _RED, _A3), Step(0.3))
    ),
}

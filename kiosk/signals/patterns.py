"""The light and sound pattern of each signal. Pure data: time is an argument.

Each signal has its own rhythm, the same in light and in sound. So people who do not see colours, do
not see, or do not hear can still recognise it. No light flashes more than three times in any second
(WCAG 2.2, 2.3.1). The sound is played once, at the beginning, so that it does not annoy anybody.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import field

from kiosk.base.frozen import frozen
from kiosk.sale.words import Screen
from kiosk.signals import Lamp

Lights = Mapping[Lamp, float]  # 0 (dark) to 1 (full); a lamp that is not in it is dark


@frozen
class PatternStep:
    """Lights and a tone for some seconds; 0 Hz is silence."""

    seconds: float
    lights: Lights = field(default_factory=dict)
    hertz: float = 0.0


@frozen
class SignalPattern:
    """Steps that are played once, then steps that are repeated; without these, it ends."""

    once: tuple[PatternStep, ...] = ()
    repeat: tuple[PatternStep, ...] = ()


def step_at(pattern: SignalPattern, elapsed: float) -> tuple[PatternStep, float] | None:
    """Return the step that is on after ``elapsed`` seconds, and the second at which it ends.

    Return None if the pattern has ended.
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


def _beats(lights: Lights, *beats: tuple[float, float, float]) -> SignalPattern:
    """Return beats of (seconds on, seconds off, hertz): sound once, light repeated for ever."""
    with_sound = [(PatternStep(on, lights, hertz), PatternStep(off)) for on, off, hertz in beats]
    without_sound = [(PatternStep(on, lights), PatternStep(off)) for on, off, _ in beats]
    return SignalPattern(
        tuple(step for pair in with_sound for step in pair),
        tuple(step for pair in without_sound for step in pair),
    )


def _breathing(lamp: Lamp, period: float, steps: int) -> tuple[PatternStep, ...]:
    """Return a lamp that fades in and out. Use few steps: each one wakes the computer."""
    levels = (0.55 - 0.45 * math.cos(2 * math.pi * i / steps) for i in range(steps))
    return tuple(PatternStep(period / steps, {lamp: round(level, 2)}) for level in levels)


_WHITE: Lights = {"white": 1.0}
_BLUE: Lights = {"blue": 1.0}
_GREEN: Lights = {"green": 1.0}
_RED: Lights = {"red": 1.0}
_VIOLET: Lights = {"red": 1.0, "blue": 1.0}

# In Hz: equal temperament, A4 = 440 Hz. A small buzzer can hardly be heard below 200 Hz.
_A3, _C4, _E4, _A4, _C5, _E5, _G5, _C6 = 220, 262, 330, 440, 523, 659, 784, 1047

PATTERNS: Mapping[Screen, SignalPattern] = {
    Screen.IDLE: SignalPattern(repeat=(PatternStep(math.inf, {"white": 0.15}),)),
    Screen.WORKING: SignalPattern(
        once=(PatternStep(0.03, _WHITE, _C6), PatternStep(0.22, _WHITE), PatternStep(0.25)),
        repeat=(PatternStep(0.25, _WHITE), PatternStep(0.25)),
    ),
    Screen.SCAN_ME: SignalPattern(
        once=(PatternStep(0.15, _BLUE, _E5),), repeat=_breathing("blue", 4.0, 4)
    ),
    Screen.PAID: SignalPattern(
        once=(
            *(PatternStep(0.15, _GREEN, _C5), PatternStep(0.1)),
            *(PatternStep(0.15, _GREEN, _E5), PatternStep(0.1)),
            *(PatternStep(0.15, _GREEN, _G5), PatternStep(0.1)),
            PatternStep(0.45, _GREEN, _C6),
        ),
        repeat=(PatternStep(math.inf, _GREEN),),
    ),
    Screen.CANCELED: _beats(_RED, (0.4, 0.15, _A4), (0.15, 0.9, _E4)),
    Screen.EXPIRED: _beats(_RED, (0.2, 0.2, _E4), (0.2, 0.2, _E4), (0.2, 1.2, _E4)),
    Screen.REFUSED: _beats(_RED, (0.9, 0.6, _A3)),
    Screen.CHECKING: SignalPattern(
        once=(PatternStep(0.06, _VIOLET, _A4), PatternStep(0.14, _VIOLET)) * 4,
        repeat=(PatternStep(0.4, _VIOLET), PatternStep(2.6)),
    ),
    Screen.OUT_OF_SERVICE: _beats(_RED, (0.5, 0.3, _C4), (0.5, 3.7, _A3)),
    Screen.REJECTED_INPUT: SignalPattern(
        once=(
            PatternStep(0.08, _RED, _A3),
            PatternStep(0.08),
            PatternStep(0.08, _RED, _A3),
            PatternStep(0.3),
        )
    ),
}

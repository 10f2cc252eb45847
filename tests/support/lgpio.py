"""A pretended lgpio: the GPIO chips of a Raspberry Pi, below gpiozero.

Its functions have the signatures of the real module: ``test_gpio_header.py`` compares them.
"""

from __future__ import annotations

import types
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

IN_USE, OUTPUT = 1, 2  # bits of a line's mode, as gpio_get_mode documents them


class Error(Exception):
    """``lgpio.error``."""


@dataclass
class Line:
    """What a program could see of a line."""

    user: str = ""  # another one that has claimed it
    mode: int = 0
    level: int = 0
    pwm: tuple[float, float] = (0, 0)  # hertz and per cent


@dataclass
class Chip:
    """A GPIO chip of the kernel, by the label that its driver gives it."""

    label: str
    denied: bool = False
    lines: dict[int, Line] = field(default_factory=lambda: {n: Line() for n in range(54)})


class Lgpio(types.ModuleType):
    """The module, on these chips by their numbers."""

    BOTH_EDGES, RISING_EDGE, FALLING_EDGE = 3, 1, 2
    SET_PULL_NONE, SET_PULL_UP, SET_PULL_DOWN = 128, 32, 64
    error = Error

    def __init__(self, chips: Mapping[int, Chip]) -> None:
        super().__init__("lgpio")
        self.chips = chips
        self._handles: Counter[int] = Counter()
        self.callbacks: dict[tuple[int, int], Callable[[int, int, int, int], None]] = {}

    def gpiochip_open(self, gpiochip: int) -> int:
        if gpiochip not in self.chips or self.chips[gpiochip].denied:
            raise Error("can not open gpiochip")
        self._handles[gpiochip] += 1
        return gpiochip << 16

    def gpiochip_close(self, handle: int) -> int:
        assert handle >> 16 in self.open
        self._handles[handle >> 16] -= 1
        return 0

    @property
    def was_opened(self) -> bool:
        """Whether a chip was ever opened: from then on, threads of lgpio run."""
        return bool(self._handles)

    @property
    def open(self) -> set[int]:
        """Return the chips that somebody has open."""
        return {chip for chip, handles in self._handles.items() if handles}

    def gpio_get_chip_info(self, handle: int) -> list[Any]:
        chip = self.chips[handle >> 16]
        return [0, len(chip.lines), f"gpiochip{handle >> 16}", chip.label]

    def gpio_get_line_info(self, handle: int, gpio: int) -> list[Any]:
        line = self._line(handle, gpio)
        return [0, gpio, line.mode | bool(line.user), f"GPIO{gpio}", line.user]

    def gpio_get_mode(self, handle: int, gpio: int) -> int:
        return self._line(handle, gpio).mode

    def gpio_claim_input(self, handle: int, gpio: int, lFlags: int = 0) -> int:  # noqa: N803
        self._claim(handle, gpio, lFlags)
        return 0

    def gpio_claim_output(
        self, handle: int, gpio: int, level: int = 0, lFlags: int = 0  # noqa: N803
    ) -> int:  # fmt: skip
        self._claim(handle, gpio, OUTPUT | lFlags).level = level
        return 0

    def gpio_free(self, handle: int, gpio: int) -> int:
        self._line(handle, gpio).mode = 0
        return 0

    def gpio_read(self, handle: int, gpio: int) -> int:
        return self._line(handle, gpio).level

    def gpio_write(self, handle: int, gpio: int, level: int) -> int:
        line = self._line(handle, gpio)
        if not line.mode & OUTPUT:
            raise Error("GPIO not set as an output")
        line.level = int(level)
        return 0

    def tx_pwm(
        self,
        handle: int,
        gpio: int,
        pwm_frequency: float,
        pwm_duty_cycle: float,
        pulse_offset: int = 0,
        pulse_cycles: int = 0,
    ) -> int:
        self._line(handle, gpio).pwm = pwm_frequency, pwm_duty_cycle
        return 0

    def gpio_set_debounce_micros(self, handle: int, gpio: int, debounce_micros: int) -> int:
        return 0

    def gpio_claim_alert(
        self,
        handle: int,
        gpio: int,
        eFlags: int,  # noqa: N803
        lFlags: int = 0,  # noqa: N803
        notify_handle: int | None = None,
    ) -> int:
        self._claim(handle, gpio, lFlags)
        return 0

    def callback(self, handle: int, gpio: int, edge: int = 1, func: Any = None) -> Any:
        self.callbacks[handle >> 16, gpio] = func
        return types.SimpleNamespace(cancel=lambda: self.callbacks.pop((handle >> 16, gpio)))

    # --- the hand of a person ---

    def press(self, chip: int, gpio: int, level: int) -> None:
        """Set the level of an input, and tell it."""
        self.chips[chip].lines[gpio].level = level
        self.callbacks[chip, gpio](chip, gpio, level, 1_000_000)

    def _line(self, handle: int, gpio: int) -> Line:
        assert handle >> 16 in self.open
        return self.chips[handle >> 16].lines[gpio]

    def _claim(self, handle: int, gpio: int, flags: int) -> Line:
        line = self._line(handle, gpio)
        if line.user:
            raise Error("GPIO busy")
        line.mode = IN_USE | flags
        if flags & (self.SET_PULL_UP | self.SET_PULL_DOWN):
            line.level = int(bool(flags & self.SET_PULL_UP))
        return line

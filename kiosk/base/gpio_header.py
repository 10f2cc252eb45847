"""GPIO: the one place where the kiosk opens GPIO lines, through gpiozero and lgpio.

gpiozero opens a chip by its number, and a Raspberry Pi 5 numbers its chips otherwise with nearly
every kernel (https://github.com/raspberrypi/linux/pull/6144: the header was 4, is 0, and can be 11
to 15). Here the chip is found by its label, which the kernel's driver gives it.

Edges are the exception. For them lgpio has a thread that looks at the lines 2,000 times a second
(lgPthAlerts.c, version 0.2.2), beside one that wakes 50 times a second as soon as a chip was opened
(lgPthTx.c). They come from the kernel, by gpiod, and so do the chips' labels: a counter that has
buttons but no lamps never loads lgpio.

gpiozero would go on with other libraries if lgpio fails. They do not work on a Pi 5, and hide why
lgpio failed; so here lgpio is the only one, unless GPIOZERO_PIN_FACTORY names another.
"""

# ruff: noqa: PLC0415 - no hardware library loads before it is needed

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from kiosk.base.errors import DeviceGone
from kiosk.base.language import _
from kiosk.base.permissions import NOT_GRANTED

# The chip that drives the header: on a Pi 5; on a Pi 4; on earlier ones.
LABELS = ("pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835")
DEVICES = Path("/dev")

_opening = threading.Lock()  # the panel opens its lines in a thread of its own


@contextmanager
def gpio_line(line: int) -> Iterator[Any]:
    """Give gpiozero, ready to open this line. Every failure is raised as DeviceGone."""
    with line_errors(line):
        import gpiozero

        with _opening:
            _make_ready(gpiozero.Device)
        yield gpiozero


@contextmanager
def line_errors(line: int) -> Iterator[None]:
    """Raise every failure of an open line as DeviceGone, which says why and what to do."""
    try:
        yield
    except Exception as fault:  # gpiozero and lgpio share no base class
        raise DeviceGone(
            _("GPIO{line} can't be used: {fault}", line=line, fault=_why(fault, line))
        ) from fault


@contextmanager
def kernel_edges(
    line: int, *, active_low: bool, debounce: float = 0.0, both: bool = False
) -> Iterator[Any]:
    """Give gpiod's request of an input line and the edges at which it becomes active, or of both.

    Its ``fd`` is readable after an edge; ``read_edge_events`` takes all there are. The line is
    inactive while nothing is connected. ``debounce`` is in seconds. Every failure to open the line
    is raised as DeviceGone.
    """
    with line_errors(line):
        import gpiod
        from gpiod.line import Bias, Direction, Edge

        settings = gpiod.LineSettings(
            direction=Direction.INPUT,
            edge_detection=Edge.BOTH if both else Edge.RISING,
            active_low=active_low,
            bias=Bias.PULL_UP if active_low else Bias.PULL_DOWN,
            debounce_period=timedelta(seconds=debounce),
        )
        chip = str(DEVICES / f"gpiochip{header_chip()}")
        request = gpiod.request_lines(chip, consumer="kiosk", config={line: settings})
    with request:
        yield request


def is_simulated() -> bool:
    """Whether gpiozero has other pins than a Raspberry Pi's, such as its mock pins."""
    gpiozero = sys.modules.get("gpiozero")
    factory = gpiozero.Device.pin_factory if gpiozero else None
    return "GPIOZERO_PIN_FACTORY" in os.environ or not (
        factory is None or type(factory).__name__ == "LGPIOFactory"
    )


def _make_ready(device: Any) -> None:
    """Let gpiozero open lines on the header's chip."""
    if device.pin_factory is None and "GPIOZERO_PIN_FACTORY" not in os.environ:
        from gpiozero.pins.lgpio import LGPIOFactory

        device.pin_factory = LGPIOFactory(chip=header_chip())
    device.ensure_pin_factory()


def header_chip() -> int:
    """Return the number of the chip that drives the header; raises DeviceGone."""
    labels = {number: _label(number) for number in _chip_numbers()}
    for number, label in labels.items():
        if label in LABELS:
            return number
    raise DeviceGone(_no_header(labels))


def _chip_numbers() -> list[int]:
    names = (path.name.removeprefix("gpiochip") for path in DEVICES.glob("gpiochip*"))
    return sorted(int(name) for name in names if name.isdecimal())


def _label(number: int) -> str | None:
    """Return the label of a chip; None if it can't be opened."""
    import gpiod

    try:
        with gpiod.Chip(str(DEVICES / f"gpiochip{number}")) as chip:
            return str(chip.get_info().label)
    except OSError:
        return None


def _no_header(labels: dict[int, str | None]) -> str:
    """Return why there is no chip of the header, and what to do."""
    if not labels:
        return _("this computer has no GPIO chip; use a Raspberry Pi, or a fake driver")
    if None in labels.values():
        return _(NOT_GRANTED)
    chips = ", ".join(f"gpiochip{number}: {label}" for number, label in labels.items())
    return _(
        "no GPIO chip of this computer is a Raspberry Pi's ({chips}); update the kiosk", chips=chips
    )


def _why(fault: Exception, line: int) -> str:
    """Return the reason of a failure, and what to do."""
    import gpiozero

    match fault:
        case DeviceGone():
            return str(fault)
        case ModuleNotFoundError():
            name = fault.name
            return _(
                "the Python module {name} is not installed; run: sudo apt install python3-{name}",
                name=name,
            )
        case gpiozero.GPIOPinInUse():
            return _("another setting of the kiosk uses it; choose another line")
    if user := _user_of(line):
        return _("{user!r} uses it; choose another line, or stop what uses it", user=user)
    return _("{fault}; check that this computer is a Raspberry Pi, and restart it", fault=fault)


def _user_of(line: int) -> str:
    """Return who has claimed the line, as the kernel names it; empty if nobody has.

    ``lg`` is any program that uses lgpio; ``spi0 CS0`` is a driver of the kernel.
    """
    if is_simulated():
        return ""
    import gpiod

    try:
        with gpiod.Chip(str(DEVICES / f"gpiochip{header_chip()}")) as chip:
            info = chip.get_line_info(line)
    except (OSError, DeviceGone):
        return ""
    return str(info.consumer) or _("the kernel") if info.used else ""

"""Checks of a configuration against the Raspberry Pi that it is on: boot files, ports and buses.

The documents are "config.txt", "UART configuration" and "GPIO and the 40-pin header" of
https://www.raspberrypi.com/documentation/computers/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from kiosk.base.language import _
from kiosk.config.sections import Config

_CONFIG_TXT = "/boot/firmware/config.txt"
_LAST_PULLED_UP = 8  # at reset GPIO 0 to 8 are pulled up, 9 to 27 down (BCM2835 Peripherals, 6.2)


def check_pi(config: Config, root: Path = Path("/")) -> Iterator[str]:
    """Yield a sentence for all that does not fit this Raspberry Pi; none on another computer."""
    pi = RaspberryPi(root)
    if pi.is_one:
        yield from _check_buses(config, pi)
        yield from _check_serial_ports(config, pi)
        yield from _check_outputs(config, pi)
    yield from _check_size(config)


class RaspberryPi:
    """What the files of a Raspberry Pi tell; ``root`` is the folder that they are in."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def is_one(self) -> bool:
        """Whether this computer is a Raspberry Pi."""
        return self._read("/proc/device-tree/model").startswith("Raspberry Pi")

    @cached_property
    def boot_lines(self) -> list[str]:
        """Return the lines of config.txt, of all its sections."""
        text = self._read(_CONFIG_TXT) or self._read("/boot/config.txt")
        lines = (line.partition("#")[0].strip() for line in text.splitlines())
        return [line for line in lines if line]

    def switches_on(self, line: str) -> bool:
        """Return whether config.txt has this line, alone or with more parameters."""
        return any(each == line or each.startswith(f"{line},") for each in self.boot_lines)

    def has(self, device: str) -> bool:
        """Return whether this device file exists."""
        return self._path(device).exists()

    def target(self, link: str) -> str:
        """Return the device that a name stands for: ``/dev/ttyS0`` for ``/dev/serial0``."""
        path = self._path(link)
        return f"/dev/{path.readlink().name}" if path.is_symlink() else link

    @property
    def consoles(self) -> set[str]:
        """Return the devices on which the kernel and a login write."""
        found = re.findall(r"\bconsole=([^\s,]+)", self._read("/proc/cmdline"))
        return {self.target(f"/dev/{name}") for name in found}

    def drives_at_boot(self, line: int, level: str) -> bool:
        """Return whether config.txt has ``gpio=LINE=op,LEVEL``, alone or in a list of lines.

        ``level`` is ``dh`` or ``dl``.
        """
        for each in self.boot_lines:
            match = re.fullmatch(r"gpio=([0-9,-]+)=([a-z0-9,]+)", each)
            if match and {"op", level} <= set(match[2].split(",")) and line in _lines(match[1]):
                return True
        return False

    def _read(self, path: str) -> str:
        try:
            return self._path(path).read_text(errors="replace")
        except OSError:
            return ""

    def _path(self, path: str) -> Path:
        return self._root / path.lstrip("/")


def _lines(text: str) -> set[int]:
    """Return the lines of a list such as ``17,20-22``."""
    numbers: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first.isdecimal():
            numbers.update(range(int(first), int(last if last.isdecimal() else first) + 1))
    return numbers


def _check_buses(config: Config, pi: RaspberryPi) -> Iterator[str]:
    """Yield what must be switched on for the panel."""
    needs = config.display.permissions()
    absent = [node for node in sorted(needs.nodes) if not pi.has(node)]
    # A bus that is there was switched on in one way or another. How its chip selects are used can't
    # be seen from it.
    wanted = {line for line in needs.switches if absent or line.startswith("dtoverlay=spi0-")}
    lines = ", ".join(sorted(line for line in wanted if not pi.switches_on(line)))
    why = (
        _("{absent} is not there", absent=", ".join(absent))
        if absent
        else _("the panel needs another chip select")
    )
    if lines:
        yield _(
            "display: {why}; write {lines} to {file}, and restart the computer",
            why=why,
            lines=lines,
            file=_CONFIG_TXT,
        )
    elif absent:
        yield _("display: {why}; connect the panel, and restart the computer", why=why)


def _check_serial_ports(config: Config, pi: RaspberryPi) -> Iterator[str]:
    for each in config.inputs:
        port = getattr(each, "port", "")
        if advice := port and _check_port(port, pi):
            yield _("inputs.{name}.port: {port} {advice}", name=each.name, port=port, advice=advice)


def _check_port(port: str, pi: RaspberryPi) -> str:
    """Return what is wrong with a serial port; empty if nothing is."""
    device = pi.target(port)
    if port == "/dev/serial0" and device == "/dev/ttyAMA10":
        return _(
            "is the debug connector of a Raspberry Pi 5; for GPIO 14 and 15 write "
            "/dev/ttyAMA0, and dtparam=uart0=on to {file}",
            file=_CONFIG_TXT,
        )
    if pi.target("/dev/serial1") == device:
        return _("belongs to Bluetooth on this Raspberry Pi; for GPIO 14 and 15 write /dev/serial0")
    if device in pi.consoles:
        return _(
            "is the kernel's console, which writes to it; run: sudo raspi-config nonint "
            "do_serial_cons 1, and restart the computer"
        )
    return ""


def _check_outputs(config: Config, pi: RaspberryPi) -> Iterator[str]:
    """Yield each lamp and buzzer that is on from the start of the computer to that of the kiosk."""
    if config.signals.driver != "gpio":
        return
    from kiosk.signals.gpio import (  # noqa: PLC0415 - the driver, if this counter has it
        BuzzerSettings,
        GpioSignalsSettings,
        LampSettings,
    )

    signals = config.signals
    assert isinstance(signals, GpioSignalsSettings)
    outputs: list[tuple[str, LampSettings | BuzzerSettings]] = [
        (f"lamps.{lamp}", wiring) for lamp, wiring in signals.lamps.mounted()
    ]
    if signals.buzzer:
        outputs.append(("buzzer", signals.buzzer))
    for name, wiring in outputs:
        line = wiring.pin
        level = "high" if line <= _LAST_PULLED_UP else "low"
        # A pull-up gives an LED too little to be seen, and a transistor before a buzzer enough.
        is_on = wiring.inverted if level == "low" else name == "buzzer" and not wiring.inverted
        off = "dh" if wiring.inverted else "dl"
        if is_on and not pi.drives_at_boot(line, off):
            yield _(
                "signals.{name}: GPIO{line} is {level} until the kiosk starts, so it is on; "
                "write gpio={line}=op,{off} to {file}",
                name=name,
                line=line,
                level=_("high") if level == "high" else _("low"),
                off=off,
                file=_CONFIG_TXT,
            )


def _check_size(config: Config) -> Iterator[str]:
    if config.display.driver != "framebuffer":
        return
    from kiosk.display.framebuffer import (  # noqa: PLC0415 - the driver, if this counter has it
        FramebufferSettings,
    )

    panel = config.display
    assert isinstance(panel, FramebufferSettings)
    if panel.size and panel.size_now:
        now, size = ("{}x{}".format(*each) for each in (panel.size_now, panel.size))
        if now != size:
            yield _(
                "display.size: {device} has {now} now, and the kiosk draws in that size; "
                "write {now}, or check the screen's cable and power",
                device=panel.device,
                now=now,
            )

"""Checks of a configuration against the Raspberry Pi that it is on: boot files, ports and buses.

The documents are "config.txt", "UART configuration" and "GPIO and the 40-pin header" of
https://www.raspberrypi.com/documentation/computers/.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kiosk.base.language import _
from kiosk.box.raspberry_pi import CONFIG_TXT, RaspberryPi
from kiosk.config.sections import Config

_LAST_PULLED_UP = 8  # at reset GPIO 0 to 8 are pulled up, 9 to 27 down (BCM2835 Peripherals, 6.2)


def check_pi(config: Config, root: Path = Path("/")) -> Iterator[str]:
    """Yield a sentence for all that does not fit this Raspberry Pi; none on another computer."""
    pi = RaspberryPi(root)
    if pi.is_one:
        yield from _check_buses(config, pi)
        yield from _check_serial_ports(config, pi)
        yield from _check_outputs(config, pi)
    yield from _check_size(config)


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
            file=CONFIG_TXT,
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
            file=CONFIG_TXT,
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
                file=CONFIG_TXT,
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

"""The devices of the counter: buses, serial ports and who holds them, panel, sound."""

from __future__ import annotations

import os
from collections.abc import Iterator

from kiosk.base.errors import DeviceGone
from kiosk.base.language import _, mark
from kiosk.base.money import CURRENCIES
from kiosk.box.finding import Finding, Page, bad, good, warn
from kiosk.box.plugged_in import PANEL_ADDRESSES
from kiosk.box.port_holders import (
    HARMLESS,
    MEDDLERS,
    Holder,
    holders,
    how_to_stop,
    names_of_running,
)
from kiosk.box.raspberry_pi import CONFIG_TXT, RaspberryPi
from kiosk.box.system import System
from kiosk.cli.examination.running_kiosk import running_kiosk
from kiosk.config import Config
from kiosk.display.oled import OledSettings
from kiosk.inputs.scanner.keyboard_search import SYS_INPUT
from kiosk.inputs.scanner_hid import ScannerHidSettings

BUSES, CONSOLE, PORTS = mark("I²C, SPI and UART"), mark("serial console"), mark("ports")
SCANNER, PANEL, SOUND = mark("scanner"), mark("panel"), mark("sound")


def device_findings(config: Config, system: System) -> Iterator[Finding]:
    """Yield the findings about the devices of this configuration."""
    pi = RaspberryPi(system.root)
    yield _buses(config, pi)
    yield _console(config, pi)
    yield _ports(config, system)
    yield _scanner(config, system)
    yield _panel(config, system)
    yield _sound(config, system)


def _buses(config: Config, pi: RaspberryPi) -> Finding:
    needs = config.permissions()
    absent = sorted(node for node in needs.nodes if node.startswith("/dev/") and not pi.has(node))
    buses = [node for node in absent if node.startswith(("/dev/i2c", "/dev/spi"))]
    off = sorted(line for line in needs.switches if not pi.switches_on(line))
    if buses and off:
        meaning = _("{nodes} is not there: the bus is off", nodes=", ".join(buses))
        fix = _("write {lines} to {file}, and restart", lines=", ".join(off), file=CONFIG_TXT)
        return bad(BUSES, meaning, fix, Page.MOUNTING)
    if buses:
        meaning = _("{nodes} is not there", nodes=", ".join(buses))
        return bad(BUSES, meaning, _("connect it, and restart this computer"), Page.MOUNTING)
    if not needs.switches and not _header_ports(config):
        return good(BUSES, _("this counter uses none of them"))
    if ports := [port for port in _header_ports(config) if port in absent]:
        meaning = _("{nodes} is not there: the UART is off", nodes=", ".join(ports))
        fix = _("run: sudo raspi-config nonint do_serial_hw 0, and restart")
        return bad(BUSES, meaning, fix, Page.MOUNTING)
    return good(BUSES, _("what this counter uses is on"))


def _header_ports(config: Config) -> list[str]:
    """Return the serial ports on the header."""
    return [port for port in _ports_of(config) if port.startswith(("/dev/serial0", "/dev/ttyAMA"))]


def _ports_of(config: Config) -> list[str]:
    ports = (getattr(entry, "port", "") for entry in config.inputs)
    return [port for port in ports if port.startswith("/dev/")]


def _console(config: Config, pi: RaspberryPi) -> Finding:
    taken = [port for port in _ports_of(config) if pi.target(port) in pi.consoles]
    if taken:
        meaning = _("the kernel writes its messages to {port}", port=taken[0])
        fix = _("run: sudo raspi-config nonint do_serial_cons 1, and restart")
        return bad(CONSOLE, meaning, fix, Page.MOUNTING)
    return good(CONSOLE, _("it uses no port of this counter"))


def _ports(config: Config, system: System) -> Finding:
    ours = running_kiosk(config, system)
    others = {
        port: found
        for port in _ports_of(config)
        if (found := [each for each in holders(port, system.root) if not _is_ours(each, ours)])
    }
    for port, found in others.items():
        holder = found[0]
        meaning = _("{program} has {port} open, and takes a part of its bytes", program=holder,
                    port=port)  # fmt: skip
        return bad(PORTS, meaning, how_to_stop(holder), Page.MOUNTING)
    meddlers = [each for each in MEDDLERS if each in names_of_running(system.root)]
    if meddlers and _ports_of(config):
        meaning = _("{program} runs, and opens new serial ports", program=meddlers[0])
        return warn(
            PORTS, meaning, _("run: {command}", command=MEDDLERS[meddlers[0]]), Page.MOUNTING
        )
    if not system.is_root and _ports_of(config):
        return good(PORTS, _("no other program has one open, as far as can be seen without root"))
    return good(PORTS, _("no other program has one open"))


def _scanner(config: Config, system: System) -> Finding:
    scanners = [entry for entry in config.inputs if isinstance(entry, ScannerHidSettings)]
    if not scanners:
        return good(SCANNER, _("this counter has no scanner that types like a keyboard"))
    ours = running_kiosk(config, system)
    for each in scanners:
        try:
            device = each.path(system.path(SYS_INPUT))
        except DeviceGone as gone:
            meaning, _semicolon, fix = str(gone).partition("; ")
            return warn(SCANNER, meaning, fix, Page.MOUNTING)
        found = [each for each in holders(device, system.root) if each.name != HARMLESS]
        if found and not any(_is_ours(each, ours) for each in found):  # ours has it for itself
            meaning = _("{program} has {device} open, and gets the codes too", program=found[0],
                        device=device)  # fmt: skip
            return warn(SCANNER, meaning, how_to_stop(found[0]), Page.MOUNTING)
    return good(SCANNER, _("no other program gets its codes"))


def _is_ours(holder: Holder, pid: int | None) -> bool:
    return holder.pid == pid


def _panel(config: Config, system: System) -> Finding:
    panel = config.display
    absent = sorted(node for node in panel.permissions().nodes if not system.has(node))
    if absent:
        meaning = _("{nodes} is not there, so nothing can be shown", nodes=", ".join(absent))
        return bad(
            PANEL, meaning, _("connect the panel, then run: kiosk test display"), Page.MOUNTING
        )
    if isinstance(panel, OledSettings) and panel.interface == "i2c":
        node = system.path(f"/dev/i2c-{panel.i2c_port}")
        if os.access(node, os.R_OK | os.W_OK) and (silent := _silence(panel, system)):
            return silent
    width, height = panel.pixels
    return good(
        PANEL,
        _(
            "{driver}, {width} x {height} pixels; kiosk test display shows a picture on it",
            driver=panel.driver,
            width=width,
            height=height,
        ),
    )


def _silence(panel: OledSettings, system: System) -> Finding | None:
    """Return a finding if no device answers at the panel's address on its I2C bus."""
    if system.i2c_answers(panel.i2c_port, int(panel.i2c_address, 16)):
        return None
    meaning = _("nothing answers at {location}", location=panel.location)
    for address in PANEL_ADDRESSES:
        if system.i2c_answers(panel.i2c_port, address):
            fix = _("a panel answers at {address}: write i2c_address: {address}",
                    address=f"0x{address:02X}")  # fmt: skip
            return bad(PANEL, meaning, fix, Page.MOUNTING)
    return bad(PANEL, meaning, panel.what_to_check, Page.MOUNTING)


def _sound(config: Config, system: System) -> Finding:
    signals, kiosk = config.signals, config.kiosk
    if not signals.voice:
        return good(SOUND, _("this counter has no voice"))
    faults = list(signals.voice_faults(kiosk.language, CURRENCIES[kiosk.currency]))
    if faults:
        meaning, _semicolon, fix = faults[0].partition("; ")
        return warn(SOUND, meaning, fix or _("run: kiosk test voice"), Page.MOUNTING)
    if not system.read("/proc/asound/cards").strip() or "no soundcards" in system.read(
        "/proc/asound/cards"
    ):
        return warn(SOUND, _("this computer has no sound card"), _("connect one"), Page.MOUNTING)
    return good(SOUND, _("the voice has its words and a sound card"))

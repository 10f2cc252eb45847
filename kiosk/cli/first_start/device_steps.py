"""What is plugged in is found and tried: panels, ports, registers, scanners, lamps and buzzer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import anyio

from kiosk.base.errors import ConfigError, DeviceGone
from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.base.permissions import Permissions
from kiosk.box.plugged_in import I2cPanel, answers_at, i2c_buses, i2c_panels, plugged_in_ports
from kiosk.box.port_holders import holders, how_to_stop
from kiosk.cli.first_start.acceptance import FaultyAnswers, settings_of
from kiosk.cli.first_start.input_answers import with_input
from kiosk.cli.first_start.interview import Interview
from kiosk.cli.first_start.question import with_value
from kiosk.cli.identify import Identified, Sources, search
from kiosk.cli.panel_check import try_panel
from kiosk.cli.signal_check import has_buzzer, mounted, try_buzzer, try_lamps
from kiosk.cli.trial import Person, Trial
from kiosk.config.sections import Config
from kiosk.config.yaml_text import read_yaml
from kiosk.config.yaml_tree import build_tree
from kiosk.inputs.scanner.keyboard_search import Keyboard, keyboards

Tree = dict[str, Any]
_BUSES = ("i2c-", "spidev", "gpiochip")


@frozen
class PluggedIn:
    """What was found on this computer."""

    panels: tuple[I2cPanel, ...]
    ports: tuple[str, ...]
    keyboards: tuple[Keyboard, ...]


def kiosk_has_devices(root: Path) -> bool:
    """Return whether the kiosk or its safe mode has a bus or a GPIO chip open."""
    buses = chain.from_iterable((root / "dev").glob(f"{kind}*") for kind in _BUSES)
    held = chain.from_iterable(holders(f"/dev/{bus.name}", root) for bus in buses)
    return any(each.name == "kiosk" and each.pid != os.getpid() for each in held)


def look_around(
    interview: Interview, root: Path, answers: Callable[[int, int], bool] = answers_at
) -> PluggedIn:
    """Find what is plugged in, and say it."""
    found = PluggedIn(
        tuple(i2c_panels(root, answers)),
        tuple(plugged_in_ports(root)),
        tuple(keyboards(root / "sys/class/input")),
    )
    for line in _lines(found, root):
        interview.say(line)
    return found


def _lines(found: PluggedIn, root: Path) -> Iterator[str]:
    for panel in found.panels:
        yield _("Found a panel: {panel}.", panel=panel)
    if not found.panels and i2c_buses(root):
        yield _("No panel answers on I²C. A panel on SPI can't be found: write its name.")
    elif not found.panels:
        yield _(
            "I²C is not switched on, so no panel can be found: write its name. `scripts/install` "
            "switches on what it needs."
        )
    for port in found.ports:
        yield _("Found a serial port: {port}.", port=port)
        for holder in holders(port, root):
            fix = how_to_stop(holder)
            yield _("{port} is in use by {holder}; {fix}.", port=port, holder=holder, fix=fix)
    for board in found.keyboards:
        yield _("Found a scanner or keyboard: {board}.", board=board)
    if not (found.ports or found.keyboards):
        yield _("No register and no scanner is plugged in. Plug them in later, and run this again.")


def with_found(tree: Tree, found: PluggedIn) -> Tree:
    """Return the tree with the address of the panel that was found, if it has an OLED on I2C."""
    display = tree["display"]
    if not found.panels or display.get("driver") != "oled" or display.get("interface") == "spi":
        return tree
    places = [(str(p.bus), f"0x{p.address:02X}") for p in found.panels]
    if (display.get("i2c_port", "1"), display.get("i2c_address", "0x3C")) in places:
        return tree
    bus, address = places[0]
    tree = with_value(tree, address, "display", "i2c_address")
    return with_value(tree, "" if bus == "1" else bus, "display", "i2c_port")


def listen(interview: Interview, tree: Tree, found: PluggedIn, root: Path) -> Tree:
    """Identify registers and scanners while they are used; return the tree with them."""
    seconds = float(interview.flag("listen") or 60)
    wanted = interview.asks and bool(found.ports or found.keyboards)
    while wanted and interview.is_so(
        _("Find a register or a scanner by using it now?"), default=len(tree["inputs"]) < 2
    ):
        interview.say(
            _("Ring up a total, or scan something now. ({seconds:g} seconds)", seconds=seconds)
        )
        device = anyio.run(search, partial(_sources, root), seconds)
        if device is None:
            interview.say(_("Nothing was sent. Check the cable and the register's settings."))
            continue
        interview.say(_("{name} sends.", name=device.name))
        tree = with_input(tree, _entry(device))
    return tree


def _sources(root: Path) -> Sources:
    """Return what a register or a scanner may be plugged in to."""
    ports = [str(root / port.lstrip("/")) for port in plugged_in_ports(root)]
    return ports, [board.path for board in keyboards(root / "sys/class/input")]


def _entry(device: Identified) -> Tree:
    entries: Any = build_tree(read_yaml(f"inputs:\n{device.entries[0]}")).tree["inputs"]
    return dict(entries[0])


def try_devices(person: Person, tree: Tree, root: Path) -> Tree:
    """Try the panel, the lamps and the buzzer; return the tree with what was corrected."""
    display, signals = settings_of(tree).display, settings_of(tree).signals
    if _is_there(display.permissions(), root) and person.is_so(
        _("Show a test picture on the panel now?")
    ):
        tree = _corrected(person, tree, try_panel)
    mountable = mounted(signals) or has_buzzer(signals)
    if (mountable and _is_there(signals.permissions(), root)) and person.is_so(
        _("Try the lamps and the buzzer now?")
    ):
        tree = _corrected(person, tree, _try_signals)
    return tree


def _is_there(needs: Permissions, root: Path) -> bool:
    """Return whether this computer has the buses and lines that a device needs."""
    nodes = (root / node.lstrip("/") for node in needs.nodes)
    has_lines = "gpiochip" not in needs.devices or any((root / "dev").glob("gpiochip*"))
    return has_lines and all(node.exists() for node in nodes)


def _try_signals(settings: Config, person: Person) -> list[Trial]:
    signals = settings.signals
    wrong = try_lamps(signals, person) if mounted(signals) else []
    return [*wrong, *(try_buzzer(signals, person) if has_buzzer(signals) else [])]


def _corrected(
    person: Person, tree: Tree, perform: Callable[[Config, Person], list[Trial]]
) -> Tree:
    """Try a device until it is right; return the tree with what was changed, or the old one."""
    tried = tree
    while True:
        try:
            wrong = perform(settings_of(tried), person)
        except (DeviceGone, ConfigError, FaultyAnswers) as error:
            person.say(_("It can't be tried: {reason}", reason=error))
            return tree
        if not wrong:
            return tried
        for trial in wrong:
            person.say(trial.advice)
        changes = [trial for trial in wrong if trial.setting]
        lines = ", ".join(f"{'.'.join(each.setting)}: {each.value}" for each in changes)
        if not changes or not person.is_so(_("Try again with {lines}?", lines=lines)):
            return tree
        for each in changes:
            tried = with_value(tried, each.value, *each.setting)

"""What is plugged in is found and tried: panels, ports, registers, scanners, lamps and buzzer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, cast

import anyio

from kiosk.base.errors import ConfigError, DeviceGone
from kiosk.base.language import _
from kiosk.box.plugged_in import I2cPanel, answers_at, i2c_buses, i2c_panels, plugged_in_ports
from kiosk.box.port_holders import holders
from kiosk.cli.first_start.input_answers import with_input
from kiosk.cli.first_start.interview import Interview
from kiosk.cli.first_start.questions import value_at, with_value
from kiosk.cli.identify import Identified, search
from kiosk.cli.signal_check import COLOURS, has_buzzer, mounted
from kiosk.config.sections import Config
from kiosk.config.yaml_text import read_yaml
from kiosk.config.yaml_tree import build_tree
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.testcard import panel_card
from kiosk.inputs.scanner.keyboard_search import Keyboard, keyboards
from kiosk.signals import Lamp, Lamps
from kiosk.signals.gpio import GpioSignalsSettings

Tree = dict[str, Any]
_TONE = 880.0  # Hz
_SOUNDS_FOR = 0.5  # seconds


@dataclass(frozen=True, slots=True)
class PluggedIn:
    """What was found on this computer."""

    panels: tuple[I2cPanel, ...]
    ports: tuple[str, ...]
    keyboards: tuple[Keyboard, ...]


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
        yield _("No panel answers on I²C. A panel on SPI can't be found: you name it.")
    elif not found.panels:
        yield _(
            "I²C is not switched on, so no panel can be found: you name it. `scripts/install` "
            "switches on what it needs."
        )
    for port in found.ports:
        yield _("Found a serial port: {port}.", port=port)
        for holder in holders(port, root):
            yield _("{port} is in use by {holder}; stop that program.", port=port, holder=holder)
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


def listen(interview: Interview, tree: Tree, found: PluggedIn) -> Tree:
    """Identify registers and scanners while they are used; return the tree with them."""
    seconds = float(interview.flag("listen") or 60)
    wanted = interview.asks and bool(found.ports or found.keyboards)
    while wanted and interview.is_so(
        _("Find a register or a scanner by using it now?"), default=len(tree["inputs"]) < 2
    ):
        interview.say(
            _("Ring up a total, or scan something now. ({seconds:g} seconds)", seconds=seconds)
        )
        device = anyio.run(search, (), seconds)
        if device is None:
            interview.say(_("Nothing was sent. Check the cable and the register's settings."))
            continue
        interview.say(_("{name} sends.", name=device.name))
        tree = with_input(tree, _entry(device))
    return tree


def _entry(device: Identified) -> Tree:
    entries: Any = build_tree(read_yaml(f"inputs:\n{device.entries[0]}")).tree["inputs"]
    return dict(entries[0])


def try_panel(interview: Interview, settings: Config) -> None:
    """Show a test picture, and ask whether it is right."""
    if not interview.is_so(_("Show a test picture on the panel now?"), default=True):
        return
    try:
        with closing(settings.display.open()) as panel:
            panel.show(panel_card(Canvas.of(settings.display, settings.kiosk.language)))
            if not interview.is_so(_("Is the picture on the panel right?"), default=True):
                interview.say(_("`kiosk test display` says later which setting to change."))
    except (DeviceGone, ConfigError) as error:
        interview.say(_("It can't be tried: {reason}", reason=error))


def try_signals(interview: Interview, tree: Tree, settings: Config) -> Tree:
    """Light each lamp and sound the buzzer; return the tree with those that are inverted."""
    signals = settings.signals
    if not (interview.asks and isinstance(signals, GpioSignalsSettings)):
        return tree
    parts: list[tuple[str, ...]] = [("lamps", lamp) for lamp in mounted(signals)]
    parts += [("buzzer",)] if has_buzzer(signals) else []
    if not parts or not interview.is_so(_("Try the lamps and the buzzer now?"), default=True):
        return tree
    for path in parts:
        tree = _try_one(interview, tree, *path)
    return tree


def _try_one(interview: Interview, tree: Tree, *path: str) -> Tree:
    """Try one lamp or the buzzer; a second time with the other level if it did not work."""
    inverted = value_at(tree, "signals", *path, "inverted") in ("yes", "true", "on")
    for turn in (inverted, not inverted):
        tried = with_value(tree, "yes" if turn else "", "signals", *path, "inverted")
        wired = GpioSignalsSettings.model_validate(
            {"driver": "gpio"} | {path[0]: _only(tried["signals"], *path)}
        )
        try:
            with closing(wired.open(monotonic)) as lamps:
                works = _works(interview, lamps, path[-1])
        except DeviceGone as gone:
            interview.say(_("It can't be tried: {reason}", reason=gone))
            return tree
        if works:
            return tried
    interview.say(_("Check its wires, then run: kiosk test"))
    return tree


def _only(signals: Tree, section: str, *lamp: str) -> Tree:
    part: Tree = signals[section]
    return {lamp[0]: part[lamp[0]]} if lamp else part


def _works(interview: Interview, lamps: Lamps, name: str) -> bool:
    if name == "buzzer":
        lamps.tone(_TONE)
        anyio.run(anyio.sleep, _SOUNDS_FOR)
        lamps.tone(0)
        return interview.is_so(_("Did the buzzer sound?"), default=True)
    lamp = cast("Lamp", name)
    lamps.light(lamp, 1.0)
    return interview.is_so(_("Is the {colour} lamp on?", colour=_(COLOURS[lamp])), default=True)

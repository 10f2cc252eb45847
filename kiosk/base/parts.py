"""What a driver says about its wires: the parts on the counter, and their terminals.

Pure: a driver returns its parts from its settings (``DriverSettings.parts``); `kiosk wiring` draws
them.
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum

from kiosk.base.frozen import frozen
from kiosk.base.permissions import NOTHING, Permissions


class Supply(StrEnum):
    """What a terminal may be wired to, apart from a GPIO line."""

    V3 = "3.3 V"
    V5 = "5 V"
    GROUND = "GND"


class PartSymbol(StrEnum):
    """How a part is drawn."""

    PANEL = "panel"
    LAMPS = "lamps"
    BUZZER = "buzzer"
    BUTTON = "button"
    MODULE = "module"  # a box with names at its terminals
    PLUG = "plug"  # a plug or a radio, not on the header
    BOARD = "board"  # plugs onto the header


@frozen
class PartTerminal:
    """A terminal: ``to`` is a GPIO line or a supply; None: it stays open.

    ``through`` is what is between the terminal and its wire, such as a resistor.
    """

    name: str
    to: int | Supply | None
    through: str = ""


@frozen
class WiredPart:
    """A part on the counter, its terminals from top to bottom.

    ``setting`` is where the configuration has it. ``place`` is where a plug belongs, such as a
    port: two plugs can't be in one place. ``materials`` are the lines of the parts list, and
    ``remarks`` are short sentences for the person with the screwdriver. ``needs`` has the lines of
    its bus or board.
    """

    setting: str
    title: str
    symbol: PartSymbol
    terminals: tuple[PartTerminal, ...] = ()
    place: str = ""
    materials: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    needs: Permissions = field(default=NOTHING)

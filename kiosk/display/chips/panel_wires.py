"""The wires of a panel: its terminals by the names that are printed on modules.

Modules write the same line in several ways: D/C, DC, RS and A0; RES, RST and RESET; DIN, SDA and
MOSI; CLK, SCK and SCL.
"""

from __future__ import annotations

from kiosk.base.buses import i2c_pins, spi_pins
from kiosk.base.language import _, mark
from kiosk.base.parts import PartSymbol, PartTerminal, Supply, WiredPart
from kiosk.base.permissions import Permissions

_WAVESHARE = {"dc": 25, "reset": 17, "busy": 24}  # of the HAT; PWR is 18 since revision 2.3
_PWR = 18
_STACKING = mark("Other wires need a stacking header below it.")

_POWER = (PartTerminal("VCC", Supply.V3), PartTerminal("GND", Supply.GROUND))


def optional(name: str, line: int | None) -> tuple[PartTerminal, ...]:
    """Return the terminal of a line that a panel may have."""
    return () if line is None else (PartTerminal(name, line),)


def i2c_panel(
    title: str, port: int, address: str, reset: int | None, needs: Permissions
) -> WiredPart:
    """Return a panel with four wires, and perhaps a reset."""
    data, clock = i2c_pins(port)
    terminals = (
        *_POWER,
        PartTerminal("SCL", clock),
        PartTerminal("SDA", data),
        *optional("RES", reset),
    )
    return _panel(
        title,
        terminals,
        needs,
        (
            *_elsewhere(data, f"/dev/i2c-{port}"),
            _("I2C address {address}", address=address),
        ),
    )


def spi_panel(  # noqa: PLR0913 - each is a wire
    title: str,
    port: int,
    device: int,
    needs: Permissions,
    *,
    dc: int | None,
    reset: int | None,
    has_select: bool = True,
    more: tuple[PartTerminal, ...] = (),
) -> WiredPart:
    """Return a panel on SPI. ``more`` are the terminals that only this kind of panel has."""
    data, clock, select = spi_pins(port, device)
    terminals = (
        *_POWER,
        PartTerminal("DIN / MOSI", data),
        PartTerminal("CLK / SCK", clock),
        *((PartTerminal("CS", select),) if has_select else ()),
        *optional("DC", dc),
        *optional("RST", reset),
        *more,
    )
    return _panel(title, terminals, needs, _elsewhere(data, f"/dev/spidev{port}.{device}"))


def waveshare_hat(panel: WiredPart, *, port: int, device: int, power: int | None) -> WiredPart:
    """Return the panel as a board that plugs on, if its lines are those of Waveshare's HAT."""
    lines = {terminal.name: terminal.to for terminal in panel.terminals}
    has = {"dc": lines["DC"], "reset": lines["RST"], "busy": lines["BUSY"]}
    if has != _WAVESHARE or (port, device) != (0, 0) or power not in (None, _PWR):
        return panel
    return WiredPart(
        panel.setting,
        panel.title,
        PartSymbol.BOARD,
        panel.terminals,
        materials=panel.materials,
        remarks=(
            _("Waveshare's HAT plugs onto the header."),
            _(_STACKING),
            _("A module without HAT has wires to these pins:"),
        ),
        needs=panel.needs,
    )


def board_panel(title: str, needs: Permissions) -> WiredPart:
    """Return a board that plugs onto the header."""
    return WiredPart(
        "display",
        title,
        PartSymbol.BOARD,
        materials=(title,),
        remarks=(_("It plugs onto the header, without wires."), _(_STACKING)),
        needs=needs,
    )


def _panel(
    title: str, terminals: tuple[PartTerminal, ...], needs: Permissions, remarks: tuple[str, ...]
) -> WiredPart:
    return WiredPart(
        "display",
        title,
        PartSymbol.PANEL,
        terminals,
        materials=(title,),
        remarks=remarks,
        needs=needs,
    )


def _elsewhere(line: int | None, bus: str) -> tuple[str, ...]:
    """Return what to say of a bus that is not on the header."""
    if line is not None:
        return ()
    return (_("{bus} has no pins on the header; look up its pins", bus=bus),)

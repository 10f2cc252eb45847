"""How inputs are connected: by a plug, by the network, or by the header's serial port."""

from __future__ import annotations

from kiosk.base.buses import serial_lines
from kiosk.base.language import _
from kiosk.base.parts import PartSymbol, PartTerminal, Supply, WiredPart
from kiosk.base.permissions import Permissions, serial
from kiosk.inputs import InputSettings
from kiosk.inputs.transport.serial_port import SerialPortSettings

_RADIO = "/dev/rfcomm"
_GADGET = "/dev/ttyGS"


class SerialInputSettings(InputSettings, SerialPortSettings):
    """The settings of all inputs on a serial port."""

    def permissions(self) -> Permissions:
        """Return what the input needs of the system."""
        return serial(self.port)

    def parts(self) -> tuple[WiredPart, ...]:
        """Return the parts to connect, with their wires."""
        return serial_parts(self.source, self.port, self.mode)


def serial_parts(name: str, port: str, mode: str) -> tuple[WiredPart, ...]:
    """Return what is between a serial device and the Pi: a plug, or a level shifter."""
    if any(serial_lines(port)):
        return (_level_shifter(name, port, mode),)
    if port.startswith(_RADIO):
        return (_plug(name, _("Bluetooth, no cable"), port),)
    if port.startswith(_GADGET):
        cable = _("USB cable from the Pi's USB device port to the computer")
        return (_plug(name, cable, port, cable),)
    return (_plug(name, _("USB plug"), port, _("USB cable or adapter"), mode),)


def keyboard_parts(name: str, device: str) -> tuple[WiredPart, ...]:
    """Return a scanner that acts as a keyboard."""
    return (_plug(name, _("USB plug"), device, _("scanner with USB cable")),)


def network_parts(name: str, address: str) -> tuple[WiredPart, ...]:
    """Return an input that programs connect to."""
    return (_plug(name, _("network, no wires of its own"), address),)


def _plug(name: str, title: str, place: str, material: str = "", mode: str = "") -> WiredPart:
    return WiredPart(
        f"inputs.{name}",
        f"{name}: {title}",
        PartSymbol.PLUG,
        place=place,
        materials=(f"{name}: {material}",) if material else (),
        remarks=(mode,) if mode else (),
    )


def _level_shifter(name: str, port: str, mode: str) -> WiredPart:
    """Return a MAX3232: RS-232 has up to 15 V, which destroys a GPIO line."""
    return WiredPart(
        f"inputs.{name}",
        f"{name}: MAX3232, RS-232",
        PartSymbol.MODULE,
        (
            PartTerminal("VCC", Supply.V3),
            PartTerminal("T1IN / TXD", 14),
            PartTerminal("R1OUT / RXD", 15),
            PartTerminal("GND", Supply.GROUND),
        ),
        place=port,
        materials=(_("{name}: MAX3232 module with DB9 plug, 3.3 V", name=name),),
        remarks=(
            f"{port}, {mode}",
            _("T1OUT to RxD of the device, R1IN to TxD, GND to GND"),
        ),
        needs=serial(port),
    )

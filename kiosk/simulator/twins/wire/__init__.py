"""What a device sends to the kiosk, and what it does with the kiosk's answers. Pure.

The kiosk's drivers read these bytes; here they are written: ``other_end`` returns the register,
scanner or program at the other end of an input's cable.
"""

from __future__ import annotations

from kiosk.base.money import Currency
from kiosk.inputs import InputSettings
from kiosk.inputs.command import CommandSettings
from kiosk.inputs.ecr_terminal import EcrTerminalSettings
from kiosk.inputs.escpos_printer import EscposPrinterSettings
from kiosk.inputs.fake import FakeInputSettings
from kiosk.inputs.pole_display import PoleDisplaySettings
from kiosk.inputs.scanner_hid import ScannerHidSettings
from kiosk.inputs.scanner_serial import ScannerSerialSettings
from kiosk.inputs.serial_line import SerialLineSettings
from kiosk.inputs.tef_files import TefFilesSettings
from kiosk.simulator.twins.wire.display_register import DisplayRegister
from kiosk.simulator.twins.wire.line_register import LineRegister
from kiosk.simulator.twins.wire.other_end import OtherEnd
from kiosk.simulator.twins.wire.printing_register import PrintingRegister
from kiosk.simulator.twins.wire.programs import LocalProgram, PipeWriter, TefProgram
from kiosk.simulator.twins.wire.scanners import CableScanner, KeyboardScanner
from kiosk.simulator.twins.wire.terminal_register import TerminalRegister


def other_end(settings: InputSettings, currency: Currency) -> OtherEnd:
    """Return what is connected to the input. A button sends no bytes: it can do nothing here."""
    match settings:
        case SerialLineSettings():
            return LineRegister(settings, currency)
        case PoleDisplaySettings():
            return DisplayRegister(settings, currency)
        case EscposPrinterSettings():
            return PrintingRegister(settings, currency)
        case EcrTerminalSettings():
            return TerminalRegister(settings, currency)
        case TefFilesSettings():
            return TefProgram(settings, currency)
        case CommandSettings():
            return LocalProgram(settings, currency)
        case FakeInputSettings():
            return PipeWriter(settings, currency)
        case ScannerSerialSettings():
            return CableScanner(settings, currency)
        case ScannerHidSettings():
            return KeyboardScanner(settings, currency)
        case _:
            return OtherEnd(settings, currency)

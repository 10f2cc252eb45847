"""The inputs of a headless counter: the real drivers, on lines in memory.

Each driver opens the line of its device (``simulated_lines.py``); the device at the other end is
that of ``twins/wire``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import trio

from kiosk.base.money import Currency
from kiosk.config import Config
from kiosk.inputs import InputSettings
from kiosk.inputs.button import ButtonSettings
from kiosk.inputs.codes.catalogue import Catalogue
from kiosk.inputs.codes.settings import CatalogueSettings
from kiosk.inputs.command import CommandSettings
from kiosk.inputs.ecr_terminal import EcrTerminalSettings
from kiosk.inputs.escpos_printer import EscposPrinterSettings
from kiosk.inputs.fake import FakeInputSettings
from kiosk.inputs.pole_display import PoleDisplaySettings
from kiosk.inputs.scanner.event_device import EVENT
from kiosk.inputs.scanner.key_decoder import KeyEvent
from kiosk.inputs.scanner.price_list_reader import load_catalogue
from kiosk.inputs.scanner.scanner_input import ScannerSettings
from kiosk.inputs.scanner_hid import HidScanner, ScannerHidSettings
from kiosk.inputs.scanner_serial import ScannerSerialSettings
from kiosk.inputs.serial_line import SerialLineSettings
from kiosk.inputs.tef.tef_folders import ACKNOWLEDGEMENT, REQUEST
from kiosk.inputs.tef_files import TefFilesSettings
from kiosk.inputs.transport.sockets import listen_unix
from kiosk.simulator.scenario.scenario_checks import DeviceAtInput
from kiosk.simulator.scenario.simulated_lines import (
    FolderLine,
    InputLine,
    LinePort,
    PipeLine,
    SocketLine,
)
from kiosk.simulator.scenario.transcript import Transcript, readable
from kiosk.simulator.scenario.virtual_time import in_place

SettingsT = TypeVar("SettingsT")


def with_methods(settings: SettingsT, **methods: Callable[..., Any]) -> SettingsT:
    """Return the same settings with other methods: what opens their device."""
    kind: Any = type(settings)
    simulated: Any = type(kind.__name__, (kind,), {"__module__": __name__, **methods})
    values = {name: getattr(settings, name) for name in kind.model_fields}
    made: SettingsT = simulated.model_construct(**values)
    return made


class SimulatedInput(DeviceAtInput):
    """An input's line, the device at its other end, and the replies that the device got."""

    def __init__(self, settings: InputSettings, config: Config, transcript: Transcript) -> None:
        super().__init__(settings, config)
        self.replies: list[tuple[bytes, str]] = []  # the bytes, and what people can read
        self.line = InputLine(self.name, self.heard)
        self._transcript = transcript

    def put(self, data: bytes, text: str = "") -> None:
        """Let the device send bytes; ``text`` says it better, if they are keys of a keyboard."""
        self._transcript.note(f"{self.name} >", text or readable(data))
        if self.line.plugged:
            self.line.put(data)

    def heard(self, data: bytes) -> None:
        """Take what the kiosk sent, and answer at once if the device does."""
        heard = self.device.received(data)
        self._transcript.note(f"{self.name} <", " / ".join(heard.replies) or readable(data))
        self.replies += [(data, text) for text in heard.replies] or [(data, "")]
        if heard.answer:
            self.line.put(heard.answer)

    def on_line(self, folder: Path, tasks: trio.Nursery) -> InputSettings:
        """Return the input's settings, so that the driver opens the simulated line."""
        own = folder / self.name
        settings, line = _with_own_files(self.settings, own), self.line
        match settings:
            case EscposPrinterSettings(listen=listen) if listen:
                self.line = SocketLine(self.name, self.heard, own, tasks, waits=False)
                return with_methods(settings, open_socket=lambda _s: listen_unix(own, 0o600))
            case (
                SerialLineSettings()
                | PoleDisplaySettings()
                | EscposPrinterSettings()
                | EcrTerminalSettings()
                | ScannerSerialSettings()
            ):
                return with_methods(settings, open_port=lambda _s: line.open())
            case ScannerHidSettings():
                return with_methods(
                    settings, open_device=lambda hid: HidScanner(TypedKeys(line.open()), hid.keys())
                )
            case ButtonSettings():
                return with_methods(settings, open_line=lambda _s: line.open())
            case CommandSettings():
                self.line = SocketLine(self.name, self.heard, own, tasks, waits=True)
                return settings.model_copy(update={"path": own})
            case TefFilesSettings():
                return self._on_folders(settings, own)
            case FakeInputSettings():
                replies = own.with_suffix(".replies")
                self.line = PipeLine(self.name, self.heard, own, replies)
                return settings.model_copy(update={"path": own, "replies": replies})
        raise AssertionError(f"{settings.driver} has no simulated device")

    def _on_folders(self, settings: TefFilesSettings, folder: Path) -> TefFilesSettings:
        request, response = folder / "request", folder / "response"
        for path in (request, response):
            path.mkdir(parents=True)
        answers = response / ACKNOWLEDGEMENT, response / REQUEST
        self.line = FolderLine(self.name, self.heard, request / REQUEST, answers)
        own = settings.model_copy(update={"request": request, "response": response})
        return with_methods(own, new_thread=lambda _s: in_place)


class TypedKeys:
    """The kernel's events of a scanner that acts as a keyboard, in memory. See ``EventDevice``."""

    def __init__(self, port: LinePort) -> None:
        self._port = port

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """Do nothing: there is no thread."""
        yield

    async def receive(self) -> list[KeyEvent]:
        """Wait for the next events and return them."""
        data, now = await self._port.receive(), trio.current_time()
        return [KeyEvent(now, *fields[2:]) for fields in EVENT.iter_unpack(data)]

    def close(self) -> None:
        """Close it."""


def _with_own_files(settings: InputSettings, folder: Path) -> InputSettings:
    """Return the settings of a scanner so that it writes only into this folder, and at once."""
    if not isinstance(settings, ScannerSettings):
        return settings
    if signed := settings.codes.signed:
        own = signed.model_copy(update={"used_file": folder.with_suffix(".used")})
        codes = settings.codes.model_copy(update={"signed": own})
        settings = settings.model_copy(update={"codes": codes})
    listed = settings.with_last_good_list(folder.parent)
    return with_methods(
        listed, new_thread=lambda _s: in_place, list_loader=lambda _s: _load_in_place
    )


async def _load_in_place(settings: CatalogueSettings, currency: Currency) -> Catalogue:
    """Load a price list at once: a process would need real time."""
    return load_catalogue(settings, currency)

"""The devices of a headless counter: any configuration with its drivers on simulated devices.

The drivers of the inputs are the real ones, and so is the drawing for the panel. What they open is
in memory (``simulated_lines.py``), or in the run's own folder.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import trio
from PIL import Image

from kiosk.base.errors import DeviceGone
from kiosk.base.language import _
from kiosk.config import Config
from kiosk.display import Viewer
from kiosk.inputs import InputSettings
from kiosk.inputs.button import ButtonSettings
from kiosk.inputs.command import CommandSettings
from kiosk.inputs.ecr_terminal import EcrTerminalSettings
from kiosk.inputs.escpos_printer import EscposPrinterSettings
from kiosk.inputs.fake import FakeInputSettings
from kiosk.inputs.pole_display import PoleDisplaySettings
from kiosk.inputs.scanner.event_device import EVENT
from kiosk.inputs.scanner.key_decoder import KeyEvent
from kiosk.inputs.scanner_hid import HidScanner, ScannerHidSettings
from kiosk.inputs.scanner_serial import ScannerSerialSettings
from kiosk.inputs.serial_line import SerialLineSettings
from kiosk.inputs.tef.tef_folders import ACKNOWLEDGEMENT, REQUEST
from kiosk.inputs.tef_files import TefFilesSettings
from kiosk.inputs.transport.sockets import listen_unix
from kiosk.journal import JournalSettings
from kiosk.orders.account.token import TokenSettings
from kiosk.sale.words import Screen
from kiosk.service.settings import ServiceSettings
from kiosk.signals import Lamp
from kiosk.signals.fake import LETTER, FakeLamps, SignalRecord
from kiosk.simulator.scenario.mains import Mains
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

if TYPE_CHECKING:
    from kiosk.signals.voice.sentences import Sentence

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
        self.settings = settings
        self.replies: list[tuple[bytes, str]] = []  # the bytes, and what people can read
        self.line = InputLine(self.name, self.heard)
        self._transcript = transcript

    def put(self, data: bytes) -> None:
        """Let the device send bytes."""
        self._transcript.note(f"{self.name} >", readable(data) if len(data) < 300 else "(bytes)")
        self.line.put(data)

    def heard(self, data: bytes) -> None:
        """Take what the kiosk sent, and answer at once if the device does."""
        heard = self.device.received(data)
        self._transcript.note(f"{self.name} <", " / ".join(heard.replies) or readable(data))
        self.replies += [(data, text) for text in heard.replies] or [(data, "")]
        if heard.answer:
            self.line.put(heard.answer)


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


class SimulatedDevices:
    """All devices of a counter; they outlive the runs of the daemon.

    ``picture`` is what is on the panel, None while it is dark. ``signal`` is what the lamps show.
    """

    def __init__(
        self, config: Config, folder: Path, transcript: Transcript, tasks: trio.Nursery
    ) -> None:
        self.mains = Mains()
        self.panel_plugged = self.lamps_plugged = True
        self.picture: Image.Image | None = None
        self.signal: Screen | None = None
        self.on_picture: Callable[[], None] = lambda: None
        self._config, self._folder = config, folder
        self._transcript, self._tasks = transcript, tasks
        self.inputs = {
            each.name: SimulatedInput(each, config, transcript) for each in config.inputs
        }
        self.config = self._simulated()
        for each in self.inputs.values():
            tasks.start_soon(each.line.run)

    def power(self, mains: Mains) -> None:
        """Use the power of another run."""
        self.mains = mains
        for each in self.inputs.values():
            each.line.mains = mains

    def plug(self, name: str, *, plugged: bool) -> None:
        """Unplug or plug in an input, the panel or the lamps."""
        if name == "panel":
            self.panel_plugged = plugged
            self.picture = self.picture if plugged else None
        elif name == "lamps":
            self.lamps_plugged = plugged
        elif plugged:
            self.inputs[name].line.plug_in()
        else:
            self.inputs[name].line.unplug()

    # --- what the kiosk's drivers open ----------------------------------------------------------

    def _simulated(self) -> Config:
        config = self._config
        return config.model_copy(
            update={
                "inputs": tuple(self._on_line(self.inputs[each.name]) for each in config.inputs),
                "orders": config.orders.model_copy(update={"token": TokenSettings(env="PATH")}),
                "display": with_methods(config.display, open=lambda _s: SimulatedPanel(self)),
                "signals": with_methods(
                    config.signals,
                    open=lambda _s, _clock: SimulatedLamps(self),
                    speaker=lambda _s, *_: SimulatedVoice(self),
                ),
                "journal": JournalSettings(path=self._folder / "journal.sqlite3"),
                "service": ServiceSettings(status_file=self._folder / "status.json"),
            }
        )

    def _on_line(self, each: SimulatedInput) -> InputSettings:
        """Return the input's settings, so that the driver opens the simulated line."""
        settings, line = each.settings, each.line
        folder = self._folder / settings.name
        match settings:
            case EscposPrinterSettings(listen=listen) if listen:
                each.line = SocketLine(each.name, each.heard, folder, self._tasks, waits=False)
                return with_methods(settings, open_socket=lambda _s: listen_unix(folder, 0o600))
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
                    settings, open_device=lambda own: HidScanner(TypedKeys(line.open()), own.keys())
                )
            case ButtonSettings():
                return with_methods(settings, open_line=lambda _s: line.open())
            case CommandSettings():
                each.line = SocketLine(each.name, each.heard, folder, self._tasks, waits=True)
                return settings.model_copy(update={"path": folder})
            case TefFilesSettings():
                return self._on_folders(each, settings, folder)
            case FakeInputSettings():
                replies = folder.with_suffix(".replies")
                each.line = PipeLine(each.name, each.heard, folder, replies)
                return settings.model_copy(update={"path": folder, "replies": replies})
        raise AssertionError(f"{settings.driver} has no simulated device")

    def _on_folders(
        self, each: SimulatedInput, settings: TefFilesSettings, folder: Path
    ) -> TefFilesSettings:
        request, response = folder / "request", folder / "response"
        for path in (request, response):
            path.mkdir(parents=True)
        answers = response / ACKNOWLEDGEMENT, response / REQUEST
        each.line = FolderLine(each.name, each.heard, request / REQUEST, answers)
        own = settings.model_copy(update={"request": request, "response": response})
        return with_methods(own, new_thread=lambda _s: in_place)

    # --- what they show ---------------------------------------------------------------------------

    def show(self, picture: Image.Image) -> None:
        """Put a picture on the panel."""
        self.picture = picture
        self.on_picture()

    def light(self, signal: Screen) -> None:
        """Show a signal."""
        self.signal = signal
        self._transcript.note("lamps", signal.value)

    def say(self, text: str) -> None:
        """Say a sentence."""
        self.mains.check()
        self._transcript.note("voice", text)

    def check_panel(self) -> None:
        """Raise DeviceGone if the panel is unplugged, PowerCut if the power is off."""
        self.mains.check()
        if not self.panel_plugged:
            raise DeviceGone(_("the panel does not answer; check its cable"))

    def check_lamps(self) -> None:
        """Raise DeviceGone if the lamps are unplugged."""
        self.mains.check()
        if not self.lamps_plugged:
            raise DeviceGone(_("the lamps do not answer; check their cable"))


class SimulatedPanel:
    """An open panel whose pictures are kept. See ``kiosk.display.Panel``."""

    def __init__(self, devices: SimulatedDevices) -> None:
        self._devices = devices
        devices.check_panel()

    def show(self, image: Image.Image, viewer: Viewer = Viewer.CAMERA) -> None:
        """Show the picture; the viewer makes no difference."""
        del viewer
        self._devices.check_panel()
        self._devices.show(image)

    def restore(self) -> None:
        """Check that the panel is plugged in."""
        self._devices.check_panel()

    def close(self) -> None:
        """Leave it dark."""
        self._devices.picture = None


class SimulatedLamps(FakeLamps):
    """Lamps and a buzzer whose signal is kept; they can be unplugged."""

    def __init__(self, devices: SimulatedDevices) -> None:
        super().__init__(SignalRecord(None, time.time))
        self._devices = devices
        devices.check_lamps()

    def begin(self, signal: Screen) -> None:
        """Note the signal."""
        self._devices.check_lamps()
        self._devices.light(signal)

    def light(self, lamp: Lamp, level: float) -> None:  # noqa: ARG002 - the signal says it all
        """Check that they are plugged in."""
        self._devices.check_lamps()


class SimulatedVoice:
    """A voice that is written down. It takes as long as a real one."""

    def __init__(self, devices: SimulatedDevices) -> None:
        self._devices = devices

    async def check(self) -> None:
        """Do nothing: it works."""

    async def say(self, said: Sentence) -> None:
        """Say it."""
        from kiosk.signals.voice.sentences import written  # noqa: PLC0415 - not without a voice

        text = written(said)
        self._devices.say(text)
        await trio.sleep(len(text) * LETTER)

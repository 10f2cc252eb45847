"""A simulated counter: any configuration, with a twin for each of its devices."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import anyio

from kiosk.base.errors import ConfigError
from kiosk.base.language import _
from kiosk.base.money import CURRENCIES, Currency
from kiosk.config import load
from kiosk.config.loader import check_file
from kiosk.display import PanelSettings
from kiosk.display.chips.known_panels import PANELS, KnownPanel
from kiosk.inputs import InputSettings
from kiosk.inputs.button import ButtonSettings
from kiosk.inputs.command import CommandSettings
from kiosk.inputs.escpos_printer import EscposPrinterSettings
from kiosk.inputs.fake import FakeInputSettings
from kiosk.inputs.scanner_hid import ScannerHidSettings
from kiosk.inputs.tef_files import TefFilesSettings
from kiosk.signals import Lamp
from kiosk.signals.gpio import GpioSignalsSettings
from kiosk.simulator.service.accounts import COUNTRIES
from kiosk.simulator.twins.button_twin import ButtonTwin
from kiosk.simulator.twins.cables import SerialInput, SerialTwin, SocketTwin
from kiosk.simulator.twins.pipes import FolderTwin, KeyboardTwin, PipeTwin
from kiosk.simulator.twins.simulation_folder import SimulationFolder
from kiosk.simulator.twins.twin import KioskIsOff, Twin
from kiosk.simulator.twins.twin_file import TOKEN_VARIABLE, TwinFile

# Variables of this process that the simulated daemon must not get: they name secrets, or the
# socket of systemd.
_NOT_PASSED_ON = ("CREDENTIALS_DIRECTORY", "KIOSK_CREDENTIALS", "NOTIFY_SOCKET", "WATCHDOG_USEC")


@dataclass(frozen=True)
class _Switch:
    """A file; while it exists, a device of the daemon behaves as if it were unplugged."""

    unplugged: Path

    @property
    def plugged(self) -> bool:
        """Whether it is plugged in."""
        return not self.unplugged.exists()

    def unplug(self) -> None:
        """Pull its plug."""
        self.unplugged.touch()

    def plug_in(self) -> None:
        """Put the plug in again."""
        self.unplugged.unlink(missing_ok=True)


@dataclass(frozen=True)
class PanelTwin(_Switch):
    """The panel: what it looks like, and the folder of its pictures."""

    settings: PanelSettings
    frames: Path

    @property
    def name(self) -> str:
        """Return the name of a known panel, also of one that looks like it; or driver and size."""
        known = getattr(self.settings, "known", None)
        named = f"{getattr(self.settings, 'chip', '')}-{getattr(self.settings, 'inches', '')}"
        if known or named in PANELS:
            return str(known.name) if known else named
        width, height = self.settings.pixels
        alike = (panel.name for panel in PANELS.values() if self._looks_like(panel))
        return next(alike, f"{self.settings.driver} {width}x{height}")

    def _looks_like(self, panel: KnownPanel) -> bool:
        mine, other = self.settings, panel
        if (mine.pixels, mine.surface, mine.palette) != (
            other.pixels,
            other.surface,
            other.palette,
        ):
            return False
        return bool(
            mine.pitch and other.pitch and math.isclose(mine.pitch, other.pitch, rel_tol=0.05)
        )


@dataclass(frozen=True)
class LampsTwin(_Switch):
    """Lamps, buzzer and voice, and the file that records what they do."""

    record: Path
    lamps: tuple[str, ...]
    buzzer: bool
    voice: bool


class SimulatedCounter:
    """The counter of a configuration file. ``clock`` returns Unix seconds of the simulation.

    ``config`` is the simulated configuration and ``config_file`` its file, for the daemon and for
    commands such as ``kiosk orders``. ``remarks`` says what differs from the original. Raises
    ConfigError with all faults of the original, and OSError.
    """

    def __init__(
        self, file: Path, folder: SimulationFolder, api_port: int, clock: Callable[[], float]
    ) -> None:
        checked = check_file(file, {}, reads_token=False)
        self._own_token = checked.require_config(file).orders.token.env
        self._twin_file = TwinFile(file, checked, folder, api_port)
        self.file, self.folder, self.remarks = file, folder, self._twin_file.remarks
        self._clock = clock
        self.connection: Callable[[bytes], None] | None = None  # to the daemon's process
        self.country = self._country()
        self.config_file = self._twin_file.write()
        self.config = load(self.config_file, self.environ())
        self.twins = self._twins()

    @property
    def currency(self) -> Currency:
        """The currency that it sells in."""
        return CURRENCIES[self.config.kiosk.currency]

    @property
    def panel(self) -> PanelTwin:
        """The panel."""
        folder = self.folder
        return PanelTwin(folder.panel_unplugged, self.config.display, folder.frames)

    @property
    def lamps(self) -> LampsTwin:
        """The lamps, the buzzer and the voice."""
        signals, folder = self.config.signals, self.folder
        mounted: tuple[str, ...] = get_args(Lamp)
        buzzer = True
        if isinstance(signals, GpioSignalsSettings):
            mounted = tuple(lamp for lamp, _ in signals.lamps.mounted())
            buzzer = bool(signals.buzzer and signals.sound)
        voice = signals.voice is not None
        return LampsTwin(folder.lamps_unplugged, folder.record, mounted, buzzer, voice)

    def environ(self) -> dict[str, str]:
        """Return the daemon's environment. Its token chooses an account in the right country."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in (*_NOT_PASSED_ON, self._own_token)
        }
        return kept | {TOKEN_VARIABLE: f"SIMULATOR-{self.country}"}

    def _country(self) -> str:
        """Return the country of its account: that of its currency."""
        currency = self._twin_file.currency
        return next(code for code, each in COUNTRIES.items() if each.currency == currency)

    def change(self, *, panel: str = "", language: str = "", currency: str = "") -> None:
        """Use another panel, language or currency; the daemon must be started again.

        Raises ConfigError, and changes nothing, if the configuration is not valid with it.
        """
        if panel not in ("", *PANELS):
            raise ConfigError(_("{panel!r} is not a known panel", panel=panel))
        undo = self._twin_file.change(PANELS.get(panel), language, currency)
        try:
            self.config = load(self._twin_file.write(), self.environ())
        except ConfigError:
            undo()
            self._twin_file.write()
            raise
        self.country = self._country()
        for settings in self.config.inputs:
            self.twins[settings.name].use(settings, self.currency)

    def edit(self, changes: dict[str, Any]) -> None:
        """Change settings in the file, perhaps by mistake; the daemon must read it again."""
        self._twin_file.edit(changes)
        with suppress(ConfigError):  # the daemon says what is wrong, and goes on with the others
            self.config = load(self._twin_file.write(), self.environ())

    def before_start(self) -> None:
        """Make the devices ready for a daemon that is about to start."""
        for twin in self.twins.values():
            twin.before_start()

    async def run(self) -> None:
        """Take what the kiosk sends to its devices, until canceled. Then remove the devices."""
        with ExitStack() as devices:
            async with anyio.create_task_group() as tasks:
                for twin in self.twins.values():
                    devices.callback(twin.close)
                    tasks.start_soon(twin.run)

    def _twins(self) -> Mapping[str, Twin]:
        return {each.name: self._twin(each) for each in self.config.inputs}

    def _twin(self, settings: InputSettings) -> Twin:
        more: tuple[Any, ...] = (self.currency, self._clock)
        match settings:
            case ButtonSettings():
                return ButtonTwin(settings, self.currency, self._clock, self._tell)
            case EscposPrinterSettings(port="") | CommandSettings():
                return SocketTwin(settings, *more)
            case _ if isinstance(settings, SerialInput):
                return SerialTwin(settings, *more)
            case ScannerHidSettings():
                return KeyboardTwin(settings, *more)
            case TefFilesSettings():
                return FolderTwin(settings, *more)
            case FakeInputSettings():
                return PipeTwin(settings, *more)
            case _:
                raise ConfigError(
                    _("inputs: the driver {driver} can't be simulated", driver=settings.driver)
                )

    def _tell(self, command: bytes) -> None:
        if self.connection is None:
            raise KioskIsOff
        self.connection(command)

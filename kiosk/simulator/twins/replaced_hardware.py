"""The places where the drivers open hardware, replaced in the daemon of a simulation.

Above these places everything is the real driver: the decoding of keys, the debouncing of buttons,
the dimming of lamps, and a panel's size, colours and times.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from kiosk.base.environment import Environment
from kiosk.base.errors import DeviceGone
from kiosk.base.money import Currency
from kiosk.display import PanelSettings, Viewer
from kiosk.display.fake import FakePanel, FakePanelSettings
from kiosk.inputs import scanner_hid
from kiosk.inputs.scanner.event_device import explain
from kiosk.sale.words import Screen
from kiosk.signals import Lamp, SignalsSettings
from kiosk.signals.fake import FakeLamps, FakeSpeaker, SignalRecord
from kiosk.signals.gpio import BuzzerSettings, GpioLamps, GpioSignalsSettings, LampSettings
from kiosk.simulator.twins.pace import Pace
from kiosk.simulator.twins.simulation_folder import SimulationFolder

FRAMES_KEPT = 500  # pictures in the folder; the page of a simulation may be open for days
ACTIVE_HERTZ = 2300.0  # the pitch of most active buzzers


def replace_hardware(folder: SimulationFolder, pace: Pace) -> None:
    """Let the drivers of this process open the simulation's devices."""
    os.environ["GPIOZERO_PIN_FACTORY"] = "mock"
    os.environ["GPIOZERO_MOCK_PIN_CLASS"] = "mockpwmpin"
    places: Any = scanner_hid
    places.open_grabbed = _open_pipe
    panel: Any
    for panel in PanelSettings.all():
        panel.open = lambda settings: PanelModel(settings, folder, pace)
    signals: Any
    for signals in SignalsSettings.all():
        signals.speaker = _speaker_of(folder)
    lamps: Any = GpioSignalsSettings
    lamps.open = lambda settings, clock: RecordedLamps(settings, folder, clock)


def drive_button(pin: int, *, active_low: bool) -> None:
    """Press a button and let it go. Nothing happens while the kiosk has not opened its line."""
    from gpiozero import Device  # noqa: PLC0415 - only where the configuration has a button

    if Device.pin_factory is None:
        return
    line = Device.pin_factory.pin(pin)
    down, up = (line.drive_low, line.drive_high)[:: 1 if active_low else -1]
    if line.function == "input":
        down()
        up()


class PanelModel:
    """A panel with the pixels, colours and times of its settings; its pictures are files."""

    def __init__(self, settings: PanelSettings, folder: SimulationFolder, pace: Pace) -> None:
        self._settings, self._folder, self._pace = settings, folder, pace
        self._glass = FakePanel(
            FakePanelSettings(
                driver="fake",
                size=settings.pixels,
                glass=settings.surface,
                shades=settings.palette,
                frames=folder.frames,
                fail_while=folder.panel_unplugged,
            )
        )

    def show(self, image: Image.Image, viewer: Viewer = Viewer.CAMERA) -> None:
        """Show the image as late as the panel would."""
        self._glass.restore()  # an unplugged panel fails at once
        if takes := self._refresh_takes(viewer):
            threading.Event().wait(takes / self._pace.speed)
        self._glass.show(image)
        self._remove_old_frames()

    def restore(self) -> None:
        """Check that the panel is plugged in."""
        self._glass.restore()

    def close(self) -> None:
        """Show an empty picture."""
        self._glass.close()

    def _refresh_takes(self, viewer: Viewer) -> float:
        known = getattr(self._settings, "known", None)
        if viewer is not Viewer.CAMERA and known and known.partial_refresh:
            return float(known.partial_refresh)
        return self._settings.refresh_takes

    def _remove_old_frames(self) -> None:
        for old in sorted(self._folder.frames.glob("*.png"))[:-FRAMES_KEPT]:
            old.unlink(missing_ok=True)


class RecordedLamps:
    """Lamps and a buzzer on mock pins. What the pins do is recorded, not what was asked for."""

    def __init__(
        self, settings: GpioSignalsSettings, folder: SimulationFolder, clock: Callable[[], float]
    ) -> None:
        self._unplugged = folder.lamps_unplugged
        self._check_plugged_in()
        self._lamps = GpioLamps(settings)
        self._mounted = dict(settings.lamps.mounted())
        self._buzzer = settings.buzzer if settings.sound else None
        record = SignalRecord(folder.record, clock)
        record.create()
        self._record = FakeLamps(record)

    def begin(self, signal: Screen) -> None:
        """Record the signal."""
        self._record.begin(signal)

    def light(self, lamp: Lamp, level: float) -> None:
        """Set a lamp, and record how bright it is now; a lamp that is not mounted stays dark."""
        self._check_plugged_in()
        self._lamps.light(lamp, level)
        if wiring := self._mounted.get(lamp):
            self._record.light(lamp, _level(wiring))

    def tone(self, hertz: float) -> None:
        """Sound the buzzer, and record its pitch."""
        self._check_plugged_in()
        self._lamps.tone(hertz)
        if buzzer := self._buzzer:
            pitch = hertz if buzzer.kind == "passive" else ACTIVE_HERTZ
            self._record.tone(pitch if _level(buzzer) else 0.0)

    def close(self) -> None:
        """Switch everything off."""
        self._lamps.close()
        self._record.close()

    def _check_plugged_in(self) -> None:
        if self._unplugged.exists():
            raise DeviceGone(f"the simulated lamps are unplugged; delete {self._unplugged}")


def _level(wiring: LampSettings | BuzzerSettings) -> float:
    from gpiozero import Device  # noqa: PLC0415 - the driver has imported it

    state = float(Device.pin_factory.pin(wiring.pin).state)
    return 1.0 - state if wiring.inverted else state


def _speaker_of(folder: SimulationFolder) -> Callable[..., FakeSpeaker]:
    def speaker(
        _settings: SignalsSettings, _language: str, _currency: Currency, environment: Environment
    ) -> FakeSpeaker:
        return FakeSpeaker(SignalRecord(folder.record, environment.wall_clock))

    return speaker


def _open_pipe(path: str) -> int:
    """Open the pipe of a simulated keyboard, in place of an event device. Raises DeviceGone."""
    try:
        if not Path(path).is_fifo():
            raise FileNotFoundError(2, "")
        return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as fault:
        raise DeviceGone(f"{path}: {explain(fault)}") from fault

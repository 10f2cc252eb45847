"""The devices of a headless counter: any configuration with its drivers on simulated devices.

The drivers of the inputs are the real ones (``simulated_inputs.py``), and so is the drawing for the
panel.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import trio
from PIL import Image

from kiosk.base.errors import DeviceGone
from kiosk.base.language import _
from kiosk.config import Config
from kiosk.display import Viewer
from kiosk.sale.words import Screen
from kiosk.signals import Lamp
from kiosk.signals.fake import LETTER, FakeLamps, SignalRecord
from kiosk.simulator.scenario.mains import Mains
from kiosk.simulator.scenario.simulated_inputs import SimulatedInput, with_methods
from kiosk.simulator.scenario.transcript import Transcript
from kiosk.simulator.scenario.virtual_time import Hangs

if TYPE_CHECKING:
    from kiosk.signals.voice.sentences import Sentence


class SimulatedDevices:
    """All devices of a counter; they outlive the runs of the daemon.

    ``picture`` is what is on the panel, None while it is dark. ``signal`` is what the lamps show.
    """

    def __init__(
        self, config: Config, folder: Path, transcript: Transcript, tasks: trio.Nursery
    ) -> None:
        self.mains = Mains()
        self.panel_plugged = self.lamps_plugged = True
        self.panel_hangs = False
        self.picture: Image.Image | None = None
        self.signal: Screen | None = None
        self.on_picture: Callable[[], None] = lambda: None
        self._transcript = transcript
        self.inputs = {
            each.name: SimulatedInput(each, config, transcript) for each in config.inputs
        }
        self._inputs = tuple(each.on_line(folder, tasks) for each in self.inputs.values())
        self.config = self.simulated(config)
        for each in self.inputs.values():
            tasks.start_soon(each.line.run)

    def darken(self) -> None:
        """Show nothing any more."""
        self.picture = self.signal = None

    def power(self, mains: Mains) -> None:
        """Use the power of another run."""
        self.mains = mains
        for each in self.inputs.values():
            each.line.mains = mains

    def plug(self, name: str, *, plugged: bool) -> None:
        """Unplug or plug in an input, the panel or the lamps."""
        if name == "panel":
            self.panel_plugged, self.panel_hangs = plugged, False
            self.picture = self.picture if plugged else None
        elif name == "lamps":
            self.lamps_plugged = plugged
        elif plugged:
            self.inputs[name].line.plug_in()
        else:
            self.inputs[name].line.unplug()

    # --- what the kiosk's drivers open ----------------------------------------------------------

    def simulated(self, config: Config) -> Config:
        """Return the configuration on these devices: it has the same inputs, but other settings."""
        self.config = config.model_copy(
            update={
                "inputs": self._inputs,
                "display": with_methods(config.display, open=lambda _s: SimulatedPanel(self)),
                "signals": with_methods(
                    config.signals,
                    open=lambda _s, _clock: SimulatedLamps(self),
                    speaker=lambda _s, *_: SimulatedVoice(self),
                ),
            }
        )
        return self.config

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
        if self.panel_hangs:
            raise Hangs
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

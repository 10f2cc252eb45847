"""An open panel that luma drives: what the OLED and the LCD driver have in common."""

# ruff: noqa: PLC0415 - no hardware library loads before a panel is opened

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from PIL import Image

from kiosk.display import Audience
from kiosk.display.chips.setup_recorder import SetupRecorder
from kiosk.display.chips.spi import MountedSettings, panel_errors


class LumaPanel:
    """An open panel. ``bus`` is a serial interface of luma.core, real or pretended.

    ``make`` makes luma's device on it. ``held`` is what has to be let go of with the panel; taken
    over once the panel has answered. ``off`` switches the glass off, on every chip of a kind.
    """

    off: int

    def __init__(
        self,
        settings: MountedSettings,
        bus: Any,
        make: Callable[[Any], Any],
        held: ExitStack | None = None,
    ) -> None:
        self._settings = settings
        self._image: Image.Image | None = None
        with panel_errors(settings):
            # A device object registers itself for the end of the program when it is made, before
            # it finds out that nobody answers. Asking first keeps a panel that is away for weeks
            # from leaving one behind with every try.
            bus.command(self.off)
            taught = SetupRecorder(bus)
            self._device = _whole_frames(make(taught))
            self._set_up_again = taught.learned()
        self._held = held.pop_all() if held else ExitStack()

    def show(self, image: Image.Image, audience: Audience = Audience.CAMERA) -> None:
        """Send the whole picture; returns when the last byte is out."""
        del audience  # it is as crisp as it can be in any case
        with panel_errors(self._settings):
            self._image = image.convert(self._device.mode)
            self._device.display(self._image)

    def renew(self) -> None:
        """Set the panel up again and send the last picture again."""
        with panel_errors(self._settings):
            self._set_up_again()
            if self._image is not None:
                self._device.display(self._image)

    def close(self) -> None:
        """Switch the panel off, clear it, and let go of the bus."""
        device = self._device
        try:
            with panel_errors(self._settings), self._held:
                device.cleanup()
        finally:
            # What luma registered stays until the end of the program: leave nothing worth keeping.
            vars(device).clear()


def _whole_frames(device: Any) -> Any:
    """Have the device send all of a picture, not what luma thinks is not on the glass yet."""
    from luma.core.framebuffer import full_frame

    if hasattr(device, "framebuffer"):
        device.framebuffer = full_frame()
    return device

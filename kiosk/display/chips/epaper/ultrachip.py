"""The commands of UltraChip's e-paper controllers. Their BUSY line is low while they are busy.

Sources: UC8179c rev 0.6, UC8151D rev 0.1 and UC8176 (also sold as IL0398), "Commands". The options
of each panel are those of Waveshare's demonstration programs and of the GxEPD2 library, which both
run on the real panels.
"""

from __future__ import annotations

from kiosk.base.frozen import frozen
from kiosk.display.chips.epaper import EpaperBus


@frozen
class Uc8179:
    """UC8179, also sold as GD7965.

    ``booster`` has the arguments of command 06h, if the panel needs others than the default ones.
    ``red``: the panel has a third colour. Then the first memory is black and white, and the second
    one is red: 1 is red.
    """

    size: tuple[int, int]
    quick: bool = True
    busy_level: int = 0
    booster: tuple[int, ...] = ()
    red: bool = False

    def refresh(self, bus: EpaperBus, new: bytes, old: bytes, *, quick: bool) -> None:
        """Show ``new``, as Controller.refresh says."""
        self._wake(bus)
        if quick:  # this temperature never occurs; it selects the quick waveform
            bus.send(0xE0, 0x02)
            bus.send(0xE5, 0x6E)
            self._partial_window(bus)
        for code, pixels in zip((0x10, 0x13), self._memories(new, old), strict=True):
            bus.send(code)
            bus.data(pixels)
        bus.refresh(0x12)
        _sleep(bus)

    def _memories(self, new: bytes, old: bytes) -> tuple[bytes, bytes]:
        """Return what the two memories must hold."""
        return (new, bytes(len(new))) if self.red else (old, new)

    def _wake(self, bus: EpaperBus) -> None:
        bus.reset()
        bus.wait()
        width, height = self.size
        bus.send(0x01, 0x07, 0x07, 0x3F, 0x3F)  # gates at 20 V, sources at 15 V
        if self.booster:
            bus.send(0x06, *self.booster)
        bus.send(0x04)  # power on
        bus.wait()
        bus.send(0x00, 0x0F if self.red else 0x1F)  # colours; waveforms from its own memory
        bus.send(0x61, width >> 8, width & 0xFF, height >> 8, height & 0xFF)
        bus.send(0x15, 0x00)
        bus.send(0x50, 0x11 if self.red else 0x29, 0x07)  # 1 is white, 1 is red; a white border
        bus.send(0x60, 0x22)

    def _partial_window(self, bus: EpaperBus) -> None:
        width, height = self.size[0] - 1, self.size[1] - 1
        bus.send(0x91)
        bus.send(0x90, 0, 0, width >> 8, width & 0xFF, 0, 0, height >> 8, height & 0xFF, 0x01)


@frozen
class Uc8151:
    """UC8151D and UC8176 with a three-colour panel, which has full refreshes only.

    ``panel_setting`` has the arguments of command 00h, and ``resolution`` those of command 61h, if
    the controller does not know the size. In the red memory, 0 is red.
    """

    size: tuple[int, int]
    panel_setting: tuple[int, ...]
    resolution: tuple[int, ...] = ()
    quick: bool = False
    busy_level: int = 0

    def refresh(self, bus: EpaperBus, new: bytes, old: bytes, *, quick: bool) -> None:
        """Show ``new``, as Controller.refresh says."""
        assert not quick, "there is no quick refresh"
        del old
        bus.reset()
        bus.wait()
        bus.send(0x04)  # power on
        bus.wait()
        bus.send(0x00, *self.panel_setting)
        if self.resolution:
            bus.send(0x61, *self.resolution)
        bus.send(0x50, 0x77)  # 1 is white, 0 is red; a white border
        for code, pixels in ((0x10, new), (0x13, b"\xff" * len(new))):
            bus.send(code)
            bus.data(pixels)
        bus.refresh(0x12)
        bus.send(0x50, 0xF7)  # the border floats
        _sleep(bus)


def _sleep(bus: EpaperBus) -> None:
    bus.send(0x02)  # power off
    bus.wait()
    bus.send(0x07, 0xA5)  # deep sleep

"""A panel without a panel: every frame it gets becomes a PNG that a person or a test can look at.

Part of the product: the simulator and the tests run on it. It can be told to fail.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from PIL import Image
from pydantic import Field

from kiosk.base.errors import DeviceGone
from kiosk.base.permissions import Permissions
from kiosk.base.settings import PlainDecimal, Size
from kiosk.display import PanelSettings, Surface, Viewer
from kiosk.display.chips.known_panels import pitch_of
from kiosk.display.screens.paint import blank


class FakePanelSettings(PanelSettings):
    """A pretended panel, for trying things out on a laptop."""

    driver: Literal["fake"] = Field(description="A pretended panel that draws into a folder.")
    size: Size = Field((250, 122), description="Width and height in pixels, as in 250x122.")
    glass: Surface = Field(
        Surface.PAPER, description="Which kind it pretends to be: paper (e-ink) or emissive (OLED)."
    )
    inches: PlainDecimal | None = Field(
        None, description="The pretended glass's diagonal, to judge how far its QRs can be read."
    )
    frames: Path | None = Field(
        None, description="Folder for the frames, 000001.png and on; leave out to keep none."
    )
    fail_while: Path | None = Field(
        None, description="While this file exists the panel behaves as if it were unplugged."
    )

    @property
    def pixels(self) -> tuple[int, int]:
        """Return the size."""
        return self.size

    @property
    def surface(self) -> Surface:
        """Return the pretended kind."""
        return self.glass

    @property
    def pitch(self) -> float | None:
        """Return the pretended millimetres from pixel to pixel."""
        return pitch_of("fake", self.size, self.inches)

    def permissions(self) -> Permissions:
        """Return what it needs of the system."""
        return Permissions(folders=frozenset({self.frames} if self.frames else ()))

    def open(self) -> FakePanel:
        """Open the folder."""
        return FakePanel(self)


class FakePanel:
    """An open fake. The numbers go on where an earlier run stopped: evidence is never overwritten.

    ``image`` is what is on the glass.
    """

    def __init__(self, settings: FakePanelSettings) -> None:
        self._settings = settings
        self.image = blank(settings.size, settings.glass)
        self._plugged_in()
        self._count = _frames_in(settings.frames) if settings.frames else 0

    def show(self, image: Image.Image, viewer: Viewer = Viewer.CAMERA) -> None:
        """Keep the image, and write it as the next frame; for whom makes no difference."""
        del viewer
        self._plugged_in()
        assert image.size == self._settings.size, f"{image.size} is no frame for this panel"
        self.image = image
        if self._settings.frames:
            self._count += 1
            _write(image, self._settings.frames, self._count)

    def restore(self) -> None:
        """Find out whether it is still plugged in; the picture can't have got lost."""
        self._plugged_in()

    def close(self) -> None:
        """Show an empty frame, as a panel does that is switched off in good order."""
        self.show(blank(self._settings.size, self._settings.glass))

    def _plugged_in(self) -> None:
        switch = self._settings.fail_while
        if switch and switch.exists():
            raise DeviceGone(f"the fake panel is unplugged; delete {switch} to plug it in")


def _frames_in(folder: Path) -> int:
    """Return the number of the last frame in the folder, which is made if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DeviceGone(f"the folder for frames, {folder}, can't be made: {error}") from error
    numbers = (int(frame.stem) for frame in folder.glob("*.png") if frame.stem.isdigit())
    return max(numbers, default=0)


def _write(image: Image.Image, folder: Path, number: int) -> None:
    """Write a frame so that whoever watches the folder never sees half of it."""
    unfinished = folder / f".{number:06}.unfinished"
    try:
        image.save(unfinished, format="PNG")
        os.replace(unfinished, folder / f"{number:06}.png")
    except OSError as error:
        raise DeviceGone(f"frame {number} can't be written into {folder}: {error}") from error

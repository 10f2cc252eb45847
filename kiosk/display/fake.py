"""A fake panel: it writes every picture as a PNG file, for a person or a test to look at.

Part of the product: the simulator and the tests use it. It can be made to fail.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from PIL import Image
from pydantic import Field, field_validator

from kiosk.base.errors import DeviceGone
from kiosk.base.language import _
from kiosk.base.permissions import Permissions
from kiosk.base.settings import PlainDecimal, Size
from kiosk.display import Palette, PanelSettings, Surface, Viewer, as_mode
from kiosk.display.chips.known_panels import pitch_of
from kiosk.display.screens.paint import blank


class FakePanelSettings(PanelSettings):
    """A simulated panel, for tests on a laptop."""

    driver: Literal["fake"] = Field(
        description="A simulated panel that writes pictures into a folder."
    )
    size: Size = Field((250, 122), description="Width and height in pixels, such as 250x122.")
    glass: Surface = Field(
        Surface.PAPER,
        description="Kind of panel to simulate: paper (e-paper) or emissive (OLED, LCD).",
    )
    shades: Palette = Field(
        Palette.MONO,
        description="What its pixels can show: mono (black and white), grey (16 shades) or colour.",
    )
    inches: PlainDecimal | None = Field(
        None,
        gt=0,
        le=200,
        description=(
            "Diagonal of the simulated panel in inches. `kiosk check` needs it to say from how far "
            "a QR can be read."
        ),
    )
    frames: Path | None = Field(
        None,
        description="Folder for the pictures: 000001.png and so on. Leave it out to keep none.",
    )
    fail_while: Path | None = Field(
        None, description="While this file exists, the panel behaves as if it were unplugged."
    )

    @field_validator("invert")
    @classmethod
    def _nothing_to_invert(cls, invert: bool) -> bool:
        if invert:
            raise ValueError(
                _("the fake panel has no glass that could be inverted; remove this setting")
            )
        return invert

    @property
    def pixels(self) -> tuple[int, int]:
        """Return the size."""
        return self.size

    @property
    def surface(self) -> Surface:
        """Return the simulated kind."""
        return self.glass

    @property
    def palette(self) -> Palette:
        """Return what the simulated pixels can show."""
        return self.shades

    @property
    def pitch(self) -> float | None:
        """Return the simulated millimetres from pixel to pixel."""
        return pitch_of("fake", self.size, self.inches)

    def permissions(self) -> Permissions:
        """Return what the device needs of the system."""
        return Permissions(folders=frozenset({self.frames} if self.frames else ()))

    def open(self) -> FakePanel:
        """Open the folder."""
        return FakePanel(self)


class FakePanel:
    """An open fake panel. ``image`` is the last picture.

    File numbers continue after those of an earlier run: no picture is ever overwritten.
    """

    def __init__(self, settings: FakePanelSettings) -> None:
        self._settings = settings
        self.image = blank(settings.size, settings.glass)
        self._check_plugged_in()
        self._count = _frames_in(settings.frames) if settings.frames else 0

    def show(self, image: Image.Image, viewer: Viewer = Viewer.CAMERA) -> None:
        """Keep the image, and write it as the next file; the viewer makes no difference."""
        del viewer
        self._check_plugged_in()
        assert image.size == self._settings.size, f"{image.size} is not this panel's size"
        self.image = as_mode(image, self._settings.palette.mode)
        if self._settings.frames:
            self._count += 1
            _write(self.image, self._settings.frames, self._count)

    def restore(self) -> None:
        """Check that the panel is plugged in; its picture is never lost."""
        self._check_plugged_in()

    def close(self) -> None:
        """Show an empty picture, as a panel does when it is switched off."""
        self.show(blank(self._settings.size, self._settings.glass))

    def _check_plugged_in(self) -> None:
        switch = self._settings.fail_while
        if switch and switch.exists():
            raise DeviceGone(
                _("the fake panel is unplugged; delete {switch} to plug it in", switch=switch)
            )


def _frames_in(folder: Path) -> int:
    """Return the number of the last picture in the folder; create the folder if necessary."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DeviceGone(
            _("display.frames: {folder} cannot be created: {error}", folder=folder, error=error)
        ) from error
    numbers = (int(frame.stem) for frame in folder.glob("*.png") if frame.stem.isdigit())
    return max(numbers, default=0)


def _write(image: Image.Image, folder: Path, number: int) -> None:
    """Write the picture so that a program that reads the folder never finds half a file."""
    unfinished = folder / f".{number:06}.unfinished"
    try:
        image.save(unfinished, format="PNG")
        os.replace(unfinished, folder / f"{number:06}.png")
    except OSError as error:
        raise DeviceGone(
            _(
                "display.frames: picture {number} cannot be written: {error}",
                number=number,
                error=error,
            )
        ) from error

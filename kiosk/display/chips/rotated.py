"""Panels that can be mounted in any of four rotations."""

from __future__ import annotations

from abc import abstractmethod

from PIL import Image
from pydantic import Field, field_validator

from kiosk.base.language import _
from kiosk.base.settings import Whole
from kiosk.display import PanelSettings


class RotatedPanelSettings(PanelSettings):
    """A panel in any of four rotations."""

    rotate: Whole = Field(
        0,
        json_schema_extra={"enum": [0, 90, 180, 270]},
        description="Degrees by which the picture is rotated clockwise: 0, 90, 180 or 270.",
    )

    @field_validator("rotate")
    @classmethod
    def _quarter_turns(cls, rotate: int) -> int:
        if rotate not in (0, 90, 180, 270):
            raise ValueError(
                _("{rotate} is not a valid rotation; write 0, 90, 180 or 270", rotate=rotate)
            )
        return rotate

    @property
    @abstractmethod
    def native_pixels(self) -> tuple[int, int]:
        """Return width and height before rotation."""

    @property
    def usable_pixels(self) -> tuple[int, int]:
        """Return the part of the glass that the screens use, before rotation."""
        return self.native_pixels

    @property
    def pixels(self) -> tuple[int, int]:
        """Return width and height of the screens as the payer sees them, after rotation."""
        width, height = self.usable_pixels
        return (height, width) if self.rotate in (90, 270) else (width, height)


def rotated(image: Image.Image, degrees: int) -> Image.Image:
    """Return the picture as the panel must show it, if its owner looks at it turned clockwise."""
    return image.rotate(-degrees, expand=True) if degrees else image

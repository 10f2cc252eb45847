"""What the panels that luma drives have in common: settings, opening, and the open panel.

A driver (``oled.py``, ``lcd.py``) adds its chips, their sizes, and what is special about them.
"""

# ruff: noqa: PLC0415 - no hardware library loads before a panel is opened

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from importlib import import_module
from typing import Any, ClassVar, TypeVar, get_args

from PIL import Image
from pydantic import Field, ValidationInfo, field_validator

from kiosk.base.language import _
from kiosk.base.settings import Pin, PlainDecimal, Size, Whole, YesNo
from kiosk.display import Viewer, as_mode
from kiosk.display.chips.gpio_lines import GpioLines
from kiosk.display.chips.known_panels import pitch_of
from kiosk.display.chips.setup_recorder import SetupRecorder
from kiosk.display.chips.spi import BusPanelSettings, panel_errors
from kiosk.display.chips.unsupported import chip_meant, if_supported

OpenPanel = TypeVar("OpenPanel", bound="LumaPanel")


class LumaSettings(BusPanelSettings):
    """A panel whose chip is driven as a device of luma.core.

    A driver narrows ``chip`` to the names it takes. ``sizes`` are the pixels (width, height) that
    luma can drive with each chip, the most common size first.
    """

    sizes: ClassVar[Mapping[Any, tuple[tuple[int, int], ...]]]

    chip: str = Field(description="The controller on the panel, as its seller names it.")
    size: Size | None = Field(
        None,
        description="Pixels of the panel before rotation, for chips that exist in several sizes.",
    )
    inches: PlainDecimal | None = Field(
        None,
        gt=0,
        le=200,
        description=(
            "Diagonal of the panel in inches, such as 2.42. Without it, the kiosk assumes the "
            "smallest panel with that chip."
        ),
    )
    reset: Pin | None = Field(
        None,
        description="GPIO line that is wired to the panel's RES. Leave it out if there is none.",
    )

    spi_mode: Whole = Field(
        0,
        json_schema_extra={"enum": [0, 3]},
        description="0, or 3 for a panel on SPI that has no CS pin (7 pins instead of 8).",
    )
    mirror: YesNo = Field(
        False, description="yes if the panel shows text as a mirror does: from right to left."
    )

    bgr: YesNo = Field(
        False, description="yes if the panel shows red as blue. `kiosk test display` asks."
    )

    @field_validator("chip", mode="before")
    @classmethod
    def _chip_of_this_driver(cls, chip: Any) -> Any:
        if isinstance(chip, str) and chip not in cls.sizes:
            if_supported(chip)
            if meant := chip_meant(chip, cls.sizes):
                raise ValueError(
                    _("{chip!r} is the seller's name; write {meant}", chip=chip, meant=meant)
                )
            for other in LumaSettings.__subclasses__():
                if chip in other.sizes:
                    driver = get_args(other.model_fields["driver"].annotation)[0]
                    raise ValueError(
                        _(
                            "{chip!r} is a chip of the driver {driver}; write driver: {driver}",
                            chip=chip,
                            driver=driver,
                        )
                    )
        return chip

    @field_validator("size")
    @classmethod
    def _known_size(cls, size: tuple[int, int] | None, info: ValidationInfo) -> Any:
        if size is None or "chip" not in info.data:  # a wrong chip has its own message
            return size
        sizes = cls.sizes[info.data["chip"]]
        if size not in sizes:
            known = ", ".join(f"{width}x{height}" for width, height in sizes)
            advice = _("write one of {known}", known=known)
            if size[::-1] in sizes:
                advice = _(
                    "write {width}x{height}, and rotate: 90 for a panel that stands upright",
                    width=size[1],
                    height=size[0],
                )
            raise ValueError(
                _("{chip} does not have that size; {advice}", chip=info.data["chip"], advice=advice)
            )
        return size

    @field_validator("spi_mode")
    @classmethod
    def _mode_of_a_panel(cls, mode: int) -> int:
        if mode not in (0, 3):
            raise ValueError(_("{mode} is not an SPI mode of panels; write 0 or 3", mode=mode))
        return mode

    @property
    def native_pixels(self) -> tuple[int, int]:
        """Return the pixels before rotation."""
        return self.size or self.sizes[self.chip][0]

    @property
    def pitch(self) -> float | None:
        """Return the millimetres from pixel to pixel."""
        return pitch_of(self.chip, self.usable_pixels, self.inches)

    @property
    def restore_every(self) -> float:
        """Return the longest time in seconds that a panel stays dark after it lost its power."""
        return 10.0

    @abstractmethod
    def open_bus(self, lines: GpioLines) -> Any:
        """Return a serial interface of luma.core, with its D/C and reset lines in ``lines``."""

    def open_as(
        self, panel_class: Callable[[Any, Any, GpioLines, ExitStack], OpenPanel]
    ) -> OpenPanel:
        """Open the bus and switch the panel on; close everything again if that fails."""
        with panel_errors(self), ExitStack() as resources:
            lines = GpioLines()
            resources.callback(lines.close)
            bus = self.open_bus(lines)
            resources.callback(bus.cleanup)
            return panel_class(self, bus, lines, resources)


class LumaPanel:
    """An open panel.

    ``bus`` is a serial interface of luma.core, real or fake. ``resources`` are closed with the
    panel; the panel owns them from the moment it has answered.

    A driver states ``luma_module``, which has a class for each chip, and ``display_off``, the
    command that switches the display off on every one of these chips.
    """

    luma_module: ClassVar[str]
    display_off: ClassVar[int]

    def __init__(
        self,
        settings: LumaSettings,
        bus: Any,
        lines: GpioLines | None = None,
        resources: ExitStack | None = None,
    ) -> None:
        self._settings = settings
        self._image: Image.Image | None = None
        with panel_errors(settings):
            # luma registers each device object with atexit when the object is made, before it is
            # known whether the panel answers. Asking the panel first prevents that every failed
            # attempt leaves such an object behind: a panel may be absent for weeks.
            bus.command(self.display_off)
            recorder = SetupRecorder(bus)
            self._device = self.make_device(recorder, lines or GpioLines())
            self.set_up()
            self._send_setup_again = recorder.stop()
        self._resources = resources.pop_all() if resources else ExitStack()

    def device_options(self, lines: GpioLines) -> dict[str, Any]:
        """Return the arguments of luma's class that only some chips have."""
        del lines
        return {}

    def set_up(self) -> None:
        """Send what the chip needs beyond luma's own set-up."""

    def show(self, image: Image.Image, viewer: Viewer = Viewer.CAMERA) -> None:
        """Send the whole picture; returns when the last byte is out."""
        del viewer  # every picture is equally sharp
        with panel_errors(self._settings):
            self._image = self._on_glass(as_mode(image, self._device.mode))
            self._device.display(self._image)

    def restore(self) -> None:
        """Set the panel up again, and send the last picture again."""
        with panel_errors(self._settings):
            self._send_setup_again()
            if self._image is not None:
                self._device.display(self._image)

    def close(self) -> None:
        """Switch the panel off, clear it, and close the bus."""
        device = self._device
        try:
            with panel_errors(self._settings), self._resources:
                device.cleanup()
        finally:
            # atexit keeps the object until the program ends: leave nothing in it worth keeping.
            vars(device).clear()

    def make_device(self, bus: Any, lines: GpioLines) -> Any:
        """Return a device of luma.core for the chip. It switches the panel on."""
        settings = self._settings
        width, height = settings.native_pixels
        chip_class = getattr(import_module(self.luma_module), settings.chip)
        turns = settings.rotate // 90
        options = self.device_options(lines)
        return _whole_frames(chip_class(bus, width=width, height=height, rotate=turns, **options))

    def _on_glass(self, image: Image.Image) -> Image.Image:
        """Return the picture mirrored if necessary, in the middle of a glass that is larger."""
        glass = Image.new(image.mode, self._device.size)
        left, top = (
            (whole - used) // 2 for whole, used in zip(glass.size, image.size, strict=True)
        )
        if self._settings.mirror:
            image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        glass.paste(image, (left, top))
        return glass


def _whole_frames(device: Any) -> Any:
    """Make the device send every picture whole, not only the part that luma thinks has changed."""
    from luma.core.framebuffer import full_frame

    if hasattr(device, "framebuffer"):
        device.framebuffer = full_frame()
    return device

"""The framebuffer driver, on a file with a kernel's description beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kiosk.base.errors import ConfigError, DeviceGone
from kiosk.base.money import Money
from kiosk.display.framebuffer import FramebufferSettings
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from tests.display.reading import argentina, read_qr

SIZE = (320, 200)


class Settings(FramebufferSettings):
    """The same, with the kernel's folder beside the device."""

    @property
    def sysfs(self) -> Path:
        return self.device.parent / "sys"


def screen(tmp_path: Path, depth: int = 32, gap: int = 0, **more: Any) -> Settings:
    stride = SIZE[0] * depth // 8 + gap
    described = {"virtual_size": "320,200", "bits_per_pixel": str(depth), "stride": str(stride)}
    (tmp_path / "sys").mkdir(exist_ok=True)
    for name, text in described.items():
        (tmp_path / "sys" / name).write_text(text + "\n")
    device = tmp_path / "fb0"
    device.write_bytes(b"\x55" * stride * SIZE[1])
    return Settings.model_validate(
        {"driver": "framebuffer", "device": str(device), "size": "320x200", **more}
    )


def seen(settings: Settings, depth: int, gap: int) -> Image.Image:
    """Return what the eye sees."""
    layout = {16: "BGR;16", 24: "BGR", 32: "BGRX"}[depth]
    raw = settings.device.read_bytes()
    return Image.frombytes("RGB", SIZE, raw, "raw", layout, SIZE[0] * depth // 8 + gap).convert("L")


@pytest.mark.parametrize("depth", [16, 24, 32])
@pytest.mark.parametrize("gap", [0, 64])
def test_the_screen_shows_the_very_picture_and_its_qr_is_read(
    tmp_path: Path, depth: int, gap: int
) -> None:
    settings = screen(tmp_path, depth, gap)
    show = Show(Screen.SCAN_ME, Money.of("1234.56", "ARS"), qr_data=argentina(), until=300)
    picture = draw(show, Canvas(SIZE, "es", "Rosa"), 72)
    panel = settings.open()
    assert seen(settings, depth, gap).getextrema() == (0, 0)
    panel.show(picture)
    assert seen(settings, depth, gap).point([0] * 128 + [255] * 128).tobytes() == (
        picture.convert("L").tobytes()
    )
    assert read_qr(seen(settings, depth, gap)) == [argentina()]
    settings.device.write_bytes(b"login: ".ljust(settings.device.stat().st_size, b"\0"))
    panel.restore()
    assert read_qr(seen(settings, depth, gap)) == [argentina()]
    panel.close()
    assert seen(settings, depth, gap).getextrema() == (0, 0)


def test_a_screen_that_is_not_there_is_gone(tmp_path: Path) -> None:
    settings = screen(tmp_path)
    panel = settings.open()
    settings.device.unlink()
    with pytest.raises(DeviceGone, match="ls /dev/fb"):
        panel.close()
    (tmp_path / "sys" / "stride").unlink()
    with pytest.raises(DeviceGone):
        settings.open()


def test_a_size_or_depth_that_is_another_is_for_the_technician(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"display\.size: .* has 320x200, not 800x480"):
        screen(tmp_path, size="800x480").open()
    settings = screen(tmp_path)
    (tmp_path / "sys" / "bits_per_pixel").write_text("8")
    with pytest.raises(ConfigError, match="8 bits per pixel"):
        settings.open()


def test_its_size_in_inches_tells_the_pitch(tmp_path: Path) -> None:
    assert screen(tmp_path).pitch is None
    assert screen(tmp_path, inches="5").pitch == pytest.approx(0.3365, abs=0.001)

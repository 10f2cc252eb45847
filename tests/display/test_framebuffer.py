"""The framebuffer driver, on a model of the kernel's: a file, and its ioctls."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageOps
from pydantic import ValidationError

from kiosk.base.errors import DeviceGone
from kiosk.base.money import Money
from kiosk.display.framebuffer import FramebufferSettings
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen as Words
from tests.display.models.screen import LAYOUTS, XRGB, Layout, Screen
from tests.display.reading import argentina, read_qr
from tests.support.examples import sampled

SIZE = (320, 200)
SCAN_ME = Show(Words.SCAN_ME, Money.of("1234.56", "ARS"), qr_data=argentina(), until=300)
Plug = Callable[..., Screen]


@pytest.fixture
def plug(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Plug:
    """Return what connects a screen, as /dev/fb0 of this computer."""

    def screen(size: tuple[int, int] = SIZE, layout: Layout = XRGB) -> Screen:
        screen = Screen(tmp_path / "fb0", size, layout)
        monkeypatch.setattr(fcntl, "ioctl", screen.ioctl)
        return screen

    return screen


@pytest.fixture
def device(tmp_path: Path) -> str:
    return str(tmp_path / "fb0")


def settings(device: str, **more: str) -> FramebufferSettings:
    return FramebufferSettings.model_validate({"driver": "framebuffer", "device": device} | more)


def picture(of: FramebufferSettings, show: Show = SCAN_ME) -> Image.Image:
    return draw(show, Canvas.of(of, "es", "Rosa"), 72)


def differs(one: Image.Image, other: Image.Image) -> int:
    """Return by how much two pictures differ at most, in a colour of a pixel."""
    extrema: Any = ImageChops.difference(one.convert("RGB"), other).getextrema()
    return int(max(high for _, high in extrema))


@pytest.mark.parametrize("name", sampled(LAYOUTS, 3))
def test_the_screen_shows_the_very_picture_and_its_qr_is_read(
    plug: Plug, device: str, name: str
) -> None:
    screen, panel = plug(SIZE, LAYOUTS[name]), settings(device).open()
    assert screen.glass().getextrema() == ((0, 0),) * 3
    drawn = picture(settings(device))
    panel.show(drawn)
    bits = LAYOUTS[name].channels[0][1]
    assert differs(drawn, screen.glass()) <= {5: 8, 8: 0, 10: 1}[bits]
    assert read_qr(screen.glass()) == [argentina()]
    screen.path.write_bytes(b"login: ".ljust(screen.path.stat().st_size, b"\0"))
    panel.restore()
    assert read_qr(screen.glass()) == [argentina()]
    panel.close()
    assert screen.glass().getextrema() == ((0, 0),) * 3


def test_what_is_not_visible_stays_as_it_is(plug: Plug, device: str) -> None:
    screen = plug(SIZE, LAYOUTS["xrgb8888 in a larger picture"])
    settings(device).open().show(picture(settings(device)))
    hidden = screen.path.read_bytes()[: 24 * screen.stride]
    assert hidden == b"\x55" * len(hidden)


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_a_screen_that_is_mounted_turned(plug: Plug, device: str, rotate: int) -> None:
    screen, of = plug(), settings(device, rotate=str(rotate))
    assert of.pixels == (SIZE if rotate == 180 else SIZE[::-1])
    of.open().show(picture(of))
    assert differs(picture(of), screen.glass().rotate(rotate, expand=True)) == 0


def test_inverted_glass(plug: Plug, device: str) -> None:
    screen, of = plug(), settings(device, invert="yes")
    of.open().show(picture(of))
    assert differs(picture(of), ImageOps.invert(screen.glass())) == 0


# --- the size that is there ---


def test_it_draws_in_the_size_that_is_there_whatever_the_file_says(plug: Plug, device: str) -> None:
    screen = plug((1024, 768))
    assert settings(device).pixels == (1024, 768)
    of = settings(device, size="800x480")
    of.open().show(picture(of))
    assert read_qr(screen.glass()) == [argentina()]


def test_without_a_screen_the_size_of_the_file_is_used(device: str) -> None:
    assert settings(device, size="640x480").pixels == (640, 480)
    assert settings(device).pixels == (800, 480)


def test_a_screen_that_changes_its_size_is_gone_until_it_is_opened_again(
    plug: Plug, device: str
) -> None:
    screen, of = plug(), settings(device)
    panel = of.open()
    panel.show(picture(of))
    screen.show_mode((640, 480))
    with pytest.raises(DeviceGone, match="fb0 changed from 320x200 to 640x480; the kiosk draws"):
        panel.restore()
    panel.close()
    assert screen.glass().getextrema() == ((0, 0),) * 3
    of.open().show(picture(of))
    assert read_qr(screen.glass()) == [argentina()]


# --- a screen that is not there ---


def test_a_screen_that_goes_away_is_gone_and_comes_back(plug: Plug, device: str) -> None:
    screen, of = plug(), settings(device)
    panel = of.open()
    screen.path.unlink()
    for call in (panel.close, of.open, lambda: panel.show(Image.new("1", SIZE))):
        with pytest.raises(DeviceGone, match="No such file or directory; check that `ls /dev/fb"):
            call()
    screen = plug()
    of.open().show(picture(of))
    assert read_qr(screen.glass()) == [argentina()]


def test_a_kernel_without_a_framebuffer_is_told_how_to_get_one(tmp_path: Path) -> None:
    (tmp_path / "dri").mkdir()
    (tmp_path / "dri" / "card1").touch()
    with pytest.raises(DeviceGone, match=r"no screen was connected .* write video=HDMI-A-1"):
        settings(str(tmp_path / "fb0")).open()


def test_a_file_that_is_no_framebuffer(plug: Plug, tmp_path: Path) -> None:
    plug()
    (tmp_path / "fb1").write_bytes(b"text")
    with pytest.raises(DeviceGone, match="Inappropriate ioctl"):
        settings(str(tmp_path / "fb1")).open()


def test_a_depth_that_can_not_be_drawn_says_which_can(plug: Plug, device: str) -> None:
    plug(SIZE, Layout(8, ((0, 8), (0, 8), (0, 8))))
    with pytest.raises(DeviceGone, match=r"has 8 bits per pixel.* video=HDMI-A-1:1024x768-32@60"):
        settings(device).open()
    assert settings(device, size="640x480").pixels == (640, 480)


@pytest.mark.parametrize("size", [(0, 0), (1024, 0), (8, 8)])
def test_a_mode_without_a_picture_is_gone_until_there_is_one(
    plug: Plug, device: str, size: tuple[int, int]
) -> None:
    plug(size)
    with pytest.raises(DeviceGone, match="no picture to draw in; check the screen's cable"):
        settings(device).open()
    assert settings(device).pixels == (800, 480)


def test_rows_that_overlap_are_not_drawn(plug: Plug, device: str) -> None:
    plug().stride = 7
    with pytest.raises(DeviceGone, match="no picture to draw in"):
        settings(device).open()


@pytest.mark.parametrize("given", ["yes", "fb0", "/dev/dri/card0", "-1"])
def test_a_device_that_is_no_framebuffer_is_refused(given: str) -> None:
    with pytest.raises(ValidationError, match="is not a framebuffer; write /dev/fb0"):
        settings(given)


@pytest.mark.parametrize("wrong", [{"rotate": "45"}, {"size": "big"}, {"invert": "perhaps"}])
def test_a_setting_that_is_wrong(device: str, wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        settings(device, **wrong)


def test_its_size_in_inches_tells_the_pitch(plug: Plug, device: str) -> None:
    plug()
    assert settings(device).pitch is None
    assert settings(device, inches="5").pitch == pytest.approx(0.3365, abs=0.001)

"""The fake panel: evidence in native pixels that is never overwritten, and failure on request."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from kiosk.base.errors import DeviceGone
from kiosk.display import Palette, Surface
from kiosk.display.fake import FakePanelSettings
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen


def fake(tmp_path: Path, **more: str) -> FakePanelSettings:
    frames = str(tmp_path / "out" / "frames")
    return FakePanelSettings.model_validate(
        {"driver": "fake", "size": "128x64", "frames": frames, **more}
    )


def picture(screen: Screen = Screen.PAID) -> Image.Image:
    return draw(Show(screen), Canvas((128, 64), "es", "Rosa"), 0)


def frames(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "out" / "frames").iterdir())


def test_every_frame_is_a_picture_of_the_very_pixels(tmp_path: Path) -> None:
    panel = fake(tmp_path).open()
    panel.show(picture())
    panel.show(picture(Screen.IDLE))
    assert frames(tmp_path) == ["000001.png", "000002.png"]
    with Image.open(tmp_path / "out" / "frames" / "000001.png") as seen:
        assert seen.size == (128, 64)
        assert seen.convert("L").tobytes() == picture().convert("L").tobytes()


@pytest.mark.parametrize(("shades", "mode"), [("mono", "1"), ("grey", "L"), ("colour", "RGB")])
def test_its_pictures_have_the_shades_that_it_is_told_to_have(
    tmp_path: Path, shades: str, mode: str
) -> None:
    """Black and white only, if it is told nothing: even if it gets a picture in colour."""
    settings = fake(tmp_path, glass="emissive", shades=shades)
    assert FakePanelSettings(driver="fake").palette is Palette.MONO
    canvas = Canvas.of(settings, "es", "Rosa")
    paid = draw(Show(Screen.PAID), canvas, 0)
    settings.open().show(draw(Show(Screen.PAID), replace(canvas, palette=Palette.COLOUR), 0))
    with Image.open(tmp_path / "out" / "frames" / "000001.png") as seen:
        assert (seen.mode, paid.mode) == (mode, mode)
        assert (set(seen.convert("L").tobytes()) == {0, 255}) == (shades == "mono")
        assert (seen.tobytes() == paid.tobytes()) == (shades == "colour")


def test_a_restart_goes_on_counting(tmp_path: Path) -> None:
    fake(tmp_path).open().show(picture())
    kept = (tmp_path / "out" / "frames" / "000001.png").read_bytes()
    fake(tmp_path).open().show(picture(Screen.IDLE))
    assert frames(tmp_path) == ["000001.png", "000002.png"]
    assert (tmp_path / "out" / "frames" / "000001.png").read_bytes() == kept


@pytest.mark.parametrize(("glass", "rest"), [("paper", 255), ("emissive", 0)])
def test_closing_leaves_an_empty_glass(tmp_path: Path, glass: str, rest: int) -> None:
    panel = fake(tmp_path, glass=glass).open()
    panel.show(picture())
    panel.close()
    with Image.open(tmp_path / "out" / "frames" / "000002.png") as seen:
        assert seen.convert("L").getextrema() == (rest, rest)


def test_it_is_unplugged_while_the_switch_file_is_there(tmp_path: Path) -> None:
    switch = tmp_path / "unplugged"
    settings = fake(tmp_path, fail_while=str(switch))
    panel = settings.open()
    switch.touch()
    with pytest.raises(DeviceGone, match="unplugged"):
        panel.show(picture())
    with pytest.raises(DeviceGone, match="unplugged"):
        settings.open()
    switch.unlink()
    panel.show(picture())
    assert frames(tmp_path) == ["000001.png"]


def test_a_folder_that_cannot_be_is_a_panel_that_is_gone(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file stands here")
    with pytest.raises(DeviceGone, match="cannot be created"):
        fake(tmp_path).open()


def test_without_a_folder_only_the_glass_remembers() -> None:
    panel = FakePanelSettings(driver="fake").open()
    image = draw(Show(Screen.PAID), Canvas((250, 122), "es", "", Surface.PAPER), 0)
    panel.show(image)
    assert panel.image is image

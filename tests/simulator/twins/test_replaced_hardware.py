"""The panel of a simulated counter, in place of the hardware."""

from __future__ import annotations

from pathlib import Path
from time import monotonic

import pytest
from PIL import Image

from kiosk.base.errors import DeviceGone
from kiosk.display import Viewer
from kiosk.display.epaper import EpaperSettings
from kiosk.display.oled import OledSettings
from kiosk.simulator.twins import replaced_hardware
from kiosk.simulator.twins.pace import Pace
from kiosk.simulator.twins.replaced_hardware import PanelModel
from kiosk.simulator.twins.simulation_folder import SimulationFolder

GREY = OledSettings(driver="oled", chip="ssd1327", interface="spi", dc="24")


@pytest.fixture
def folder(tmp_path: Path) -> SimulationFolder:
    return SimulationFolder(tmp_path)


def test_a_panel_has_the_pixels_and_shades_of_its_driver(folder: SimulationFolder) -> None:
    panel = PanelModel(GREY, folder, Pace())
    panel.show(Image.new("RGB", (128, 128), (90, 90, 90)))
    with Image.open(folder.frames / "000001.png") as frame:
        assert (frame.size, frame.mode, frame.getpixel((0, 0))) == ((128, 128), "L", 90)


def test_only_the_newest_pictures_are_kept(
    folder: SimulationFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaced_hardware, "FRAMES_KEPT", 3)
    panel = PanelModel(GREY, folder, Pace())
    for _ in range(5):
        panel.show(Image.new("L", (128, 128)))
    assert sorted(each.stem for each in folder.frames.glob("*.png")) == [
        "000003",
        "000004",
        "000005",
    ]
    assert PanelModel(GREY, folder, Pace()) is not panel
    panel.close()
    assert (folder.frames / "000006.png").exists()


def test_a_refresh_takes_as_long_as_the_panels_by_the_clock_of_the_simulation(
    folder: SimulationFolder,
) -> None:
    settings = EpaperSettings(driver="epaper", panel="epd-2.13", dc="25", reset="17", busy="24")
    pace = Pace()
    pace.speed = 60
    panel = PanelModel(settings, folder, pace)
    image = Image.new("1", (250, 122))
    began = monotonic()
    panel.show(image, Viewer.CAMERA)
    assert monotonic() - began >= 2 / 60
    panel.show(image, Viewer.PERSON)


def test_an_unplugged_panel_shows_nothing(folder: SimulationFolder) -> None:
    panel = PanelModel(GREY, folder, Pace())
    folder.panel_unplugged.touch()
    for use in (panel.restore, lambda: panel.show(Image.new("L", (128, 128)))):
        with pytest.raises(DeviceGone, match="unplugged"):
            use()
    with pytest.raises(DeviceGone, match="unplugged"):
        PanelModel(GREY, folder, Pace())
    assert not [*folder.frames.glob("*.png")]

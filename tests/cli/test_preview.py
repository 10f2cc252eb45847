"""``kiosk preview``: the pixels that a panel would get, or a sentence that helps."""

from __future__ import annotations

from pathlib import Path

import pytest
from luma.core.interface.serial import i2c
from PIL import Image
from typer.testing import CliRunner, Result

from kiosk.base.money import Money
from kiosk.cli.verbs import app
from kiosk.config import load
from kiosk.display import PanelSettings, Viewer
from kiosk.display.chips.known_panels import PANELS
from kiosk.display.fake import FakePanel, FakePanelSettings
from kiosk.display.oled import Oled, OledSettings
from kiosk.display.screens.samples import NOW, SAMPLE_NAMES, SHOP, sample_named
from kiosk.sale.effects import Show
from kiosk.shell.picture_sender import PictureSender
from tests.config.counter import COUNTER, changed
from tests.display.models.buses import GivenI2c
from tests.display.models.ssd1306 import Ssd1306
from tests.display.mounted import mount
from tests.display.reading import argentina, read_qr
from tests.support.examples import sampled

# luma.oled still calls what Pillow 14 will remove; pyproject.toml keeps Pillow below that.
pytestmark = pytest.mark.filterwarnings("ignore:Image.Image.getdata:DeprecationWarning")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["preview", *arguments])


@pytest.mark.parametrize("panel", sampled(PANELS, 4))
def test_the_qr_of_every_panel_is_read_from_the_png(panel: str, tmp_path: Path) -> None:
    done = run("--panel", panel, "--qr", argentina(), "-o", str(tmp_path / "F.png"))
    assert done.exit_code == 0, done.output
    with Image.open(tmp_path / "F.png") as seen:
        assert seen.size == PANELS[panel].pixels
        assert read_qr(seen) == [argentina()]


def test_it_is_what_the_oled_shows(tmp_path: Path) -> None:
    run("--panel", "ssd1306-0.96", "--qr", argentina(), "-o", str(tmp_path / "F.png"))
    glass = Ssd1306()
    settings = OledSettings(driver="oled", chip="ssd1306")
    panel = Oled(settings, i2c(bus=GivenI2c(glass)))
    with Image.open(tmp_path / "F.png") as drawn:
        panel.show(drawn)
        assert glass.glass().convert("L").tobytes() == drawn.convert("L").tobytes()
    panel.close()


def as_sent(settings: PanelSettings, show: Show, shop: str, language: str = "es") -> Image.Image:
    """Return the picture that the kiosk sends to a panel."""
    sent: list[Image.Image] = []

    class Watched(FakePanel):
        def show(self, image: Image.Image, viewer: Viewer = Viewer.CAMERA) -> None:
            sent.append(image)

    panel = Watched(FakePanelSettings(driver="fake", size=settings.pixels))
    sender = PictureSender(settings, language=language, shop=shop)
    sender.send(panel, show, now=NOW, idle_for=0, is_new=True, outdated=lambda: False)
    return sent[0]


@pytest.mark.parametrize("panel", sampled(PANELS, 4))
def test_it_is_the_very_picture_that_the_kiosk_sends(panel: str, tmp_path: Path) -> None:
    for screen in ("idle", "scan_me", "printed_code"):
        file, show = tmp_path / f"{screen}.png", sample_named(screen, "es")
        done = run("--panel", panel, "--screen", screen, "-o", str(file))
        assert done.exit_code == 0, done.output
        sent = as_sent(mount(panel).settings, show, SHOP)
        with Image.open(file) as seen:
            assert (seen.mode, seen.tobytes()) == (sent.mode, sent.tobytes()), screen


def test_it_draws_for_the_panel_of_a_configuration(tmp_path: Path) -> None:
    """Turned, with its logo, in its language and its currency."""
    Image.new("L", (60, 40), "black").save(tmp_path / "logo.png")
    display = f"""display:
  driver: lcd
  chip: st7789
  size: 320x240
  dc: 24
  rotate: 90
  logo: {tmp_path}/logo.png
"""
    text = changed("display: {driver: fake, size: 250x122, frames: out/frames}\n", display)
    (tmp_path / "F.yaml").write_text(
        text.replace("es, currency: ARS", "pt, currency: BRL, shop: Padaria")
    )
    config = load(tmp_path / "F.yaml", {"KIOSK_TOKEN": "x"})
    for screen in ("idle", "paid", "scan_me"):
        done = run(
            "-c", str(tmp_path / "F.yaml"), "--screen", screen, "-o", str(tmp_path / "F.png")
        )
        assert done.exit_code == 0, done.output
        show = sample_named(screen, "pt", Money.of("1234.56", "BRL"))
        sent = as_sent(config.display, show, config.kiosk.shop, "pt")
        with Image.open(tmp_path / "F.png") as seen:
            assert (seen.size, seen.mode) == ((240, 320), "RGB")
            assert seen.tobytes() == sent.tobytes()


def test_the_file_states_the_panel_and_the_language_can_be_another(tmp_path: Path) -> None:
    (tmp_path / "F.yaml").write_text(COUNTER)
    arguments = ["-c", str(tmp_path / "F.yaml"), "--screen", "paid", "-o", str(tmp_path / "F.png")]
    assert run(*arguments, "--panel", "epd-2.13").exit_code == 2
    pictures = set()
    for more in ([], ["--language", "en"], ["--currency", "BRL"]):
        assert run(*arguments, *more).exit_code == 0
        pictures.add((tmp_path / "F.png").read_bytes())
    assert len(pictures) == 3


@pytest.mark.parametrize("screen", SAMPLE_NAMES)
def test_every_screen_can_be_looked_at(screen: str, tmp_path: Path) -> None:
    done = run("--panel", "200x100", "--screen", screen, "-o", str(tmp_path / "F.png"))
    assert done.exit_code == 0, done.output
    with Image.open(tmp_path / "F.png") as seen:
        assert seen.size == (200, 100)


def test_language_amount_and_currency_can_be_chosen(tmp_path: Path) -> None:
    pictures = set()
    for number, more in enumerate(
        [[], ["--language", "pt"], ["--amount", "9.90"], ["--currency", "CLP", "--amount", "990"]]
    ):
        file = tmp_path / f"{number}.png"
        done = run("--panel", "epd-2.9", "--qr", argentina(), "-o", str(file), *more)
        assert done.exit_code == 0, done.output
        pictures.add(file.read_bytes())
    assert len(pictures) == 4


@pytest.mark.slow
def test_a_sheet_shows_every_screen_on_one_panel_or_on_all(tmp_path: Path) -> None:
    file, sizes = tmp_path / "F.png", []
    for panel in ("st7735-1.8", "96x64", ""):
        done = run("--all", "--panel", panel, "--language", "pt", "-o", str(file))
        assert done.exit_code == 0, done.output
        with Image.open(file) as sheet:
            sizes.append(sheet.size)
    assert sizes[0][0] == sizes[2][0]  # a column for each state
    assert sizes[1][1] < sizes[0][1] < sizes[2][1] / 10  # a row for each panel


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--panel", "ssd1306", "--qr", "x"], 2, "did you mean ssd1306-0.96"),
        (["--panel", "2.13 V4", "--qr", "x"], 2, "did you mean epd-2.13"),
        (["--panel", "toaster", "--qr", "x"], 2, "write one of ssd1306-0.96"),
        (["--panel", "epd-2.13"], 2, "either --qr TEXT or --screen NAME, or --all"),
        (["--panel", "epd-2.13", "--all", "--qr", "x"], 2, "either --qr TEXT"),
        (["--screen", "idle"], 2, "write one of ssd1306-0.96"),
        (["--screen", "payed"], 2, "write one of idle, working, scan_me, paid"),
        (["--screen", "payed"], 2, "rejected_input, basket, printed_code"),
        (["-c", "/nowhere/F.yaml", "--screen", "paid"], 2, "/nowhere/F.yaml"),
        (["-c", "F.yaml", "--all"], 2, "remove --panel and --all"),
        (["--panel", "epd-2.13", "--qr", "x", "--screen", "idle"], 2, "either --qr"),
        (["--panel", "epd-2.13", "--qr", "x", "--language", "fr"], 2, "es, pt, en"),
        (["--panel", "epd-2.13", "--qr", "x", "--currency", "EUR"], 2, "ARS, BRL"),
        (["--panel", "epd-2.13", "--qr", "x", "--amount", "1,5"], 2, "write it like 1234.56"),
        (["--panel", "44x44", "--qr", argentina()], 1, "mount a larger panel"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_a_sentence(
    arguments: list[str], code: int, sentence: str, tmp_path: Path
) -> None:
    done = run(*arguments, "-o", str(tmp_path / "F.png"))
    assert done.exit_code == code
    assert sentence in done.output
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_written_is_named() -> None:
    done = run("--panel", "epd-2.13", "--qr", "x", "-o", "/nowhere/F.png")
    assert done.exit_code == 2
    assert "/nowhere/F.png" in done.output

"""The README is up to date: its pictures are drawn again, its commands are run."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from typer.testing import CliRunner

from kiosk.cli.verbs import app
from kiosk.config import load
from kiosk.display.chips.known_panels import PANELS
from kiosk.display.screens.contact_sheet import contact_sheet
from kiosk.display.screens.texts import LANGUAGES
from kiosk.sale import diagram
from kiosk.sale.words import Fault
from tests.e2e import rig

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PICTURES = {
    "scan_me": ["--panel", "epd-2.13", "--amount", "1234.56"],
    "paid": ["--panel", "epd-2.13", "--screen", "paid", "--amount", "1234.56"],
}
SHEET = ("ssd1306-0.96", "ssd1322-3.12", "ssd1327-1.5", "st7789-2.0", "epd-2.13", "epd-4.2")
QR = (
    "00020101021243650016com.mercadolibre02013063600000000-0000-4000-8000-000000000001"
    "50150011200000000015204970053030325802AR5913KIOSCO PRUEBA6004CABA6304324D"
)


def preview(name: str, output: Path) -> None:
    """Draw a picture of the README: ``python -m tests.test_readme`` draws them all."""
    words = PICTURES[name] if name != "scan_me" else [*PICTURES[name], "--qr", QR]
    done = CliRunner().invoke(app, ["preview", *words, "-o", str(output)])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("name", PICTURES)
def test_the_pictures_are_what_a_panel_shows(name: str, tmp_path: Path) -> None:
    preview(name, tmp_path / "now.png")
    with (
        Image.open(tmp_path / "now.png") as now,
        Image.open(ROOT / f"tests/readme/{name}.png") as then,
    ):
        assert ImageChops.difference(now.convert("L"), then.convert("L")).getbbox() is None


@pytest.mark.slow
def test_the_sheet_of_all_screens_is_what_the_panels_show() -> None:
    now = contact_sheet([PANELS[name] for name in SHEET], "es")
    with Image.open(ROOT / "tests/readme/screens.png") as then:
        difference = ImageChops.difference(now.convert("RGB"), then.convert("RGB"))
    assert difference.getbbox() is None, "look at it: python -m tests.test_readme"


@pytest.mark.slow
def test_the_diagram_is_up_to_date() -> None:
    assert f"```mermaid\n{diagram.mermaid()}\n```" in README


def test_every_reason_code_is_explained_with_its_words_on_the_panel() -> None:
    for fault in Fault:
        words = ", ".join(dict.fromkeys(texts.faults[fault] for texts in LANGUAGES.values()))
        assert f"| `{fault.value}` | {words} |" in README


def test_the_commands_exist() -> None:
    block = re.search(r"## The commands\n\n(.*?)\n\n", README, re.DOTALL)
    assert block
    verbs = re.findall(r"^    kiosk ([a-z-]+)", block[1], re.MULTILINE)
    assert len(verbs) >= 8
    for verb in verbs:
        assert CliRunner().invoke(app, [verb, "--help"]).exit_code == 0, verb


def test_the_configuration_of_the_contract_is_valid(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.yaml"
    file.write_text(
        rig.CONFIG.format(register="/dev/ttyUSB0", api="http://127.0.0.1:9000", out="out")
    )
    config = load(file, os.environ)
    assert config.sale.expires_after == 300
    assert config.display.pixels == (250, 122)


@pytest.mark.parametrize(
    "path", re.findall(r"(?<![/\w])(?:scripts|systemd|config|tests)/[\w./-]+\w", README)
)
def test_the_files_exist(path: str) -> None:
    assert (ROOT / path).exists() or list(ROOT.glob(f"{path}*"))


if __name__ == "__main__":
    for name in PICTURES:
        preview(name, ROOT / f"tests/readme/{name}.png")
    sheet = contact_sheet([PANELS[name] for name in SHEET], "es")
    sheet.save(ROOT / "tests/readme/screens.png", optimize=True)

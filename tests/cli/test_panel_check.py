"""``kiosk test display``: a technician looks at the panel and answers."""

from __future__ import annotations

import json
import os

import pytest
from PIL import Image
from typer.testing import CliRunner

from kiosk.cli.panel_check import panel_trials
from kiosk.cli.verbs import app
from kiosk.display import PanelSettings
from kiosk.display.chips.known_panels import PANELS
from kiosk.display.epaper import EpaperSettings
from kiosk.display.lcd import LcdSettings
from kiosk.display.oled import OledSettings
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.testcard import panel_card
from tests.cli.conftest import Shell

LCD = LcdSettings.model_validate(
    {"driver": "lcd", "chip": "st7789", "size": "240x135", "dc": "24", "invert": "yes"}
)
OLED = OledSettings.model_validate({"driver": "oled", "chip": "ssd1306", "rotate": "90"})
PAPER = EpaperSettings.model_validate(
    {"driver": "epaper", "panel": "epd-2.13", "dc": "25", "reset": "17", "busy": "24"}
)


def answered(shell: Shell, answers: str) -> tuple[int, str]:
    command = ["test", "display", "--config", str(shell.config)]
    result = CliRunner().invoke(app, command, input=answers, env={"KIOSK_TOKEN": "APP_USR-TEST-1"})
    return result.exit_code, result.output


def test_a_panel_on_which_all_is_right(shell: Shell) -> None:
    code, said = answered(shell, "y\ny\ny\ny\n")
    assert code == 0, said
    assert "Is the square black on white?" in said
    assert said.endswith("display: good\n")
    first, last = sorted((shell.folder / "frames").glob("*.png"))
    with Image.open(first) as picture, Image.open(last) as after:
        assert picture.convert("L").getextrema() == (0, 255)
        assert after.convert("L").getcolors() == [(128 * 64, 255)]  # closed: nothing on e-paper


def test_each_no_is_answered_by_the_setting_to_change(shell: Shell) -> None:
    code, said = answered(shell, "n\ny\nn\ny\n")
    assert code == 1
    assert "display.invert: write yes" in said
    assert "its driver has no setting that mirrors" in said
    assert "arrow point up? [y/n]" in said
    assert "turn the panel" not in said


@pytest.mark.parametrize("neither", ["perhaps", "", " ", "0", "\N{OCR HOOK}"])
def test_an_answer_that_is_neither_is_asked_again(shell: Shell, neither: str) -> None:
    code, said = answered(shell, f"{neither}\ny\ny\ny\ny\n")
    assert code == 0
    assert said.count("Is the square black on white?") == 2


@pytest.mark.parametrize(("yes", "no"), [("s", "n"), ("Sí", "NO"), ("sim", "não")])
def test_answers_in_spanish_and_portuguese(shell: Shell, yes: str, no: str) -> None:
    code, said = answered(shell, f"{yes}\n{no}\n{yes}\n{yes}\n")
    assert code == 1
    assert said.endswith("  turn the panel: its driver has no setting for this\n")


def test_a_terminal_that_is_closed_ends_the_test_and_the_picture(shell: Shell) -> None:
    code, said = answered(shell, "y\n")
    assert code == 1
    assert "without an answer to each question; run it again on a terminal" in said
    assert len(list((shell.folder / "frames").glob("*.png"))) == 2


def test_a_running_kiosk_keeps_its_panel(shell: Shell) -> None:
    (shell.folder / "status.json").write_text(json.dumps({"pid": os.getpid()}))
    code, said = answered(shell, "")
    assert code == 1
    assert "sudo systemctl stop kiosk" in said
    assert not (shell.folder / "frames").exists()


@pytest.mark.parametrize("left", ["", "no JSON", "{}"])
def test_what_a_crash_left_of_the_status_file_is_no_running_kiosk(shell: Shell, left: str) -> None:
    (shell.folder / "status.json").write_text(left)
    assert answered(shell, "y\ny\ny\ny\n")[0] == 0


def test_a_panel_that_is_not_there_is_said_with_what_to_check(shell: Shell) -> None:
    text = shell.config.read_text()
    lcd = "display: {driver: oled, chip: ssd1306, i2c_port: 29}"
    lines = [lcd if line.startswith("display:") else line for line in text.splitlines()]
    shell.config.write_text("\n".join(lines))
    code, said = answered(shell, "")
    assert code == 1
    assert "/dev/i2c-29" in said
    assert "Traceback" not in said


def test_a_configuration_with_faults_is_not_tried(shell: Shell) -> None:
    shell.config.write_text("display: {driver: lcd, chip: ili9225}\n")
    code, said = answered(shell, "")
    assert code == 2
    assert "'ili9225' is known, not supported" in said


@pytest.mark.parametrize(
    ("panel", "advice"),
    [
        (LCD, ["display.invert: write no", "it is 0; write one of 90, 180, 270", "mirror: write yes",
               "they are 40 and 53", "display.bgr: write yes"]),
        (OLED, ["display.invert: write yes", "it is 90; write one of 0, 180, 270",
                "mirror: write yes", "check the panel's model and size"]),
        (PAPER, ["display.invert: write yes", "it is 0; write one of", "no setting that mirrors",
                 "check the panel's model and size"]),
    ],
)  # fmt: skip
def test_the_advice_is_for_the_driver(panel: PanelSettings, advice: list[str]) -> None:
    lines = [trial.advice for trial in panel_trials(panel)]
    assert len(lines) == len(advice)
    assert all(part in line for part, line in zip(advice, lines, strict=True))


@pytest.mark.parametrize("language", ["es", "pt", "en"])
def test_the_test_picture_fits_on_every_panel(language: str) -> None:
    for known in PANELS.values():
        canvas = Canvas.of(known, language, "")
        picture = panel_card(canvas)
        assert picture.mode == canvas.palette.mode
        grey = picture.convert("L")
        turned = [grey.transpose(way) for way in Image.Transpose]
        assert all(other.tobytes() != grey.tobytes() for other in turned), known.name
        edge = 0 if known.surface == "paper" else 255
        right, bottom = known.pixels[0] - 1, known.pixels[1] - 1
        for line in ((0, 0, right + 1, 1), (0, bottom, right + 1, bottom + 1), (0, 0, 1, bottom + 1),
                     (right, 0, right + 1, bottom + 1)):  # fmt: skip
            assert grey.crop(line).getextrema() == (edge, edge), known.name

"""The drilling template: the window is as large as the panel's picture needs, in millimetres."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from kiosk.base.language import speak
from kiosk.cli.sheets.panel_template import CLEARANCE, draw_template
from kiosk.cli.verbs import app
from kiosk.display.chips.known_panels import PANELS, KnownPanel
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.legibility import LONGEST_TEXT
from kiosk.paper.svg_page import RED
from tests.config.counter import COUNTER, SHIPPED
from tests.paper.printed import SVG, codes, ink_of_svg, picture, texts
from tests.support.examples import sampled

SMALL = [panel for panel in PANELS.values() if panel.name != "inky-impression-13.3"]


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["template", *map(str, words)], env={"KIOSK_TOKEN": "x"})
    return result.exit_code, result.output


def drawn(panel: KnownPanel, language: str = "en") -> ElementTree.Element:
    canvas = Canvas.of(panel, language, "Almacén Doña Rosa")
    page = draw_template(panel.name, canvas, panel.pitch or 0)
    return ElementTree.fromstring(page.as_svg())


def window(svg: ElementTree.Element) -> tuple[float, float]:
    """Return the width and the height of the line to cut."""
    (edge,) = (each for each in svg.iter(f"{SVG}rect") if each.attrib["stroke"] == RED)
    return float(edge.attrib["width"]), float(edge.attrib["height"])


@pytest.mark.parametrize("panel", sampled(SMALL, 5), ids=lambda panel: panel.name)
def test_the_window_is_the_picture_and_a_millimetre_around_it(panel: KnownPanel) -> None:
    svg = drawn(panel)
    wide, high = (count * (panel.pitch or 0) + 2 * CLEARANCE for count in panel.pixels)
    assert window(svg) == pytest.approx((wide, high), abs=0.02)
    said = texts(svg)
    assert {f"{wide:.1f} mm", f"{high:.1f} mm"} <= {each.said for each in said}
    assert [pair for pair in combinations(said, 2) if pair[0].meets(pair[1])] == []
    assert svg.attrib["viewBox"] == "0 0 210 297"
    assert max(each.right for each in said) < 208


@pytest.mark.parametrize("language", ["es", "pt"])
def test_the_texts_have_their_place_in_each_language(language: str) -> None:
    speak(language)
    try:
        said = texts(drawn(PANELS["epd-7.5"], language))
    finally:
        speak("en")
    assert [pair for pair in combinations(said, 2) if pair[0].meets(pair[1])] == []
    assert max(each.right for each in said) < 208


@pytest.mark.parametrize("name", ["ssd1309-2.42", "ili9341-2.8", "epd-2.13"])
def test_a_phone_reads_the_panel_on_paper(name: str) -> None:
    """So the distance can be tried before anything is bought or cut."""
    assert f"]Q1{LONGEST_TEXT}" in codes(picture(ink_of_svg(drawn(PANELS[name]))))


def test_a_configuration_and_a_named_panel(tmp_path: Path) -> None:
    file = tmp_path / "template.svg"
    assert run(SHIPPED / "examples/brazil.yaml", "-o", file) == (0, "")
    assert "Escaneie" in file.read_text() or "caixa-1" in file.read_text()
    assert run("--panel", "epd-2.13", "-o", tmp_path / "template.pdf") == (0, "")
    assert (tmp_path / "template.pdf").read_bytes().startswith(b"%PDF-")


def test_what_can_not_be_drawn_is_said(tmp_path: Path) -> None:
    file, counter = tmp_path / "template.svg", tmp_path / "kiosk.yaml"
    counter.write_text(COUNTER)
    for words, code, said in (
        (["--panel", "inky-impression-13.3"], 1, "does not fit on A4"),
        (["--panel", "128x64"], 2, "its size in millimetres is not known"),
        ([counter], 2, "its size in millimetres is not known"),
        (["--panel", "ssd1309"], 2, "did you mean ssd1309-"),
        ([counter, "--panel", "epd-2.13"], 2, "remove --panel"),
        ([tmp_path / "nowhere.yaml"], 2, "nowhere.yaml"),
    ):
        got, output = run(*words, "-o", file)
        assert (got, said in output) == (code, True), (words, output)
    assert not file.exists()

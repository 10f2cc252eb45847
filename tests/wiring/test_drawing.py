"""The drawing: valid, complete, and readable. No text covers another, and no wire covers a text."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from PIL import ImageFont

from kiosk.base.language import speak
from kiosk.base.parts import WiredPart
from kiosk.display import fonts
from kiosk.paper.svg_page import RED, width, wrapped
from kiosk.wiring.drawing import draw
from kiosk.wiring.plan import WiringPlan, plan
from kiosk.wiring.routing import Run, crossings, lanes
from tests.paper.printed import SVG, Area, texts
from tests.support.examples import examples, sampled
from tests.wiring.counters import INPUTS, PANELS, counter, counters

LAMPS = {
    "lamps": {"red": {"pin": 20}, "green": {"pin": 21, "inverted": True}},
    "buzzer": {"pin": 18, "kind": "passive"},
}


SMALLEST = 1.6  # millimetres on paper, of capitals and descenders together


def pages(planned: WiringPlan) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(page) for page in draw(planned, "caja-1", "kiosk.yaml")]


def drawn(planned: WiringPlan) -> ElementTree.Element:
    (page,) = pages(planned)
    return page


def wires(svg: ElementTree.Element) -> list[ElementTree.Element]:
    return [each for each in svg.iter(f"{SVG}polyline") if each.attrib.get("class") == "wire"]


def wire_areas(svg: ElementTree.Element) -> list[Area]:
    """Return where the lines of the wires are, without the piece between a pin's two columns."""
    areas = []
    for each in svg.iter(f"{SVG}polyline"):
        if each.attrib.get("class") != "wire":
            continue
        points = [tuple(map(float, word.split(","))) for word in each.attrib["points"].split()]
        half = float(each.attrib["stroke-width"]) / 2
        for (x1, y1), (x2, y2) in pairwise(points):
            left, right = max(min(x1, x2), 49), max(x1, x2)
            if right > left or x1 == x2 > 49:
                areas.append(
                    Area(left - half, min(y1, y2) - half, right + half, max(y1, y2) + half)
                )
    return areas


def assert_readable(planned: WiringPlan) -> None:
    sheets = pages(planned)
    for svg in sheets:
        assert_page_readable(svg)
    lines = [line for svg in sheets for line in wires(svg)]
    assert len(lines) == len(planned.wires)
    red = [each for each in lines if each.attrib["stroke"] == RED]
    assert len(red) == sum(wire.clashes for wire in planned.wires)


def assert_page_readable(svg: ElementTree.Element) -> None:
    said, lines = texts(svg), wire_areas(svg)
    assert [pair for pair in combinations(said, 2) if pair[0].meets(pair[1])] == []
    assert [(text, wire) for text in said for wire in lines if text.meets(wire)] == []
    left, top, wide, high = map(float, svg.attrib["viewBox"].split())
    page = Area(left, top, left + wide, top + high)
    assert all(page.left < each.left and each.right < page.right for each in said)
    assert max(each.bottom for each in said) < page.bottom
    smallest = min(float(each.attrib["font-size"]) for each in svg.iter(f"{SVG}text"))
    assert smallest * 210 / wide > SMALLEST


@pytest.mark.parametrize("panel", sampled(PANELS, 4))
@pytest.mark.parametrize("language", ["en", "es", "pt"])
def test_each_panel_with_lamps_and_buzzer(
    panel: dict[str, Any], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", language)
    speak(language)
    planned = plan(counter(panel, LAMPS, list(INPUTS)))
    assert_readable(planned)


@settings(max_examples=examples(30))
@given(counters())
def test_any_counter_is_readable(parts: list[WiredPart]) -> None:
    assert_readable(plan(parts))


def test_many_buttons_go_on_more_pages_of_which_each_part_is_on_one() -> None:
    buttons = [{"driver": "button", "pin": pin} for pin in range(4, 16)]
    planned = plan(counter(PANELS[0], {}, buttons))
    first, second = pages(planned)
    titles = [{each.said for each in texts(svg)} for svg in (first, second)]
    assert "kiosk.yaml  1/2" in titles[0]
    assert "kiosk.yaml  2/2" in titles[1]
    for part in planned.parts:
        assert sum(part.title in said for said in titles) == 1, part.title
    assert "A bold pin without a wire" in " ".join(titles[1])


def test_the_page_is_a4_and_has_pin_1_marked() -> None:
    svg = drawn(plan(counter(PANELS[0], LAMPS, [])))
    assert (svg.attrib["width"], svg.attrib["height"]) == ("210mm", "297mm")
    assert svg.attrib["viewBox"] == "0 0 210 297"
    assert "pin 1" in [each.said for each in texts(svg)]


def test_every_wire_is_named_by_pin_line_and_colour() -> None:
    said = {each.said for each in texts(drawn(plan(counter(PANELS[0], LAMPS, []))))}
    assert {"5 · GPIO3 · yellow", "12 · GPIO18 · yellow", "220 Ω", "1 kΩ", "1N4148"} <= said


def test_the_shop_may_write_what_it_likes() -> None:
    (text,) = draw(plan(counter(PANELS[0], {}, [])), '<&"ñ>', "a&b.yaml")
    assert 'Wiring of <&"ñ>' in "".join(ElementTree.fromstring(text).itertext())


def test_no_text_is_wider_than_it_is_taken_for() -> None:
    font = ImageFont.truetype(str(Path(fonts.__path__[0]) / "KioskSans-Regular.ttf"), 1000)
    for said in ("12 · GPIO18 · amarillo", "DIN / MOSI", "módulo de relés", "/dev/serial/by-id"):
        assert font.getlength(said) <= width(said, 1000) <= 1.4 * font.getlength(said)


def test_a_long_word_is_cut() -> None:
    assert "".join(wrapped("x" * 90, 2, 30)) == "x" * 90
    assert all(width(line, 2) <= 30 for line in wrapped("word " * 9 + "x" * 90, 2, 30))


def test_wires_that_need_not_cross_do_not() -> None:
    runs = [Run(10, 60), Run(20, 70), Run(30, 80), Run(90, 85)]
    places = lanes(runs)
    order = sorted(range(4), key=lambda wire: places[wire])
    assert crossings(order, runs) == 0

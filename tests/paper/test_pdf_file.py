"""A page as PDF: complete, and as large as the SVG says."""

from __future__ import annotations

import re
from importlib.resources import files
from xml.etree import ElementTree

import pytest

from kiosk.display import fonts
from kiosk.paper.pdf_file import PdfFont, as_pdf
from kiosk.paper.svg_page import RED, Stroke, SvgPage
from tests.paper.printed import content_of_pdf, ink_of_pdf, ink_of_svg

REGULAR, BOLD = (
    files(fonts).joinpath(f"KioskSans-{style}.ttf").read_bytes() for style in ("Regular", "Bold")
)


@pytest.fixture
def page() -> SvgPage:
    page = SvgPage("Title")
    page.box(10, 20, 60, 25, Stroke("none"), fill="#000000")
    page.box(10, 30, 60, 35, Stroke(RED), fill="none")
    page.modules([b"\1\1\0\1", b"\0\0\1\1"], (100, 100), 0.5)
    page.circle((50, 60), 3)
    page.shape((1, 1), (2, 1), (2, 2))
    page.line((5, 5), (9, 5), stroke=Stroke(dash="2,1"))
    page.text((12, 19), "¿Leyó (todo) ñandú? 100 % – “sí” \\", 7)
    page.text((198, 19), "Ω", 3, anchor="end", bold=True)
    return page


def test_each_object_is_where_the_table_says(page: SvgPage) -> None:
    data = as_pdf([page, page], REGULAR, BOLD)
    begin = int(re.findall(rb"startxref\n(\d+)\n%%EOF\n$", data)[0])
    places = re.findall(rb"(\d{10}) 00000 n ", data[begin:])
    assert len(places) > 8
    for number, place in enumerate(places, 1):
        assert data[int(place) :].startswith(f"{number} 0 obj\n".encode())
    for length, body in re.findall(
        rb"/Length (\d+)[^>]*>>stream\n(.*?)\nendstream", data, re.DOTALL
    ):
        assert int(length) == len(body)
    assert b"/Count 2/" in data


def test_the_ink_is_where_it_is_in_the_svg(page: SvgPage) -> None:
    svg = list(ink_of_svg(ElementTree.fromstring(page.as_svg())))
    assert len(svg) == 4  # the box, and three runs of modules
    assert list(ink_of_pdf(as_pdf([page], REGULAR, BOLD))) == svg


def test_it_prints_in_true_size(page: SvgPage) -> None:
    data = as_pdf([page], REGULAR, BOLD)
    assert b"/MediaBox [0 0 595.28 841.89]" in data
    assert b"/PrintScaling/None" in data


def test_its_letters_are_ours_and_others_are_question_marks(page: SvgPage) -> None:
    content = content_of_pdf(as_pdf([page], REGULAR, BOLD))
    assert "(¿Leyó \\(todo\\) ñandú? 100 % – “sí” \\\\) Tj" in content
    assert "(?) Tj" in content


def test_a_text_ends_where_it_must(page: SvgPage) -> None:
    (left,) = re.findall(
        r"/F2 1 Tf 3.0 0 0 -3.0 ([\d.]+) 19 Tm", content_of_pdf(as_pdf([page], REGULAR, BOLD))
    )
    assert float(left) == pytest.approx(198 - PdfFont.of(BOLD).width(b"?", 3), abs=0.01)


def test_the_same_page_is_the_same_file(page: SvgPage) -> None:
    assert as_pdf([page], REGULAR, BOLD) == as_pdf([page], REGULAR, BOLD)

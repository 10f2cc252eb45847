"""A printed page: where its texts are, and what a camera sees of it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.etree import ElementTree

import zxingcpp
from PIL import Image, ImageDraw

from kiosk.paper.svg_page import A4, width

SVG = "{http://www.w3.org/2000/svg}"
DOTS = 12  # per millimetre, as of a printer of 305 dpi
_NUMBER = r"(-?[\d.]+)"
_POINTS = 72 / 25.4


class Area(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float
    said: str = ""

    def meets(self, other: Area) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def texts(svg: ElementTree.Element) -> list[Area]:
    """Return where the texts are; the heights are those of capitals and of descenders."""
    found = []
    for each in svg.iter(f"{SVG}text"):
        size, said = float(each.attrib["font-size"]), each.text or ""
        wide = width(said, size) * (1.12 if "font-weight" in each.attrib else 1)
        shift = {"start": 0.0, "middle": wide / 2, "end": wide}[each.attrib["text-anchor"]]
        left, base = float(each.attrib["x"]) - shift, float(each.attrib["y"])
        found.append(Area(left, base - 0.73 * size, left + wide, base + 0.2 * size, said))
    return found


class Ink(NamedTuple):
    """A rectangle of ink, in millimetres."""

    left: float
    top: float
    wide: float
    high: float
    colour: str


def _ink(run: Sequence[str], colour: str) -> Ink:
    left, top, wide, high = map(float, run)
    return Ink(left, top, wide, high, colour)


def ink_of_svg(svg: ElementTree.Element) -> Iterator[Ink]:
    """Yield the filled rectangles and the modules of the page, in their order."""
    for each in svg:
        fill = each.get("fill", "none")
        if each.tag == f"{SVG}rect" and fill != "none":
            x, y, wide, high = (float(each.attrib[key]) for key in ("x", "y", "width", "height"))
            yield Ink(x, y, wide, high, fill)
        elif each.tag == f"{SVG}path":
            for run in re.findall(rf"M{_NUMBER} {_NUMBER}h{_NUMBER}v{_NUMBER}", each.attrib["d"]):
                yield _ink(run, fill)


def ink_of_pdf(data: bytes) -> Iterator[Ink]:
    """Yield the same of a PDF with one page, whose units are millimetres from the upper left."""
    content = content_of_pdf(data)
    colour = "#000000"
    for line in content.splitlines():
        if found := re.match(rf"{_NUMBER} {_NUMBER} {_NUMBER} rg ", line):
            colour = "#" + "".join(f"{round(255 * float(part)):02x}" for part in found.groups())
        elif " RG " in line:
            continue  # only a frame
        for run in re.findall(rf"{_NUMBER} {_NUMBER} {_NUMBER} {_NUMBER} re", line):
            yield _ink(run, colour)


def content_of_pdf(data: bytes) -> str:
    """Return the operators of the page; its units must be millimetres."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", data, re.DOTALL)
    pages = [zlib.decompress(each) for each in streams]
    (content,) = (page.decode("cp1252") for page in pages if b" cm\n" in page[:60])
    assert content.startswith(f"{_POINTS:.5f} 0 0 -{_POINTS:.5f} 0 {A4[1] * _POINTS:.2f} cm\n")
    return content


def picture(ink: Iterator[Ink]) -> Image.Image:
    """Return what a camera sees of the page, without the texts."""
    image = Image.new("L", (round(A4[0] * DOTS), round(A4[1] * DOTS)), 255)
    pen = ImageDraw.Draw(image)
    for left, top, wide, high, colour in ink:
        right, bottom = round((left + wide) * DOTS) - 1, round((top + high) * DOTS) - 1
        pen.rectangle((round(left * DOTS), round(top * DOTS), right, bottom), fill=colour)
    return image


def codes(image: Image.Image) -> dict[str, zxingcpp.Barcode]:
    """Return the codes that a decoder finds, by the text that a scanner sends, with identifiers."""
    found = zxingcpp.read_barcodes(image, try_rotate=False, text_mode=zxingcpp.TextMode.Plain)
    return {code.symbology_identifier + code.text: code for code in found}

"""Pages of SVG as a PDF file (ISO 32000-1): a printer draws them in true size.

It knows the elements that ``SvgPage`` writes. Corners are not rounded. The typeface is embedded; it
is encoded as Windows-1252, and other letters become question marks.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from xml.etree.ElementTree import Element

from PIL import ImageFont

from kiosk.base.frozen import frozen
from kiosk.paper.svg_page import A4, SvgPage

_POINTS = 72 / 25.4  # of a millimetre
_ARC = 0.5523  # of the radius: how far the handles of a quarter of a circle are from its ends
_ENCODING = "cp1252"
_DASHES = re.compile(r"[ ,]+")
_SPECIAL = re.compile(r"([\\()])")
_RUN = re.compile(r"M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)")


@frozen
class PdfFont:
    """A typeface: the bytes of its TrueType file, and the widths of its letters in 1/1000."""

    data: bytes
    widths: tuple[int, ...]

    @classmethod
    def of(cls, data: bytes) -> PdfFont:
        """Return the typeface of a TrueType file."""
        font = ImageFont.truetype(BytesIO(data), 1000, layout_engine=ImageFont.Layout.BASIC)
        letters = (bytes([code]).decode(_ENCODING, "replace") for code in range(32, 256))
        return cls(data, tuple(round(font.getlength(letter)) for letter in letters))

    def width(self, text: bytes, size: float) -> float:
        """Return the width of an encoded text."""
        return size / 1000 * sum(self.widths[code - 32] for code in text)


def as_pdf(pages: Sequence[SvgPage], regular: bytes, bold: bytes) -> bytes:
    """Return the file; ``regular`` and ``bold`` are the typeface's TrueType files."""
    fonts = {"F1": PdfFont.of(regular), "F2": PdfFont.of(bold)}
    objects = _Objects()
    used = " ".join(f"/{name} {_font(objects, name, font)} 0 R" for name, font in fonts.items())
    tree = objects.reserve()
    kids = []
    for page in pages:
        content = objects.add_stream("\n".join(_page(page, fonts)).encode(_ENCODING))
        size = f"[0 0 {A4[0] * _POINTS:.2f} {A4[1] * _POINTS:.2f}]"
        kids.append(
            objects.add(
                f"<</Type/Page/Parent {tree} 0 R/MediaBox {size}/Contents {content} 0 R"
                f"/Resources<</Font<<{used}>>>>>>"
            )
        )
    listed = " ".join(f"{kid} 0 R" for kid in kids)
    objects.put(tree, f"<</Type/Pages/Count {len(kids)}/Kids[{listed}]>>".encode())
    # Without this, viewers make the page smaller to fit the printer's margins.
    choices = "/ViewerPreferences<</PrintScaling/None>>"
    return objects.as_file(objects.add(f"<</Type/Catalog/Pages {tree} 0 R{choices}>>"))


class _Objects:
    """The numbered objects of a file."""

    def __init__(self) -> None:
        self._bodies: list[bytes] = []

    def reserve(self) -> int:
        """Return a number for an object that comes later."""
        self._bodies.append(b"")
        return len(self._bodies)

    def put(self, number: int, body: bytes) -> None:
        """Give a reserved number its object."""
        self._bodies[number - 1] = body

    def add(self, body: str | bytes) -> int:
        """Return the number of a new object."""
        number = self.reserve()
        self.put(number, body.encode() if isinstance(body, str) else body)
        return number

    def add_stream(self, data: bytes) -> int:
        """Return the number of a new stream."""
        packed = zlib.compress(data, 9)
        head = f"<</Length {len(packed)}/Filter/FlateDecode/Length1 {len(data)}>>stream\n"
        return self.add(head.encode() + packed + b"\nendstream")

    def as_file(self, catalog: int) -> bytes:
        """Return the file with all objects, and the table of their places."""
        out, places = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
        for number, body in enumerate(self._bodies, 1):
            places.append(len(out))
            out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
        begin, count = len(out), len(places) + 1
        out += f"xref\n0 {count}\n0000000000 65535 f \n".encode()
        out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
        out += f"trailer<</Size {count}/Root {catalog} 0 R>>\nstartxref\n{begin}\n%%EOF\n".encode()
        return bytes(out)


def _font(objects: _Objects, name: str, font: PdfFont) -> int:
    file = objects.add_stream(font.data)
    described = objects.add(
        f"<</Type/FontDescriptor/FontName/Kiosk{name}/Flags 32/FontBBox[-544 -303 1302 980]"
        f"/ItalicAngle 0/Ascent 905/Descent -212/CapHeight 729/StemV 80/FontFile2 {file} 0 R>>"
    )
    widths = " ".join(map(str, font.widths))
    return objects.add(
        f"<</Type/Font/Subtype/TrueType/BaseFont/Kiosk{name}/Encoding/WinAnsiEncoding"
        f"/FirstChar 32/LastChar 255/Widths[{widths}]/FontDescriptor {described} 0 R>>"
    )


def _page(page: SvgPage, fonts: Mapping[str, PdfFont]) -> Iterator[str]:
    """Yield the operators that draw a page, in millimetres from its upper left corner."""
    yield f"{_POINTS:.5f} 0 0 -{_POINTS:.5f} 0 {A4[1] * _POINTS:.2f} cm"
    for element in page.root:
        if element.tag == "text":
            yield _text(element, fonts)
        elif outline := _outline(element):
            yield f"{_style(element)}{outline} {_painted(element)}"


def _text(element: Element, fonts: Mapping[str, PdfFont]) -> str:
    name = "F2" if "font-weight" in element.attrib else "F1"
    size, text = (
        float(element.get("font-size", 0)),
        (element.text or "").encode(_ENCODING, "replace"),
    )
    shift = {"start": 0.0, "middle": 0.5, "end": 1.0}[element.get("text-anchor", "start")]
    x = float(element.get("x", 0)) - shift * fonts[name].width(text, size)
    said = _SPECIAL.sub(r"\\\1", text.decode(_ENCODING))
    return (
        f"{_colour(element.get('fill', 'none'))} rg BT /{name} 1 Tf "
        f"{size} 0 0 -{size} {x:.3f} {element.get('y')} Tm ({said}) Tj ET"
    )


def _outline(element: Element) -> str:
    """Return the operators of the element's path; nothing for what is not drawn."""
    match element.tag:
        case "path":
            return _runs(element.get("d", ""))
        case "rect":
            return " ".join(element.get(key, "0") for key in ("x", "y", "width", "height")) + " re"
        case "circle":
            return _circle(*(float(element.get(key, 0)) for key in ("cx", "cy", "r")))
        case "polyline" | "polygon":
            points = [point.replace(",", " ") for point in element.get("points", "").split()]
            closed = " h" if element.tag == "polygon" else ""
            return " ".join([f"{points[0]} m", *(f"{point} l" for point in points[1:])]) + closed
    return ""


def _runs(path: str) -> str:
    """Return the rectangles of ``SvgPage.modules``."""
    return "\n".join(f"{' '.join(found)} re" for found in _RUN.findall(path))


def _circle(x: float, y: float, r: float) -> str:
    k = _ARC * r
    return (
        f"{x + r:.3f} {y:.3f} m "
        f"{x + r:.3f} {y + k:.3f} {x + k:.3f} {y + r:.3f} {x:.3f} {y + r:.3f} c "
        f"{x - k:.3f} {y + r:.3f} {x - r:.3f} {y + k:.3f} {x - r:.3f} {y:.3f} c "
        f"{x - r:.3f} {y - k:.3f} {x - k:.3f} {y - r:.3f} {x:.3f} {y - r:.3f} c "
        f"{x + k:.3f} {y - r:.3f} {x + r:.3f} {y - k:.3f} {x + r:.3f} {y:.3f} c"
    )


def _style(element: Element) -> str:
    parts = []
    if (fill := element.get("fill", "none")) != "none":
        parts.append(f"{_colour(fill)} rg ")
    if (stroke := element.get("stroke", "none")) != "none":
        dash = " ".join(_DASHES.split(element.get("stroke-dasharray", "")))
        parts.append(f"{_colour(stroke)} RG {element.get('stroke-width')} w [{dash}] 0 d ")
    return "".join(parts)


def _painted(element: Element) -> str:
    is_filled = element.get("fill", "none") != "none"
    is_stroked = element.get("stroke", "none") != "none"
    return {(True, True): "B", (True, False): "f", (False, True): "S", (False, False): "n"}[
        is_filled, is_stroked
    ]


def _colour(text: str) -> str:
    return " ".join(f"{int(text[at : at + 2], 16) / 255:.3g}" for at in (1, 3, 5))

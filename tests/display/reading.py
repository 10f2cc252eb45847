"""Reading a frame as a phone would, with a decoder that nobody here wrote; and strings to read."""

from __future__ import annotations

import binascii
from collections.abc import Iterable

import zxingcpp
from PIL import Image, ImageOps

try:
    from pyzbar import pyzbar
except ImportError:  # the Python package is there, the C library is Debian's libzbar0
    pyzbar = None


def read_qr(frame: Image.Image, border: int | None = None) -> list[str]:
    """Return the QR texts in the frame's own pixels, dark on light only, upright only.

    ``border`` is the level of what lies around the glass: the panel's own edge by default.
    """
    seen = _surrounded(frame, border)
    found = zxingcpp.read_barcodes(
        seen,
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
        try_invert=False,
        try_rotate=False,
        try_downscale=False,
    )
    return [code.text for code in found]


def read_through_lens(photo: Image.Image) -> tuple[list[str], list[str]]:
    """Return what the two decoders make of a photograph, trying as hard as an app does."""
    first = [code.text for code in zxingcpp.read_barcodes(photo)]
    if not pyzbar:
        return first, []
    found = pyzbar.decode(photo, symbols=[pyzbar.ZBarSymbol.QRCODE])
    return first, [code.data.decode(errors="replace") for code in found]


def has_zbar() -> bool:
    """Return whether Debian's libzbar0 is installed."""
    return pyzbar is not None


def read_with_zbar(frame: Image.Image, border: int | None = None) -> list[str]:
    """Return what a second decoder reads, which shares no line with the first."""
    assert pyzbar
    seen = _surrounded(frame, border)
    if seen.width < _ZBAR_WANTS:  # it steps over pixels: enlarge, whole pixels for whole pixels
        seen = seen.resize((seen.width * 2, seen.height * 2), Image.Resampling.NEAREST)
    found = pyzbar.decode(seen, symbols=[pyzbar.ZBarSymbol.QRCODE])
    return [code.data.decode() for code in found]


_ZBAR_WANTS = 400


def _surrounded(frame: Image.Image, border: int | None) -> Image.Image:
    """Return the frame as it lies in its surround."""
    if border is None:
        corner = frame.convert("L").getpixel((frame.width - 1, frame.height - 1))
        border = 255 if corner else 0
    return ImageOps.expand(frame.convert("L"), 16, border)


def picture_of(rows: Iterable[Iterable[int]], scale: int = 3, quiet: int = 4) -> Image.Image:
    """Return a symbol's modules, 1 for dark, as a picture with a quiet zone."""
    cells = [list(row) for row in rows]
    small = Image.new("L", (len(cells), len(cells)), 255)
    small.putdata([0 if module else 255 for row in cells for module in row])
    large = small.resize((len(cells) * scale, len(cells) * scale), Image.Resampling.NEAREST)
    return ImageOps.expand(large, quiet * scale, 255)


def field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02}{value}"


def merchant_qr(account: str, country: str, currency: str, name: str, city: str) -> str:
    """Return an EMVCo merchant-presented string, CRC included (EMV QRCPS-MPM 1.1, chapter 3)."""
    body = (
        field("00", "01") + field("01", "12") + account + field("52", "5204") + field("53", currency)
        + field("58", country) + field("59", name) + field("60", city)
        + field("62", field("05", "***")) + "6304"
    )  # fmt: skip
    return f"{body}{binascii.crc_hqx(body.encode(), 0xFFFF):04X}"


def argentina(number: str = "3063") -> str:
    key = field("00", "com.mercadolibre") + field("01", f"{number}8f1192a-5fd1-4180-a180-8bcae355")
    return merchant_qr(field("43", key), "AR", "032", "Almacen Dona Rosa", "CABA")


def brazil(number: str = "36bc") -> str:
    pix = field("00", "br.gov.bcb.pix") + field("01", f"{number}7e11-5fd1-4180-a180-8bcae35c56bc")
    own = field("00", "com.mercadolibre") + field("01", f"{number}3638f1192a-5fd1-4180-a180")
    return merchant_qr(
        field("26", pix) + field("43", own), "BR", "986", "IZABEL DE MELO", "SAO PAULO"
    )


def chile(number: str = "7712") -> str:
    key = field("00", "cl.mercadopago") + field(
        "01", f"https://mpago.la/pos/{number}?o=91823&c=0043"
    )
    return merchant_qr(field("26", key), "CL", "152", "Panaderia Nunoa", "Santiago")


def uruguay(number: str = "5512") -> str:
    key = field("00", "com.mercadolibre") + field("01", f"{number}-UY-2b0e21f4-9d3c-44ac-bb1e-7acb")
    return merchant_qr(field("43", key), "UY", "858", "Quiosco del Puerto", "Montevideo")


EVERYWHERE = {
    "argentina": argentina(), "brazil": brazil(), "chile": chile(), "uruguay": uruguay(),
}  # fmt: skip

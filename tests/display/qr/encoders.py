"""Encoders that nobody here wrote, to be measured by: each returns the version that it needs."""

from __future__ import annotations

from typing import Any

import qrcode
import segno
import zxingcpp
from qrcodegen import QrCode


def with_zxing(text: str, level: str) -> int:
    """The one that cuts a text as well as can be."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    picture: Any = zxingcpp.write_barcode_to_image(code, add_quiet_zones=False)
    return int(picture.shape[0] - 17) // 4


def with_segno(text: str, level: str) -> int:
    return int(segno.make_qr(text, error=level, boost_error=False).version)


def with_nayukis(text: str, level: str) -> int:
    names = {"L": "LOW", "M": "MEDIUM", "Q": "QUARTILE", "H": "HIGH"}
    return int(QrCode.encode_text(text, getattr(QrCode.Ecc, names[level])).get_version())


def with_qrcode(text: str, level: str) -> int:
    code = qrcode.QRCode(error_correction=getattr(qrcode, f"ERROR_CORRECT_{level}"))
    code.add_data(text)
    return int(code.best_fit())


ENCODERS = {
    "segno": with_segno,
    "qrcode": with_qrcode,
    "qrcodegen": with_nayukis,
    "zxing-cpp": with_zxing,
}

"""EMVCo strings as the service makes them: real shapes and lengths, invented names.

The tags are those of EMVCo's Merchant-Presented QR specification. The fields of each country were
read from real strings: none has an amount (tag 54), and each has a random id that is not the
order's id. For Chile and Uruguay no string of the Orders API is public; theirs follow the published
examples of the older API of the same service.
"""

from __future__ import annotations

import binascii
import uuid
from collections.abc import Callable
from random import Random

TAX_ID = "20000000001"
_PIX = "pix-qr.mercadopago.com/instore/o/v2/"
_PIX_AND_OWN = "pix-qr-h.mercadopago.com/instore/h/p/v2/"
_LONG_NAME = "LOJA DE TESTE LTDA MATRIZ"  # 25 characters, the maximum of EMVCo


def field(tag: str, value: str) -> str:
    """Return a tag, the length of its value in characters (two digits) and the value."""
    return f"{tag}{len(value):02}{value}"


def crc(text: str) -> str:
    """Return CRC-16/CCITT-FALSE of the text's UTF-8 bytes, as four hex digits."""
    return f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"


def _with_crc(*fields: str) -> str:
    body = "".join((field("00", "01"), field("01", "12"), *fields, "6304"))
    return body + crc(body)


def _own(unique: str, name: str = "com.mercadolibre") -> str:
    """Return tag 43: the service's own scheme, which its app can pay."""
    return field("43", field("00", name) + field("02", "3") + field("06", unique))


def _pix(url: str) -> str:
    """Return tag 26: Pix, Brazil's instant payments."""
    return field("26", field("00", "BR.GOV.BCB.PIX") + field("25", url))


def _shop(category: str, currency: str, country: str, name: str, city: str) -> str:
    tags = {"52": category, "53": currency, "58": country, "59": name, "60": city}
    return "".join(field(tag, value) for tag, value in tags.items())


def _argentina(unique: str, name: str, tax_id: str = TAX_ID, more: str = "") -> str:
    shop = _shop("9700", "032", "AR", name, "CABA")
    return _with_crc(_own(unique), field("50", field("00", tax_id)), shop, more)


_NO_LABEL = field("62", field("05", "***"))

SHAPES: dict[str, Callable[[str], str]] = {
    "ar": lambda unique: _argentina(unique, "KIOSCO PRUEBA"),
    "ar-short": lambda unique: _argentina(unique, "DEMO", tax_id="00000000"),
    "ar-long": lambda unique: _argentina(
        unique, "KIOSCO DE PRUEBA SUR S.A.", more=field("62", field("05", unique[-10:]))
    ),
    "br": lambda unique: _with_crc(
        _own(unique, "COM.MERCADOLIBRE"),
        _shop("0000", "986", "BR", "LOJA DE TESTE", "SAO PAULO"),
        _NO_LABEL,
    ),
    "br-pix": lambda unique: _with_crc(
        _pix(_PIX + unique), _shop("0000", "986", "BR", _LONG_NAME, "SAO PAULO"), _NO_LABEL
    ),
    "br-both": lambda unique: _with_crc(
        _pix(_PIX_AND_OWN + unique.replace("-", "")),
        field("43", field("00", "com.mercadolibre") + field("01", "https://mpago.la/pos/1234567")),
        _shop("0000", "986", "BR", _LONG_NAME, "CAMPINAS"),
        _NO_LABEL,
    ),
    "cl": lambda unique: _with_crc(
        _own(unique), _shop("0000", "152", "CL", "ALMACEN DE PRUEBA LTDA", "SANTIAGO"), _NO_LABEL
    ),
    "uy": lambda unique: _with_crc(
        _own(unique), _shop("0000", "858", "UY", "ALMACEN DE PRUEBA S.A.", "MONTEVIDEO"), _NO_LABEL
    ),
}


def qr_data(shape: str, rng: Random) -> str:
    """Return a string of this shape (a key of SHAPES), different for each order."""
    return SHAPES[shape](str(uuid.UUID(int=rng.getrandbits(128), version=4)))

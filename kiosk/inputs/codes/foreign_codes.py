"""Codes that are not the shop's: bills, invoices, payment QRs, Wi-Fi passwords. Refused by name.

Many of them contain an amount that is owed to somebody else. Such an amount must not be sold.
"""

from __future__ import annotations

import re

from kiosk.base.language import _, mark

_STARTS = (
    ("000201", mark("a payment QR")),
    ("BCD\n", mark("a bank transfer")),
    ("WIFI:", mark("a Wi-Fi network")),
    ("BEGIN:VCARD", mark("a visiting card")),
    ("MECARD:", mark("a visiting card")),
    ("<TED ", mark("an electronic invoice")),
    ("otpauth:", mark("a one-time password")),
)
_ADDRESSES = (
    ("afip.gob.ar/fe/qr", mark("an electronic invoice")),
    ("arca.gob.ar/fe/qr", mark("an electronic invoice")),
    ("efactura.dgi.gub.uy", mark("an electronic invoice")),
    ("facturaelectronica.sat.gob.mx", mark("an electronic invoice")),
    ("nfce.", mark("an electronic invoice")),
    ("/nfce", mark("an electronic invoice")),
)


def recognise(text: str) -> str | None:
    """Return what kind of foreign code this is, or None."""
    for start, kind in _STARTS:
        if text.startswith(start):
            return _(kind)
    low = text.lower()
    if low.startswith("http"):
        return next((_(kind) for part, kind in _ADDRESSES if part in low), None)
    digits = re.sub(r"[ .-]", "", text)
    return _by_digits(digits) if digits.isascii() and digits.isdigit() else None


def _by_digits(digits: str) -> str | None:
    match len(digits):
        case 44 if _is_boleto(digits) or _is_collection(digits):
            return _("a boleto")
        case 47 | 48:
            return _("a boleto")
        case 44 if modulo_11(digits[:-1]) == digits[-1]:
            return _("an electronic invoice")  # the access key of a Brazilian NF-e
        case 40 | 42 if digits[:2] in {"20", "23", "24", "27", "30", "33", "34"}:
            return _("an electronic invoice")  # Argentina's: CUIT, kind, point of sale, CAE, date
        case _:
            return None


def _is_boleto(digits: str) -> bool:
    """FEBRABAN: bank, currency 9, and a check digit by modulo 11 over all the other digits."""
    others = digits[:4] + digits[5:]
    check = modulo_11(others)
    return digits[3] == "9" and digits[4] == ("1" if check == "0" else check)


def _is_collection(digits: str) -> bool:
    """FEBRABAN's arrecadação: starts with 8; check digit by modulo 10 (kinds 6, 7) or 11."""
    if digits[0] != "8" or digits[2] not in "6789":
        return False
    others = digits[:3] + digits[4:]
    check = modulo_10 if digits[2] in "67" else modulo_11
    return check(others) == digits[3]


def modulo_10(digits: str) -> str:
    """Return the banks' check digit: weights 2 and 1 from the right, digits of products added."""
    products = (int(d) * (1 if place % 2 else 2) for place, d in enumerate(digits[::-1]))
    return str(-sum(product // 10 + product % 10 for product in products) % 10)


def modulo_11(digits: str) -> str:
    """Return the check digit by weights 2 to 9 from the right; 10 and 11 become 0."""
    weighted = sum(int(d) * (2 + place % 8) for place, d in enumerate(digits[::-1]))
    check = 11 - weighted % 11
    return "0" if check > 9 else str(check)

"""GS1 Digital Link: a web address that names a product. The address is read, never opened.

Rules: GS1 Digital Link Standard: URI Syntax 1.6, sections 4 and 5, uncompressed form only.
"""

from __future__ import annotations

from urllib.parse import unquote, unquote_plus

from kiosk.base.errors import BadReading
from kiosk.base.language import _
from kiosk.inputs.codes.check_digits import GTIN_LENGTHS
from kiosk.inputs.codes.gs1 import Fields, add

# Each primary key, and the qualifiers that may follow it in the path, in this order.
_KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "00": (), "01": (("22", "10", "21"), ("235",)), "253": (), "255": (), "401": (), "402": (),
    "414": (("254",), ("7040",)), "415": (("8020",),), "417": (("7040",),), "8003": (),
    "8004": (("7040",),), "8006": (("22", "10", "21"),), "8010": (("8011",),), "8013": (),
    "8017": (("8019",),), "8018": (("8019",),),
}  # fmt: skip
_SCHEMES = ("https://", "http://", "HTTPS://", "HTTP://")


def is_web_address(text: str) -> bool:
    """Return whether the text is a web address."""
    return text[:8].lower().startswith(("https://", "http://"))


def parse(text: str) -> Fields | None:
    """Return the fields of a Digital Link, or None if the address is not a Digital Link.

    Raises BadReading if a Digital Link is not valid.
    """
    if not text.startswith(_SCHEMES):
        return None
    address, _, _ = text.partition("#")
    address, _, query = address.partition("?")
    steps = address.split("/")[3:]
    start = _start(steps)
    if start is None:
        return None
    fields: Fields = {}
    _read_path(fields, steps[start:])
    for part in query.replace(";", "&").split("&"):
        ai, is_field, value = part.partition("=")
        if is_field and ai.isascii() and ai.isdigit():
            add(fields, ai, _padded(ai, unquote_plus(value)))
    return fields


def _start(steps: list[str]) -> int | None:
    """Return the index of the primary key: the last one from which pairs reach the end."""
    for place in range(len(steps) - 2, -1, -2):
        if steps[place] in _KEYS:
            return place
    return None


def _read_path(fields: Fields, steps: list[str]) -> None:
    key, *qualifiers = steps[::2]
    if not any(_in_order(qualifiers, allowed) for allowed in (*_KEYS[key], ())):
        raise BadReading(
            _(
                "in the web address, ({key}) has qualifiers that are not allowed; correct the "
                "label",
                key=key,
            )
        )
    for ai, value in zip(steps[::2], steps[1::2], strict=True):
        add(fields, ai, _padded(ai, unquote(value)))


def _in_order(given: list[str], allowed: tuple[str, ...]) -> bool:
    rest = iter(allowed)
    return all(ai in rest for ai in given)


def _padded(ai: str, value: str) -> str:
    """Return a GTIN with 14 digits: an address may omit its leading zeros."""
    return value.zfill(14) if ai == "01" and len(value) in GTIN_LENGTHS else value

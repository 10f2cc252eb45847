"""GS1 Digital Link: a web address that names a product, read without visiting it.

Rules: GS1 Digital Link Standard: URI Syntax 1.6, sections 4 and 5, uncompressed form only.
"""

from __future__ import annotations

from urllib.parse import unquote, unquote_plus

from kiosk.base.errors import BadReading
from kiosk.inputs.codes.check_digits import GTIN_LENGTHS
from kiosk.inputs.codes.gs1 import Fields, add

# The key that an address is about, and what may qualify it on the path, in this order.
_KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "00": (), "01": (("22", "10", "21"), ("235",)), "253": (), "255": (), "401": (), "402": (),
    "414": (("254",), ("7040",)), "415": (("8020",),), "417": (("7040",),), "8003": (),
    "8004": (("7040",),), "8006": (("22", "10", "21"),), "8010": (("8011",),), "8013": (),
    "8017": (("8019",),), "8018": (("8019",),),
}  # fmt: skip
_SCHEMES = ("https://", "http://", "HTTPS://", "HTTP://")


def is_web_address(text: str) -> bool:
    """Return whether the text is meant for a browser."""
    return text[:8].lower().startswith(("https://", "http://"))


def parse(text: str) -> Fields | None:
    """Return the fields that an address states, or None if it is any other address.

    Raises BadReading for a Digital Link that is wrong.
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
    """Return where the key stands: the last place from which pairs reach the end."""
    for place in range(len(steps) - 2, -1, -2):
        if steps[place] in _KEYS:
            return place
    return None


def _read_path(fields: Fields, steps: list[str]) -> None:
    key, *qualifiers = steps[::2]
    if not any(_in_order(qualifiers, allowed) for allowed in (*_KEYS[key], ())):
        raise BadReading(f"the web address has qualifiers that ({key}) does not take")
    for ai, value in zip(steps[::2], steps[1::2], strict=True):
        add(fields, ai, _padded(ai, unquote(value)))


def _in_order(given: list[str], allowed: tuple[str, ...]) -> bool:
    rest = iter(allowed)
    return all(ai in rest for ai in given)


def _padded(ai: str, value: str) -> str:
    """Return a GTIN at its full length: addresses may leave out its leading zeros."""
    return value.zfill(14) if ai == "01" and len(value) in GTIN_LENGTHS else value

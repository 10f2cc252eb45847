"""Checks EMVCo merchant-presented QR strings; ``kiosk/display/qr`` draws them.

Source: EMV QR Code Specification for Payment Systems, Merchant-Presented Mode: fields of a
two-digit tag, a two-digit length in characters, and the value; templates nest; the last field,
``63``, holds a CRC-16/CCITT-FALSE over the UTF-8 bytes of everything before its value.
"""

from __future__ import annotations

import binascii
import logging
import re
from collections.abc import Sequence
from dataclasses import replace

from kiosk.base.language import _, mark
from kiosk.sale.events import OrderSeen

log = logging.getLogger("kiosk.orders")

MAX_LENGTH = 512  # characters, the limit of the specification

_BEGINS = "000201"  # field 00, the payload format, is always first and always 01
_ENDS = re.compile(r"6304[0-9A-Fa-f]{4}\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ACCOUNTS = range(2, 52)  # the accounts of payment schemes
_TEMPLATES = {*range(26, 52), 62, 64, *range(80, 100)}
_MANDATORY = {
    "52": mark("category"),
    "53": mark("currency"),
    "58": mark("country"),
    "59": mark("merchant's name"),
    "60": mark("city"),
}


class BrokenQr(ValueError):
    """The string is not a merchant's QR; the message says why."""


def crc(text: str) -> str:
    """Return the four hex digits over ``text``, which ends with ``6304``."""
    return f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"


def field(tag: str, value: str) -> str:
    """Return one field: ``field("58", "AR")`` is ``5802AR``."""
    assert len(tag) == 2, f"{tag} is not a tag of two digits"
    assert len(value) <= 99, f"{len(value)} characters do not fit in a field"
    return f"{tag}{len(value):02}{value}"


def check(qr_data: str) -> tuple[str, ...]:
    """Return warnings about the string; raises BrokenQr if it is not a merchant's QR.

    A wrong CRC or length is only a warning: the service's documents show such strings (with masked
    names), and the payer's app decides about the string, not the kiosk.
    """
    _require_merchant_qr(qr_data)
    fields, break_at = _split_fields(qr_data)
    return (*_odd_crc(qr_data), *_odd_break(break_at), *_odd_nesting(fields), *_odd_tags(fields))


def _require_merchant_qr(text: str) -> None:
    if not text:
        raise BrokenQr(_("the QR is empty"))
    if len(text) > MAX_LENGTH:
        raise BrokenQr(
            _(
                "the QR has {number} characters, more than {most}",
                number=len(text),
                most=MAX_LENGTH,
            )
        )
    if _CONTROL.search(text):
        raise BrokenQr(_("the QR has control characters"))
    if not text.startswith(_BEGINS):
        raise BrokenQr(_("the QR does not begin with {begins}", begins=_BEGINS))
    if not _ENDS.search(text):
        raise BrokenQr(_("the QR does not end with a checksum (6304 and four hex digits)"))


def _split_fields(text: str) -> tuple[Sequence[tuple[str, str]], int | None]:
    """Return the fields of one level, and where they become invalid (None: nowhere)."""
    fields: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        head = re.compile(r"([0-9]{2})([0-9]{2})").match(text, at)
        end = at + 4 + int(head[2]) if head else 0
        if head is None or end > len(text):
            return fields, at
        fields.append((head[1], text[at + 4 : end]))
        at = end
    return fields, None


def _odd_crc(text: str) -> Sequence[str]:
    stated, computed = text[-4:].upper(), crc(text[:-4])
    if stated == computed:
        return []
    return [
        _("its checksum is {stated}, but should be {computed}", stated=stated, computed=computed)
    ]


def _odd_break(at: int | None) -> Sequence[str]:
    return [] if at is None else [_("its fields are not valid from character {at} on", at=at + 1)]


def _odd_nesting(fields: Sequence[tuple[str, str]]) -> Sequence[str]:
    templates = [(tag, value) for tag, value in fields if int(tag) in _TEMPLATES]
    return [
        _("the fields inside field {tag} are not valid from character {at} on", tag=tag, at=at + 1)
        for tag, value in templates
        for at in [_split_fields(value)[1]]
        if at is not None
    ]


def _odd_tags(fields: Sequence[tuple[str, str]]) -> Sequence[str]:
    tags = [tag for tag, _ in fields]
    missing = [
        _("field {tag} ({what}) is missing", tag=tag, what=_(what))
        for tag, what in _MANDATORY.items()
        if tag not in tags
    ]
    if not any(int(tag) in _ACCOUNTS for tag in tags):
        missing.append(_("there is no field with an account to pay (02 to 51)"))
    twice = sorted({tag for tag in tags if tags.count(tag) > 1})
    return [*missing, *(_("field {tag} is there twice", tag=tag) for tag in twice)]


def without_broken_qr(seen: OrderSeen) -> OrderSeen:
    """Return the order, without its QR string if that is broken: the panel must not show it."""
    try:
        for warning in check(seen.qr_data) if seen.qr_data else ():
            log.warning("sale %s: qr_data: %s", seen.reference, warning)
    except BrokenQr as broken:
        log.error("sale %s: qr_data can't be drawn: %s", seen.reference, broken)
        return replace(seen, qr_data=None)
    return seen

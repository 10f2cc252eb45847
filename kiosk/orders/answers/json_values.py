"""Reads single values of the service's JSON: texts, amounts, lists. Pure.

Everything that the service writes is untrusted: it reaches the log, the terminal, the journal and
spreadsheets. So each text is cleaned here, where it enters: see ``clean``. Numbers never become
floats: they are read as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from kiosk.base.money import CURRENCIES, Money

LONGEST_TEXT = 1024  # characters; the longest text of the documents has 150, a QR up to 512

_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,12})?(?:[eE][+-]?[0-9]{1,2})?")
_CEILING = Decimal(10) ** 12


def clean(text: str, longest: int = LONGEST_TEXT) -> str:
    """Return the text without characters that control a terminal, cut to ``longest`` characters.

    White space becomes a space. Each other character that can't be printed becomes a question mark:
    control characters, invisible ones, those that change the direction of writing, and halves of
    surrogate pairs, which files and databases refuse.
    """
    text = text[:longest]
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else " " if each.isspace() else "?" for each in text)


def parse_json(body: bytes) -> Any:
    """Return the JSON tree with every number as text, or None if the body is not JSON."""
    try:
        return json.loads(body, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None


def value_at(tree: Any, *path: str) -> Any:
    """Return the value at the path, or None."""
    for key in path:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree


def list_at(tree: Any, *path: str) -> Sequence[Any]:
    """Return the objects of the list at the path; a single object counts as a list of one.

    An empty object tells nothing, so it is not one of them.
    """
    value = value_at(tree, *path)
    several = value if isinstance(value, list) else [value]
    return [each for each in several if isinstance(each, dict) and each]


def raw_text_at(tree: Any, *path: str) -> str:
    """Return the text at the path as it came, or an empty text. Check it before it is used."""
    value = value_at(tree, *path)
    return value if isinstance(value, str) else ""


def text_at(tree: Any, *path: str, longest: int = LONGEST_TEXT) -> str:
    """Return the cleaned text at the path, or an empty text if there is none."""
    return text_of(value_at(tree, *path), longest)


def text_of(value: Any, longest: int = LONGEST_TEXT) -> str:
    """Return the cleaned text, or an empty text if the value is not one."""
    return clean(value, longest) if isinstance(value, str) else ""


def money_of(value: Any, code: str) -> Money | None:
    """Return an amount of the service, or None if it is not a valid amount in this currency."""
    currency = CURRENCIES.get(code)
    if currency is None or not isinstance(value, str) or not _NUMBER.fullmatch(value):
        return None
    amount = Decimal(value)
    if amount >= _CEILING or amount != round(amount, currency.minor_units):
        return None
    return Money(amount, currency)


def sum_of(amounts: Sequence[Money | None]) -> Money | None:
    """Return the sum, or None if there is no amount, one is unknown, or they can't be added."""
    known = [amount for amount in amounts if amount is not None]
    if not known or len(known) < len(amounts) or len({each.currency for each in known}) > 1:
        return None
    return Money(sum((each.amount for each in known[1:]), known[0].amount), known[0].currency)

"""Small checks that are combined into the description of a JSON body.

A check takes the JSON path of a value and the value, and yields the errors in it. This is not a
general schema language: it covers what the documents of the Orders API describe, with their codes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from kiosk.simulator.service.error_codes import RequestError

Check = Callable[[str, Any], Iterator[RequestError]]

_AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{2})?")


def wrong_type(path: str, wanted: str) -> RequestError:
    """Return the error for a value of the wrong JSON type."""
    return RequestError("property_type", f"'{path}' - must be {wanted}")


def wrong_value(path: str, why: str) -> RequestError:
    """Return the error for a wrong value of the right type."""
    return RequestError("property_value", f"'{path}' - {why}")


def text(longest: int = 256, pattern: str = "(?s).+", error: str = "must not be empty") -> Check:
    """Return a check for a string of at most ``longest`` characters that matches ``pattern``."""

    def check(path: str, value: Any) -> Iterator[RequestError]:
        if not isinstance(value, str):
            yield wrong_type(path, "string")
        elif len(value) > longest:
            yield wrong_value(path, f"must not be longer than {longest} characters")
        elif not re.fullmatch(pattern, value):
            yield wrong_value(path, error)

    return check


def amount() -> Check:
    """Return a check for a decimal number in a string, with two decimal places or none."""
    return text(18, _AMOUNT.pattern, "must be a decimal with two decimal places or none")


def choice(*values: str) -> Check:
    """Return a check for one of these strings."""
    return text(64, "|".join(values), f"must be one of: {', '.join(values)}")


def whole(minimum: int) -> Check:
    """Return a check for an integer of at least ``minimum``. JSON's ``true`` is not an integer."""

    def check(path: str, value: Any) -> Iterator[RequestError]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield wrong_type(path, "integer")
        elif value < minimum:
            yield wrong_value(path, f"must be greater than or equal to {minimum}")

    return check


def array(item: Check, most: int) -> Check:
    """Return a check for a list of one to ``most`` items."""

    def check(path: str, value: Any) -> Iterator[RequestError]:
        if not isinstance(value, list):
            yield wrong_type(path, "array")
        elif not value:
            yield RequestError("minimum_items", f"'{path}' - must have at least 1 item")
        elif len(value) > most:
            yield RequestError("maximum_items", f"'{path}' - must have at most {most} items")
        else:
            for index, member in enumerate(value):
                yield from item(f"{path}[{index}]", member)

    return check


def fields(required: str = "", **known: Check) -> Check:
    """Return a check for an object with the known fields only, and all the required ones."""

    def check(path: str, value: Any) -> Iterator[RequestError]:
        if not isinstance(value, dict):
            yield wrong_type(path, "object")
            return
        yield from _unknown_and_missing(path, value)
        for name in known.keys() & value.keys():
            yield from known[name](f"{path}.{name}", value[name])

    def _unknown_and_missing(path: str, value: dict[str, Any]) -> Iterator[RequestError]:
        if not value and not required:
            yield RequestError("minimum_properties", f"'{path}' - must not be empty")
        for name in value.keys() - known.keys():
            yield RequestError("unsupported_properties", _dotted(f"{path}.{name}"))
        if missing := [name for name in required.split() if name not in value]:
            yield RequestError(
                "required_properties", f"missing properties: {_within(path, missing)}"
            )

    return check


def _within(path: str, names: list[str]) -> str:
    """Return names as paths from the body's root: ``transactions``, ``config.qr``."""
    return ", ".join(_dotted(f"{path}.{name}") for name in names)


def _dotted(path: str) -> str:
    """Return the path as the service writes unsupported properties: ``items.0.total_amount``."""
    return re.sub(r"\[([0-9]+)\]", r".\1", path).removeprefix("$.")

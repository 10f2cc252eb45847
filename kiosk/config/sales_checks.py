"""Whether the counter can get amounts and sell them: sources, baskets, decimals, baud rates.

For ``kiosk check`` only: a kiosk that sells already is not stopped by these.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from kiosk.base.language import _
from kiosk.base.money import CURRENCIES, Currency
from kiosk.base.settings import NumberSettings, Settings
from kiosk.config.fault import ConfigFault, KeyPath, dotted, quoted
from kiosk.config.sections import Config
from kiosk.config.settings_models import field_annotations, find_field
from kiosk.config.yaml_tree import Document

# The rates that devices of counters have; a list of all would have every number.
USUAL_BAUDS = (300, 600, 1200, 2400, 4800, 9600, 14400, 19200, 28800, 38400, 57600, 115200, 230400,
               460800, 921600)  # fmt: skip


def check_sources(config: Config, document: Document) -> Iterator[ConfigFault]:
    """Yield a fault if no input delivers amounts, or if nobody can pay a basket."""
    if not any(entry.delivers_amounts for entry in config.inputs):
        message = _(
            "no input delivers an amount, so nothing can be sold; add a register, a scanner, or a "
            "button with presses: amount"
        )
        yield ConfigFault(document.place(("inputs",)), "inputs", message)
    if math.isinf(config.sale.checkout) and not any(map(_pays, config.inputs)):
        message = _(
            "nobody can pay a basket; add a button with presses: pay, or write codes: {control: "
            "yes} at a scanner"
        )
        yield ConfigFault(document.place(("sale", "checkout")), "sale.checkout", message)


def check_mqtt(config: Config, document: Document) -> Iterator[ConfigFault]:
    """Yield a fault for an input that takes amounts from the broker, but gets none there."""
    numbers = [number for number, each in enumerate(config.inputs) if each.driver == "mqtt"]
    faults = dict.fromkeys(numbers[1:], _("only one input takes amounts from it; remove this one"))
    if config.fleet is None:
        message = _("there is no broker to take amounts from; add the section fleet")
        faults = dict.fromkeys(numbers, message)
    for number, message in faults.items():
        path = ("inputs", number, "driver")
        yield ConfigFault(document.place(path), dotted(path), message)


def _pays(entry: Any) -> bool:
    codes = getattr(entry, "codes", None)
    return (
        getattr(entry, "presses", "") == "pay"
        or bool(codes and codes.control)
        or (entry.driver in ("fake", "command"))
    )


def check_decimals(config: Config, document: Document) -> Iterator[ConfigFault]:
    """Yield a fault for each amount that has more decimals than the currency."""
    currency = CURRENCIES[config.kiosk.currency]
    for number, entry in enumerate(config.inputs):
        for key in ("amount", "min", "max"):
            value = getattr(entry, key, None)
            if isinstance(value, Decimal) and value != round(value, currency.minor_units):
                path = ("inputs", number, key)
                message = _(
                    "{value:f} has more decimals than {currency} allows ({units}); write another "
                    "amount",
                    value=value,
                    currency=currency.code,
                    units=currency.minor_units,
                )
                yield ConfigFault(_place(document, path), dotted(path), message)


def doubtful_numbers(config: Config, document: Document) -> Iterator[ConfigFault]:
    """Yield a warning for each number format and baud rate that is probably wrong."""
    currency = CURRENCIES[config.kiosk.currency]
    for number, entry in enumerate(config.inputs):
        for path, numbers in _formats(entry, ("inputs", number)):
            if said := _about(numbers, currency):
                yield ConfigFault(document.place(path), dotted(path), said)
        baud, path = getattr(entry, "baud", None), ("inputs", number, "baud")
        if baud and baud not in USUAL_BAUDS:
            near = min(USUAL_BAUDS, key=lambda usual: abs(math.log(usual / baud)))
            message = _(
                "{baud} is not a usual baud rate; did you mean {near}?", baud=baud, near=near
            )
            yield ConfigFault(_place(document, path), dotted(path), message)


def _formats(entry: Any, path: KeyPath) -> Iterator[tuple[KeyPath, NumberSettings]]:
    """Yield each number format of an input, at any depth."""
    for name, value in entry:
        if isinstance(value, NumberSettings):
            yield (*path, name), value
        elif isinstance(value, Settings):
            yield from _formats(value, (*path, name))


def _about(numbers: NumberSettings, currency: Currency) -> str:
    """Return what is doubtful about a number format in this currency; empty if nothing is."""
    if numbers.implied_decimals > currency.minor_units:
        return _(
            "implied_decimals: {implied} makes 1500 of {sent}, and {currency} has {units} "
            "decimals; check what the device sends",
            implied=numbers.implied_decimals,
            sent=f"1500{'0' * numbers.implied_decimals}",
            currency=currency.code,
            units=currency.minor_units,
        )
    if numbers.decimal and not currency.minor_units:
        return _(
            "{currency} has no decimals, so 1{decimal}50 is rejected; leave out decimal, unless "
            "the device writes {decimal}00",
            currency=currency.code,
            decimal=numbers.decimal,
        )
    return ""


def cut_off_texts(text: str, document: Document) -> Iterator[ConfigFault]:
    """Yield a warning for each text that probably goes on behind a ``#``: ``shop: Rosa #1``."""
    lines = text.split("\n")
    for path, place in document.values.items():
        value = document.get(path)
        if not isinstance(value, str) or place.line > len(lines):
            continue
        rest = lines[place.line - 1][place.column - 1 :]
        match = re.match(r"[ \t]+#(?=[^\s#])", rest.removeprefix(value))
        if rest.startswith(value) and match and _is_free_text(document, path):
            message = _(
                "the text ends before #, which begins a comment: {value}; if # belongs to the "
                "text, put it in single quotes",
                value=quoted(value),
            )
            yield ConfigFault(place, dotted(path), message)


def _is_free_text(document: Document, path: KeyPath) -> bool:
    _model, field = find_field(Config, document.tree, path)
    if field is None:
        return False
    limited = any(getattr(marker, "pattern", None) for marker in field_annotations(field))
    return field.annotation in (str, str | None, tuple[str, ...]) and not limited


def _place(document: Document, path: KeyPath) -> Any:
    return document.values.get(path) or document.place(path)

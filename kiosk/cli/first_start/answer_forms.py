"""Answers in a form of their own: a number format, a reply, lamps, a buzzer. Pure, both ways."""

from __future__ import annotations

import re
from typing import Any

from kiosk.base.language import _

Section = dict[str, Any]

# How a register writes a thousand and some: the setting ``number`` of its input.
NUMBERS: dict[str, Section] = {
    "1.234,56": {"decimal": ",", "thousands": "."},
    "1,234.56": {"decimal": ".", "thousands": ","},
    "1234,56": {"decimal": ","},
    "1234.56": {"decimal": "."},
    "1.234": {"thousands": "."},
    "1234": {},
}
_CHARACTERS = {"r": "\r", "n": "\n", "t": "\t", "\\": "\\"}
_WRITTEN = {character: f"\\{code}" for code, character in _CHARACTERS.items()}
_ESCAPED = re.compile(r"\\(r|n|t|\\|x[0-9A-Fa-f]{2})")
OTHER_NUMBER = "other"  # a format that was written by hand
LAMPS = ("red", "green", "blue", "white")


def number_name(number: Section) -> str:
    """Return how the format writes 1234.56."""
    return next((name for name, each in NUMBERS.items() if each == number), OTHER_NUMBER)


def number_settings(name: str, old: Section) -> Section:
    """Return the settings of the format; the old ones if it is the same. Raises ValueError."""
    if name == number_name(old):
        return old
    if name not in NUMBERS:
        raise ValueError(_("write one of: {choices}", choices=", ".join(map(repr, NUMBERS))))
    return NUMBERS[name]


def reply_text(template: str) -> str:
    """Return a reply as people write it: on one line, without CR LF at its end."""
    line = template.removesuffix("\r\n")
    return "".join(_WRITTEN.get(each) or (each if each.isprintable() else f"\\x{ord(each):02x}")
                   for each in line)  # fmt: skip


def reply_template(text: str) -> str:
    """Return the reply that people mean: it ends with CR LF, or as they have written it."""
    template = _ESCAPED.sub(lambda code: _character(code[1]), text)
    return template if not text or template[-1] < " " else f"{template}\r\n"


def _character(code: str) -> str:
    return chr(int(code[1:], 16)) if code[0] == "x" else _CHARACTERS[code]


def lamps_text(lamps: Section) -> str:
    """Return the lines of the lamps, as in ``red=17 green=27``."""
    return " ".join(f"{lamp}={each['pin']}" for lamp, each in lamps.items() if each)


def lamps_settings(text: str, old: Section) -> Section:
    """Return the lamps; what the old ones have besides their lines stays. Raises ValueError."""
    lamps: Section = {}
    for word in text.replace(",", " ").split():
        lamp, equals, line = word.lower().partition("=")
        if lamp not in LAMPS or not equals or lamp in lamps:
            raise ValueError(
                _("{word!r} is not a lamp; write it like red=17, each colour once", word=word)
            )
        lamps[lamp] = dict(old.get(lamp) or {}) | {"pin": line}
    return lamps


def buzzer_text(buzzer: Section) -> str:
    """Return the line and the kind of the buzzer, as in ``18 passive``."""
    return f"{buzzer['pin']} {buzzer.get('kind', 'active')}" if buzzer else ""


def buzzer_settings(text: str, old: Section) -> Section:
    """Return the buzzer; nothing for no text. Raises ValueError."""
    match text.lower().split():
        case []:
            return {}
        case [line]:
            return old | {"pin": line}
        case [line, ("active" | "passive") as kind]:
            return old | {"pin": line, "kind": kind}
    raise ValueError(_("{text!r} is not a buzzer; write it like 18 passive", text=text))

"""A text that a regular expression matches, so that a register can send what its input expects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kiosk.inputs.text.pattern_automaton import parse

# Tried in this order, because a text of a register has blanks, letters and digits first of all.
_CHARACTERS = " A0:$-/.," + "".join(map(chr, range(0x21, 0x7F)))
_KINDS: dict[str, Callable[[str], bool]] = {
    "CATEGORY_DIGIT": str.isdecimal,
    "CATEGORY_SPACE": str.isspace,
    "CATEGORY_WORD": lambda char: char.isalnum() or char == "_",
}


def matching_texts(pattern: str, groups: Mapping[str, str]) -> Iterator[str]:
    """Yield texts for the pattern, with these texts for its named groups.

    Each repetition is as short as it may be, or as often as once. A pattern that looks ahead or
    behind, or has an unusual construct, may not match them: try them.
    """
    tree = parse(pattern)
    numbers = {number: groups.get(name) for name, number in tree.state.groupdict.items()}
    for least in (0, 1):
        yield _Writer(numbers, least).sequence(tree)


class _Writer:
    """Writes one text. ``least`` is how often an optional part is written."""

    def __init__(self, groups: Mapping[int, str | None], least: int) -> None:
        self._groups, self._least = groups, least
        self._written: dict[int, str] = {}

    def sequence(self, items: Any) -> str:
        return "".join(self._item(str(operation), argument) for operation, argument in items)

    def _item(self, operation: str, argument: Any) -> str:
        match operation:
            case "LITERAL":
                return chr(argument)
            case "NOT_LITERAL":
                return _first(lambda char: char != chr(argument))
            case "ANY":
                return "A"
            case "IN":
                return _first(lambda char: _is_in(char, argument))
            case "BRANCH":
                return self.sequence(argument[1][0])
            case "SUBPATTERN":
                return self._group(argument[0], argument[-1])
            case "GROUPREF":
                return self._written.get(argument, "")
            case "ATOMIC_GROUP":
                return self.sequence(argument)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                least, most, inner = argument
                return "".join([self.sequence(inner)] * max(least, min(self._least, most)))
            case _:  # a place, or a condition that reads nothing
                return ""

    def _group(self, number: int | None, inner: Any) -> str:
        text = self._groups.get(number) if number is not None else None
        text = self.sequence(inner) if text is None else text
        if number is not None:
            self._written[number] = text
        return text


def _first(fits: Callable[[str], bool]) -> str:
    return next(filter(fits, _CHARACTERS), "")


def _is_in(char: str, items: Any) -> bool:
    """Return whether the character is in a set such as ``[^0-9,]``."""
    negated = str(items[0][0]) == "NEGATE"
    return negated != any(_is_one(char, str(name), argument) for name, argument in items)


def _is_one(char: str, operation: str, argument: Any) -> bool:
    match operation:
        case "LITERAL":
            return char == chr(argument)
        case "RANGE":
            return bool(argument[0] <= ord(char) <= argument[1])
        case "CATEGORY":
            name = str(argument)
            return _KINDS[name.replace("NOT_", "")](char) != ("NOT_" in name)
        case _:
            return False

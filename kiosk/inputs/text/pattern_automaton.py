"""The automaton of a regular expression: a state for each character that it can read (Glushkov).

All approximations are on the safe side: the automaton has at least as many ways as ``re`` may try.
"""

from __future__ import annotations

import importlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from kiosk.base.language import _

MOST_STATES = 400
UNROLLED = 16  # a repetition with a higher limit counts as one without a limit

# As plain numbers, which are ten times as fast: each character of each part is compared with them.
IGNORECASE, DOTALL, ASCII = int(re.IGNORECASE), int(re.DOTALL), int(re.ASCII)

_sre: Any = importlib.import_module("re._parser")  # the parser of ``re`` itself; it has no stubs
parse: Callable[[str], Any] = _sre.parse

# Every character of code pages, and of each kind that Unicode adds: digit, letter, blank, symbol.
_CHARACTERS = [*map(chr, range(256)), "\u0663", "\u0416", "\u0436", "\u2009", "\u20a1", "\ufffd"]
_KINDS: dict[str, Callable[[str], bool]] = {
    "CATEGORY_DIGIT": str.isdecimal,
    "CATEGORY_SPACE": str.isspace,
    "CATEGORY_WORD": lambda char: char.isalnum() or char == "_",
}


class TooComplicatedError(Exception):
    """The time cannot be determined; the message says what to change."""


@dataclass(eq=False, repr=False)
class PatternPart:
    """A part of an expression. The counters have the number of ways to each state, up to two.

    ``empty``: in how many ways the part can read nothing.
    """

    empty: int = 1
    first: Counter[int] = field(default_factory=Counter)
    last: Counter[int] = field(default_factory=Counter)


class PatternAutomaton:
    """The states of an expression. A state is a number; it was reached by reading a character."""

    def __init__(self, tree: Any, *, search: bool) -> None:
        self._flags = int(tree.state.flags)
        alphabet = {*_CHARACTERS, *(chr(code) for code in _codes(tree))}
        self.alphabet = sorted(alphabet)
        self.reads: list[int] = []  # which characters lead to each state: a bit for each
        self.follow: list[Counter[int]] = []
        items = _without_rest(tree, search=search)
        before = self._before(items) if search and not _is_anchored(items) else PatternPart()
        self._join(before, self._sequence(items))

    def _before(self, items: list[Any]) -> PatternPart:
        """Return states that read all that is before a match, which may begin anywhere.

        If the expression begins with ``(?<![...])``, a match begins only after other characters.
        """
        everything = (1 << len(self.alphabet)) - 1
        barred = self._barred(items[0]) if items else 0
        begins = self._state(everything & ~barred)
        goes_on = self._state(barred)
        for one in (begins, goes_on):
            for other in (begins, goes_on):
                self._join(one, other)
        return begins

    def _barred(self, item: Any) -> int:
        """Return the characters that must not be directly before a match, if they are stated."""
        if str(item[0]) != "ASSERT_NOT" or item[1][0] != -1 or len(item[1][1]) != 1:
            return 0
        operation, argument = item[1][1][0]
        is_character = str(operation) in {"IN", "LITERAL", "NOT_LITERAL"}
        return self._mask(str(operation), argument) if is_character else 0

    def _sequence(self, items: list[Any]) -> PatternPart:
        whole = PatternPart()
        for operation, argument in items:
            whole = self._join(whole, self._part(str(operation), argument))
        return whole

    def _join(self, one: PatternPart, other: PatternPart) -> PatternPart:
        for state, ways in one.last.items():
            self._add(self.follow[state], other.first, ways)
        joined = PatternPart(min(one.empty * other.empty, 2), one.first.copy(), other.last.copy())
        self._add(joined.first, other.first, one.empty)
        self._add(joined.last, one.last, other.empty)
        return joined

    def _add(self, counts: Counter[int], others: Counter[int], times: int) -> None:
        for state, ways in others.items() if times else ():
            counts[state] = min(counts[state] + ways * times, 2)

    def _part(self, operation: str, argument: Any) -> PatternPart:
        match operation:
            case "LITERAL" | "NOT_LITERAL" | "ANY" | "IN":
                return self._state(self._mask(operation, argument))
            case "AT":
                return PatternPart()
            case "SUBPATTERN":
                self._flags |= argument[1] & (IGNORECASE | DOTALL)  # (?i:...) reads more
                return self._sequence(argument[-1])
            case "ATOMIC_GROUP":
                return self._sequence(argument)
            case "BRANCH":
                return self._either(*map(self._sequence, argument[1]))
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                return self._repeated(*argument)
            case "ASSERT" | "ASSERT_NOT" if not _repeats(argument[1]):
                return PatternPart()
            case "ASSERT" | "ASSERT_NOT":
                raise TooComplicatedError(
                    _("it has a lookahead with a repetition; write it without a lookahead")
                )
            case _:
                raise TooComplicatedError(_("it refers to an earlier group; write that part again"))

    def _either(self, *parts: PatternPart) -> PatternPart:
        either = PatternPart(min(sum(part.empty for part in parts), 2))
        for part in parts:
            self._add(either.first, part.first, 1)
            self._add(either.last, part.last, 1)
        return either

    def _repeated(self, least: int, most: int, items: Any) -> PatternPart:
        whole = PatternPart()
        for _time in range(min(least, UNROLLED) - 1):
            whole = self._join(whole, self._sequence(items))
        if most > UNROLLED:
            return self._join(whole, self._endless(least, items))
        if least:
            whole = self._join(whole, self._sequence(items))
        rest = PatternPart()
        for _time in range(most - least):
            rest = self._either(PatternPart(), self._join(self._sequence(items), rest))
        return self._join(whole, rest)

    def _endless(self, least: int, items: Any) -> PatternPart:
        part = self._sequence(items)
        self._join(part, part)  # the end of each round leads to the beginning of the next one
        return part if least else self._either(PatternPart(), part)

    def _state(self, reads: int) -> PatternPart:
        if len(self.reads) >= MOST_STATES:
            raise TooComplicatedError(_("it is too complicated; make it shorter"))
        self.reads.append(reads)
        self.follow.append(Counter())
        itself = len(self.reads) - 1
        return PatternPart(0, Counter([itself]), Counter([itself]))

    def _mask(self, operation: str, argument: Any) -> int:
        if operation == "LITERAL" and not self._flags & IGNORECASE:
            return 1 << self.alphabet.index(chr(argument))  # the most usual part: no search
        return sum(
            1 << place
            for place, char in enumerate(self.alphabet)
            if any(self._fits(operation, argument, each) for each in self._cases(char))
        )

    def _cases(self, char: str) -> set[str]:
        return {char, char.lower(), char.upper()} if self._flags & IGNORECASE else {char}

    def _fits(self, operation: str, argument: Any, char: str) -> bool:
        match operation:
            case "LITERAL":
                return char == chr(argument)
            case "NOT_LITERAL":
                return char != chr(argument)
            case "RANGE":
                return chr(argument[0]) <= char <= chr(argument[1])
            case "ANY":
                return char != "\n" or bool(self._flags & DOTALL)
            case "CATEGORY":
                return self._is_of_kind(str(argument), char)
            case _:
                (kind, _), *others = argument
                negated = str(kind) == "NEGATE"
                items = others if negated else argument
                return negated != any(self._fits(str(each), rest, char) for each, rest in items)

    def _is_of_kind(self, kind: str, char: str) -> bool:
        plain = kind.replace("_NOT_", "_")
        only_ascii = bool(self._flags & ASCII) and not char.isascii()
        return (not only_ascii and _KINDS[plain](char)) != (plain != kind)


def _codes(tree: Any) -> Iterator[int]:
    """Yield the numbers of all characters in the expression, and of their neighbors."""
    for number in map(int, re.findall(r"(?<![0-9])[0-9]{1,7}", repr(tree))):
        yield from (code for code in range(number - 1, number + 2) if 0 <= code < 0x110000)


def _repeats(items: Any) -> bool:
    return "_REPEAT" in repr(items)


def _is_anchored(items: list[Any]) -> bool:
    """Return whether a match can begin only at the beginning of the text."""
    if not items:
        return False
    operation, argument = str(items[0][0]), items[0][1]
    if operation == "BRANCH":
        return all(_is_anchored(list(branch)) for branch in argument[1])
    return operation == "AT" and str(argument) == "AT_BEGINNING"


def _without_rest(tree: Any, *, search: bool) -> list[Any]:
    """Return the items without a repetition at the end that cannot fail.

    That is ``.*``, which reads any rest. Where the match need not be at the end of the text, it is
    a repetition of any characters: it ends the match, and they are not read again.
    """
    items: list[Any] = list(tree)
    if not items:
        return items
    operation, argument = str(items[-1][0]), items[-1][1]
    if operation == "SUBPATTERN":
        return [*items[:-1], *_without_rest(argument[-1], search=search)]
    if operation == "BRANCH":
        branches = [_without_rest(branch, search=search) for branch in argument[1]]
        return [*items[:-1], (items[-1][0], (None, branches))]
    if operation == "MAX_REPEAT" and argument[1] == _sre.MAXREPEAT and argument[0] <= UNROLLED:
        inner: list[Any] = list(argument[2])
        reads = str(inner[0][0]) if len(inner) == 1 else ""
        if reads == "ANY" or (search and reads in {"IN", "LITERAL", "NOT_LITERAL"}):
            return [*items[:-1], *(inner * argument[0])]
    return items

"""Check and compile the regular expressions that a technician writes.

No line of a register may hold up the counter, so an expression that can take more than linear time
is refused. ``backtracking.py`` decides it.
"""

from __future__ import annotations

import importlib
import re
from functools import lru_cache
from typing import Any

from kiosk.base.language import _, mark
from kiosk.inputs.text.backtracking import slow_text
from kiosk.inputs.text.pattern_automaton import TooComplicatedError, parse

_sre: Any = importlib.import_module("re._parser")
_compile: Any = importlib.import_module("re._compiler").compile

# What Python says of the usual mistakes, and what we say.
_MISTAKES = {
    "missing ), unterminated subpattern": mark("a ( has no )"),
    "unbalanced parenthesis": mark("a ) has no ("),
    "unterminated character set": mark("a [ has no ]"),
    "nothing to repeat": mark("there is nothing to repeat before it"),
    "multiple repeat": mark("it repeats a repetition"),
    "missing >, unterminated name": mark("the name of a group has no >"),
    "bad escape (end of pattern)": mark("there is nothing after the \\"),
    "min repeat greater than max repeat": mark("the smaller number must come first"),
}


@lru_cache(maxsize=64)  # the settings of an input are read several times at a start
def checked(pattern: str, *groups: str) -> str:
    """Return the pattern if it is valid and has these groups; raise ValueError otherwise."""
    try:
        names = re.compile(pattern).groupindex
    except (re.error, OverflowError, RecursionError) as fault:
        raise ValueError(_mistake(fault)) from None
    for group in groups:
        if group not in names:
            raise ValueError(
                _(
                    "it has no group named {group}; write (?P<{group}>...) around the {group}",
                    group=group,
                )
            )
    try:
        text = slow_text(_simplified(parse(pattern)))
    except TooComplicatedError as fault:
        raise ValueError(str(fault)) from None
    if text:
        raise ValueError(
            _(
                "a long line of {text!r} would take too long, because two repetitions can read it; "
                "begin the second one with a character that the first one can't read, such as "
                "[^0-9]* before [0-9]",
                text=text * 3,
            )
        )
    return pattern


def _mistake(fault: re.error | OverflowError | RecursionError) -> str:
    """Return why Python can't read an expression; what is unusual, in Python's own words."""
    place = getattr(fault, "pos", None)
    if place is None:
        return _(
            "it is not a valid regular expression (Python says: {fault}); correct it", fault=fault
        )
    words = getattr(fault, "msg", "")
    reason = _(_MISTAKES[words]) if words in _MISTAKES else _("Python says: {words}", words=words)
    return _(
        "it is not a valid regular expression (character {place}: {reason}); correct it",
        place=place + 1,
        reason=reason,
    )


def compiled(pattern: str) -> re.Pattern[str]:
    """Return the compiled pattern. It needs linear time if ``checked`` accepts it."""
    expression: re.Pattern[str] = _compile(_simplified(parse(pattern)))
    return expression


def _simplified(tree: Any) -> Any:
    r"""Return an equal expression without the slow form ``X+Y?X*``, which becomes ``X+(?:YX*)?``.

    Technicians often write it: ``\s+\$?\s*``. Also with ``Y*``, which becomes ``X+(?:Y+X*)?``.
    """
    items: list[Any] = []
    for operation, argument in tree:
        group = str(operation) == "SUBPATTERN"
        inner = (*argument[:-1], _simplified(argument[-1])) if group else argument
        _append(items, (operation, inner), tree.state)
    return _sre.SubPattern(tree.state, items)


def _append(items: list[Any], item: Any, state: Any) -> None:
    """Append ``X*`` to an option before it, if the same ``X`` is repeated before that option."""
    if not _is_repeat(item, 0, _sre.MAXREPEAT):
        items.append(item)
    elif _ends_in_repeat(items, item):
        return  # X+X* is X+
    elif items and _is_option(items[-1]) and _ends_in_repeat(items[:-1], item):
        repeat, (_, most, inner) = items.pop()
        option = list(inner) if most == 1 else [(repeat, (1, most, inner))]
        items.append((repeat, (0, 1, _sre.SubPattern(state, [*option, item]))))
    else:
        items.append(item)


def _ends_in_repeat(items: list[Any], item: Any) -> bool:
    """Return whether the items end in a repetition of the same, or in ``(?:YX*)?`` after one."""
    for before in reversed(items):
        if str(before[0]) == "MAX_REPEAT" and before[1][1] == _sre.MAXREPEAT:
            return repr(before[1][2]) == repr(item[1][2])
        if not _is_repeat(before, 0, 1) or repr(list(before[1][2])[-1:]) != repr([item]):
            return False
    return False


def _is_option(item: Any) -> bool:
    return str(item[0]) == "MAX_REPEAT" and item[1][0] == 0


def _is_repeat(item: Any, least: int, most: int) -> bool:
    return str(item[0]) == "MAX_REPEAT" and tuple(item[1][:2]) == (least, most)

"""Decides whether a regular expression can take more than linear time. Pure, and without a clock.

Python's ``re`` tries one way to read a text after the other, so the time grows with the number of
ways. This number grows without limit exactly if the expression has two repetitions p and q and a
text that p can read and stay in p, that leads from p to q, and that q can read and stay in q (A.
Weber and H. Seidl, On the degree of ambiguity of finite automata, 1991, criterion IDA). An example
is ``[0-9]*[0-9,]*`` with the text ``1``.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from kiosk.base.language import _
from kiosk.inputs.text.pattern_automaton import PatternAutomaton, TooComplicatedError

MOST_STEPS = 300_000  # of the search; an expression that needs more is too complicated


def slow_text(tree: Any, *, search: bool = False) -> str | None:
    """Return a text that takes more than linear time if it is repeated; None if there is none.

    ``tree`` is an expression as ``parse`` returns it. ``search``: it is searched for in the text,
    and need not match at the beginning. Raises TooComplicatedError.
    """
    automaton = PatternAutomaton(tree, search=search)
    reached = [_reached(automaton, state) for state in range(len(automaton.reads))]
    for state, follow in enumerate(automaton.follow):
        for other, ways in follow.items():
            if ways > 1 and state in reached[other]:
                return _text(automaton, [automaton.reads[other]])
    return _ambiguous(automaton, reached)


def _reached(automaton: PatternAutomaton, state: int) -> set[int]:
    reached: set[int] = set()
    waiting = list(automaton.follow[state])
    while waiting:
        if (other := waiting.pop()) not in reached:
            reached.add(other)
            waiting += automaton.follow[other]
    return reached


def _ambiguous(automaton: PatternAutomaton, reached: list[set[int]]) -> str | None:
    """Return a text by criterion IDA, or None."""
    repeated = [state for state, others in enumerate(reached) if state in others]
    steps = MOST_STEPS
    for one in repeated:
        for other in repeated:
            if other == one or other not in reached[one]:
                continue
            text, steps = _common_text(automaton, reached, one, other, steps)
            if text is not None:
                return text
    return None


def _common_text(
    automaton: PatternAutomaton, reached: list[set[int]], one: int, other: int, steps: int
) -> tuple[str | None, int]:
    """Search a text that leads from one to one, from one to other, and from other to other."""
    follow, reads = automaton.follow, automaton.reads
    start, end = (one, one, other), (one, other, other)
    came_from: dict[tuple[int, int, int], tuple[tuple[int, int, int], int]] = {}
    waiting = deque([start])
    while waiting:
        at = waiting.popleft()
        for a in follow[at[0]]:
            for c in follow[at[2]] if one in reached[a] or a == one else ():
                both = reads[a] & reads[c]
                for b in follow[at[1]] if both and other in reached[c] else ():
                    steps -= 1
                    to = (a, b, c)
                    if not both & reads[b] or to in came_from:
                        continue
                    came_from[to] = at, both & reads[b]
                    if to == end:
                        return _text(automaton, _path(came_from, start, end)), steps
                    waiting.append(to)
        if steps < 0:
            raise TooComplicatedError(_("it is too complicated; make it shorter"))
    return None, steps


def _path(
    came_from: dict[tuple[int, int, int], tuple[tuple[int, int, int], int]],
    start: tuple[int, int, int],
    end: tuple[int, int, int],
) -> list[int]:
    masks: list[int] = []
    at = end
    while not masks or at != start:
        at, mask = came_from[at]
        masks.append(mask)
    return masks[::-1]


def _text(automaton: PatternAutomaton, masks: list[int]) -> str:
    """Return a text with a character of each mask; one that people can read, if there is one."""
    chars = []
    for mask in masks:
        fitting = [c for place, c in enumerate(automaton.alphabet) if mask >> place & 1]
        chars.append(min(fitting, key=lambda c: (not c.isprintable(), not c.isascii(), c)))
    return "".join(chars)

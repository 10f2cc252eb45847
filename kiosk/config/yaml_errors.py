"""What PyYAML's complaints mean to a person: which line is to blame, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import yaml


@dataclass(frozen=True, slots=True)
class YamlMistake:
    """A slip of the pen; ``line`` and ``column`` count from 0, as PyYAML's marks do."""

    line: int
    column: int
    message: str


# Complaints whose beginning, not their end, is the place to look at: (context, message).
_BEGINNINGS = (
    ("quoted scalar", "the quote that opens here is never closed; close it"),
    ("flow mapping", "the brace { that opens here is not closed, or lacks a comma; mend it"),
    ("flow sequence", "the bracket [ that opens here is not closed, or lacks a comma; mend it"),
    ("simple key", "a setting needs a colon and a space; write it like `key: value`"),
)
_BAD_BEGINNING = "a value can't begin with this mark; put the value in single quotes"
# The others: (problem, message).
_PROBLEMS = (
    (
        "unknown escape",
        "a backslash in double quotes has a meaning of its own; use single quotes instead",
    ),
    ("cannot start any token", _BAD_BEGINNING),
    ("expected the node content", _BAD_BEGINNING),
    ("found '<scalar>'", "text follows a closed value; put the whole value in one pair of quotes"),
    (
        "block end",
        "the indentation fits no line above; let settings of one section begin in one column",
    ),
    ("another document", "a second document begins here; take out the line ---"),
    ("document start", "text follows the end of the file; take out the line above, with dots"),
    ("block scalar", "text can't follow | or > in its line; write it on the next lines, indented"),
)


def explain(error: yaml.MarkedYAMLError, lines: Sequence[str]) -> YamlMistake:
    """Return what the complaint is about."""
    mark = error.problem_mark
    assert mark is not None
    problem = error.problem or ""
    if "mapping values" in problem:
        return _stray_colon(mark.line, mark.column, lines)
    if "document start" in problem and lines[first := _first(lines)].startswith(" "):
        return YamlMistake(
            first, 0, "this line begins with a space; begin every section in column 1"
        )
    for context, message in _BEGINNINGS:
        if context in (error.context or "") and "escape" not in problem:
            begin = error.context_mark or mark
            return YamlMistake(begin.line, begin.column, message)
    line = min(mark.line, len(lines) - 1)
    for words, message in _PROBLEMS:
        if words in f"{error.context} {problem}":
            return YamlMistake(line, mark.column, message)
    return YamlMistake(line, mark.column, f"this is not YAML ({problem}); mend it")


def _stray_colon(line: int, column: int, lines: Sequence[str]) -> YamlMistake:
    """A colon where none may be: a second one, or the line above has none or is no section."""
    text = lines[line]
    if not re.fullmatch(r"\s*(- +)*[\w-]+", text[:column]):
        return YamlMistake(
            line, column, "a second colon stands here; put the value in single quotes"
        )
    above = next((number for number in range(line - 1, -1, -1) if _is_said(lines[number])), line)
    if not re.search(r":(\s|$)", lines[above]):
        start = len(lines[above]) - len(lines[above].lstrip())
        return YamlMistake(
            above, start, "a setting needs a colon and a space; write it like `key: value`"
        )
    start = len(text) - len(text.lstrip())
    message = (
        "this line is indented below a setting that has a value; begin both in the same column"
    )
    return YamlMistake(line, start, message)


def _first(lines: Sequence[str]) -> int:
    return next(number for number, line in enumerate(lines) if _is_said(line))


def _is_said(line: str) -> bool:
    return not re.fullmatch(r"\s*(#.*)?", line)

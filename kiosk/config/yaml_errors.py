"""Explains PyYAML's errors: which line is wrong, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml

from kiosk.base.frozen import frozen
from kiosk.base.language import _, mark


@frozen
class YamlFault:
    """An error of YAML; ``line`` and ``column`` count from 0, as PyYAML's marks do."""

    line: int
    column: int
    message: str


_BAD_BEGINNING = mark("a value can't begin with this character; put the value in single quotes")
# Errors to report at their beginning, which PyYAML calls context: (context, message).
_BEGINNINGS = (
    ("quoted scalar", mark("the quote that opens here is never closed; close it")),
    (
        "flow mapping",
        mark("the brace { that opens here is not closed, or a comma is missing; add it"),
    ),
    (
        "flow sequence",
        mark("the bracket [ that opens here is not closed, or a comma is missing; add it"),
    ),
    ("an alias", _BAD_BEGINNING),
    ("an anchor", _BAD_BEGINNING),
    ("a tag", _BAD_BEGINNING),
    ("simple key", mark("a setting needs a colon and a space; write it like `key: value`")),
)
_CUT_OFF = mark(
    "what follows # is a comment, so the bracket that opens here is not closed; put the text with "
    "# in single quotes"
)
# Errors to report where PyYAML found them: (problem, message).
_PROBLEMS = (
    (
        "unknown escape",
        mark("a backslash in double quotes has a special meaning; use single quotes instead"),
    ),
    ("cannot start any token", _BAD_BEGINNING),
    ("tag handle", _BAD_BEGINNING),
    ("expected the node content", _BAD_BEGINNING),
    (
        "found '<scalar>'",
        mark("there is text after the end of a value; put all of it in one pair of quotes"),
    ),
    (
        "block end",
        mark(
            "the indentation matches no line above; begin all settings of a section in one column"
        ),
    ),
    ("another document", mark("a second document begins here; remove the line ---")),
    (
        "block scalar",
        mark("no text is allowed after | or > in a line; write it on the next lines, indented"),
    ),
)


def explain(error: yaml.MarkedYAMLError, lines: Sequence[str]) -> YamlFault:
    """Return the place and the explanation of an error."""
    mark = error.problem_mark
    assert mark is not None
    if lines[mark.line : mark.line + 1] and lines[mark.line].lstrip().startswith("```"):
        fence = _("this line is not YAML, but marks code in a chat; remove it")
        return YamlFault(mark.line, mark.column, fence)
    problem = error.problem or ""
    if "mapping values" in problem:
        return _stray_colon(mark.line, mark.column, lines)
    if "document start" in problem and lines[first := _first_with_content(lines)].startswith(" "):
        return YamlFault(
            first, 0, _("this line begins with a space; begin every section in column 1")
        )
    if "document start" in problem:
        return _end_of_document(mark.line, lines)
    for context, message in _BEGINNINGS:
        if context in (error.context or "") and "escape" not in problem:
            begin = error.context_mark or mark
            if context.startswith("flow") and " #" in lines[begin.line][begin.column :]:
                return YamlFault(begin.line, begin.column, _(_CUT_OFF))
            return YamlFault(begin.line, begin.column, _(message))
    line = min(mark.line, len(lines) - 1)
    for words, message in _PROBLEMS:
        if words in f"{error.context} {problem}":
            return YamlFault(line, mark.column, _(message))
    return YamlFault(
        line, mark.column, _("this is not valid YAML ({problem}); correct it", problem=problem)
    )


def _end_of_document(line: int, lines: Sequence[str]) -> YamlFault:
    """Explain the line of dots above this line."""
    above = (number for number in range(line, -1, -1) if lines[number].startswith("..."))
    return YamlFault(next(above, line), 0, _("this line ends the file here; remove it"))


def _stray_colon(line: int, column: int, lines: Sequence[str]) -> YamlFault:
    """Explain a colon in the wrong place: a second one, or one under a line without a section."""
    text = lines[line]
    if not re.fullmatch(r"\s*(- +)*[\w-]+", text[:column]):
        return YamlFault(
            line, column, _("there is a second colon here; put the value in single quotes")
        )
    above = next(
        (number for number in range(line - 1, -1, -1) if _has_content(lines[number])), line
    )
    if not re.search(r":(\s|$)", lines[above]):
        start = len(lines[above]) - len(lines[above].lstrip())
        return YamlFault(
            above, start, _("a setting needs a colon and a space; write it like `key: value`")
        )
    start = len(text) - len(text.lstrip())
    message = _(
        "this line is indented below a setting that has a value; begin both in the same column"
    )
    return YamlFault(line, start, message)


def _first_with_content(lines: Sequence[str]) -> int:
    return next(number for number, line in enumerate(lines) if _has_content(line))


def _has_content(line: str) -> bool:
    return not re.fullmatch(r"\s*(#.*)?", line)

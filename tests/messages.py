"""Every message of the package as one text, so that it can be read and reviewed as one.

``python -m tests.messages`` prints ``file:line: message``, in the order of the house. With
``--write`` it writes ``messages.txt``, without line numbers; a test compares the two.

A message is a string that a person reads: an error, a log line, a help text, the description of a
setting, a text on a screen. Fields are in braces, as in ``{path} can't be read``.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

import kiosk
from tests.support.parsed import nodes_of

PACKAGE = Path(kiosk.__file__).parent
TEXT = Path(__file__).with_name("messages.txt")
ROOMS = (
    "base",
    "config",
    "inputs",
    "sale",
    "orders",
    "display",
    "signals",
    "journal",
    "service",
    "shell",
    "app.py",
    "handover.py",
    "daemon.py",
    "cli",
    "simulator",
)

# Strings with spaces that nobody reads as a sentence.
_REGULAR_EXPRESSION = re.compile(r"\(\?|\\[dswbDSW.]|\[[^\]]+\][+*{]")
_TIME_FORMAT = re.compile(r"%[YmdHMS]")
_SQL = re.compile(
    r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|PRAGMA|BEGIN|VACUUM|WITH)\b.*", re.DOTALL
)
_NAMES = re.compile(r"(?=.*_)[a-z_ ]+")
_ROUTE = re.compile(r"(GET|POST|PUT|DELETE) (/.*)?")
_WORD = re.compile(r"\b[^\W\d_]?[a-zà-ÿ]+\b")
_FIELD = re.compile(r"{[^{}]*}|%[-.0-9]*[sdrf]")
# Methods that compare text or cut it, and so take no message.
_COMPARING = {"startswith", "endswith", "removeprefix", "removesuffix", "replace", "split", "strip"}


@dataclass(frozen=True, slots=True)
class Message:
    """A text that a person reads. ``file`` is its path inside the package."""

    file: str
    line: int
    text: str


@cache
def messages() -> tuple[Message, ...]:
    """Return the messages of the package, room by room, file by file, in the order of the lines."""
    return tuple(
        Message(str(path.relative_to(PACKAGE)), line, text)
        for path in _files()
        for line, text in sorted(set(texts(nodes_of(path))))
    )


def _files() -> Iterator[Path]:
    for room in ROOMS:
        place = PACKAGE / room
        yield from [place] if place.suffix else sorted(place.rglob("*.py"))


def texts(nodes: list[ast.AST], leave_out: Set[ast.AST] = frozenset()) -> Iterator[tuple[int, str]]:
    """Yield line and text of each message in the nodes of a file."""
    not_read = {*leave_out, *_docstrings(nodes), *_parts(nodes), *_compared(nodes)}
    for node in nodes:
        if isinstance(node, ast.Constant | ast.JoinedStr) and node not in not_read:
            if _is_message(text := _text(node)):
                yield node.lineno, " ".join(text.split())
        elif isinstance(node, ast.FunctionDef) and _is_verb(node):
            yield node.lineno, " ".join((ast.get_docstring(node) or "").split())


def _docstrings(nodes: list[ast.AST]) -> Iterator[ast.AST]:
    """Yield strings that stand alone."""
    for node in nodes:
        if isinstance(node, ast.Expr):
            yield node.value


def _parts(nodes: list[ast.AST]) -> Iterator[ast.AST]:
    """Yield the pieces of f-strings: the whole is the message."""
    for node in nodes:
        if isinstance(node, ast.JoinedStr):
            yield from node.values
            for value in node.values:
                if isinstance(value, ast.FormattedValue) and value.format_spec:
                    yield value.format_spec


def _compared(nodes: list[ast.AST]) -> Iterator[ast.AST]:
    """Yield what other texts are compared with."""
    for node in nodes:
        if isinstance(node, ast.Compare):
            yield from (node.left, *node.comparators)
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in _COMPARING
        ):
            yield from node.args


def _text(node: ast.Constant | ast.JoinedStr) -> str:
    """Return the text of a string or f-string, its fields in braces; nothing of a number."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_piece(value) for value in node.values)
    return node.value if isinstance(node.value, str) else ""


def _piece(value: ast.expr) -> str:
    if isinstance(value, ast.FormattedValue):
        return f"{{{_name(value.value)}}}"
    return str(ast.literal_eval(value))


def _name(value: ast.AST) -> str:
    """Return a short name for what a field shows: ``self._path`` is ``path``."""
    match value:
        case ast.Name(name) | ast.Attribute(_, name):
            return name.strip("_")
        case ast.Constant(text):
            return str(text)
        case ast.Call(ast.Attribute(ast.Constant(), "join"), [joined]):
            return _name(joined)
        case ast.Call(ast.Attribute(ast.Name("self"), name)):
            return name.strip("_")
        case ast.Call(_, [argument, *_]) | ast.Call(ast.Attribute(argument)):
            return _name(argument)
        case ast.Subscript(container, key):
            named = isinstance(key, ast.Constant) and isinstance(key.value, str)
            return _name(key) if named else _name(container)
        case ast.BoolOp(_, [first, *_]) | ast.BinOp(first):
            return _name(first)
        case _:
            return "…"


def _is_message(text: str) -> bool:
    """Whether it has a space and words, and is not an expression, a statement, a path or data."""
    plain = _FIELD.sub("", text)
    letters = sum(character.isalpha() or character.isspace() for character in plain)
    return (
        " " in text.strip()
        and bool(_WORD.search(plain))
        and letters > len(plain) / 2
        and not _REGULAR_EXPRESSION.search(plain)
        and not _TIME_FORMAT.search(plain)
        and not _SQL.fullmatch(plain)
        and not _ROUTE.fullmatch(plain)
        and not _NAMES.fullmatch(plain)
    )


def _is_verb(function: ast.FunctionDef) -> bool:
    """Whether it is a command of the command line: its docstring is what ``--help`` prints."""
    annotations = [ast.unparse(each.annotation) for each in function.args.args if each.annotation]
    return any(each.startswith("Annotated[") or each.endswith("Option") for each in annotations)


def as_text() -> str:
    """Return all messages under the names of their files. A message of several places stands once."""
    parts = []
    for file, found in groupby(messages(), lambda message: message.file):
        texts = dict.fromkeys(message.text for message in found)
        parts.append("\n".join([f"# {file}", *texts]))
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Print the messages, or write ``messages.txt``."""
    if sys.argv[1:] == ["--write"]:
        TEXT.write_text(as_text(), "utf-8")
        return
    for message in messages():
        print(f"{message.file}:{message.line}: {message.text}")


if __name__ == "__main__":
    main()

"""Reads YAML text into nodes, and collects every place that is not the YAML that we accept.

Values stay text: no constructor runs, so ``010``, ``no`` or ``5:30`` never become another value.
If a line can't be read, its fault is noted, the line is blanked, and reading starts again: one
error must not hide the other faults of a file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

import yaml
from yaml.reader import Reader

from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.config.fault import ConfigFault, Position
from kiosk.config.yaml_errors import explain

_MAX_REPAIRS = 20
_CONFLICT = re.compile(r"(<{7}|={7}|>{7})( |$)")
_DASH = re.compile(r"( *-)[a-z_]+:( |$)")
_SECTION = r" +(\w+): *(?:#.*)?$"


@frozen
class YamlText:
    """The result of reading. ``incomplete`` are the sections in which a line was blanked."""

    root: yaml.Node | None
    faults: tuple[ConfigFault, ...]
    incomplete: frozenset[str]
    added_columns: Mapping[int, int]  # line (from 0) → columns that expanding its tabs added

    def place(self, mark: yaml.Mark) -> Position:
        """Return the place of a mark in the file as the technician sees it."""
        column = max(0, mark.column - self.added_columns.get(mark.line, 0))
        return Position(mark.line + 1, column + 1)


def read_yaml(text: str, tab: int = 2, sections: Collection[str] = ()) -> YamlText:
    """Read the text as far as possible; a tab in an indentation counts as ``tab`` columns.

    ``sections`` are the names that belong into column 1.
    """
    return _YamlReader(text, tab, sections).run()


@cache
def _control() -> re.Pattern[str]:
    """Return a pattern of what is not allowed. It takes 2 ms to make, and few files need it."""
    return re.compile(rf"{Reader.NON_PRINTABLE.pattern}|[\r\x85\u2028\u2029\ufeff]")


class _PlainLoader(yaml.SafeLoader):
    """A composer that notes anchors, aliases and tags, and continues without them."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.refused: list[tuple[yaml.Mark, str]] = []

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        mark = event.start_mark
        if isinstance(event, yaml.AliasEvent):
            self.get_event()  # type: ignore[no-untyped-call]
            self._refuse(mark, _("aliases such as *{anchor}", anchor=event.anchor))
            return yaml.ScalarNode("tag:yaml.org,2002:str", "", mark, mark)
        if event.anchor:
            self._refuse(mark, _("anchors such as &{anchor}", anchor=event.anchor))
            event.anchor = None
        if event.tag:
            self._refuse(mark, _("tags such as {tag}", tag=event.tag))
            event.tag = None
        return super().compose_node(parent, index)

    def _refuse(self, mark: yaml.Mark, what: str) -> None:
        self.refused.append(
            (mark, _("{what} are not supported; write the value in full", what=what))
        )


class _YamlReader:
    def __init__(self, text: str, tab: int, sections: Collection[str]) -> None:
        self.tab, self.sections = tab, sections
        self.original = text.split("\n")
        self.lines = list(self.original)
        self.faults: list[ConfigFault] = []
        self.incomplete: set[str] = set()
        self.added_columns: dict[int, int] = {}

    def run(self) -> YamlText:
        self._drop_control_characters()
        self._expand_tabs()
        self._drop_conflict_marks()
        self._separate_dashes()
        for _repair in range(_MAX_REPAIRS):
            loader = _PlainLoader("\n".join(self.lines))
            try:
                root = loader.get_single_node()
            except yaml.MarkedYAMLError as error:
                if not self._repair(error):
                    break
            except RecursionError:
                self._note(1, 1, _("the file is nested too deeply; write fewer brackets"))
                break
            else:
                for mark, message in loader.refused:
                    self._note(mark.line + 1, mark.column + 1, message)
                return self._result(root)
        return self._result(None)

    def _result(self, root: yaml.Node | None) -> YamlText:
        return YamlText(root, tuple(self.faults), frozenset(self.incomplete), self.added_columns)

    def _drop_control_characters(self) -> None:
        for number, line in enumerate(self.lines):
            if line.isprintable():
                continue
            if match := _control().search(line):  # one fault for a line: it may have hundreds
                message = _(
                    "the character U+{code:04X} is not allowed here; remove it", code=ord(match[0])
                )
                self._note(number + 1, match.start() + 1, message)
            if match and not line[: match.start()].strip(" "):  # in the indentation
                self.lines[number] = _control().sub("", line)
                self.added_columns[number] = len(self.lines[number]) - len(line)
            else:
                self.lines[number] = _control().sub(" ", line)

    def _expand_tabs(self) -> None:
        for number, line in enumerate(self.lines):
            indent = line[: len(line) - len(line.lstrip(" \t"))]
            if "\t" in indent and line.strip() and line.lstrip()[0] != "#":
                self._note_tab(number + 1, indent.index("\t") + 1)
                spaces = indent.expandtabs(self.tab)
                self.lines[number] = spaces + line[len(indent) :]
                self.added_columns[number] = len(spaces) - len(indent)

    def _drop_conflict_marks(self) -> None:
        message = _("this line is a mark of git; keep one of both versions, and remove the marks")
        for number, line in enumerate(self.lines):
            if _CONFLICT.match(line):
                self._note(number + 1, 1, message)
                self.lines[number] = ""

    def _separate_dashes(self) -> None:
        for number, line in enumerate(self.lines):
            if match := _DASH.match(line):
                at = match.end(1)
                self._note(number + 1, at, _("a space is missing after the dash; write `- `"))
                self.lines[number] = f"{line[:at]} {line[at:]}"
                self.added_columns[number] = self.added_columns.get(number, 0) + 1

    def _repair(self, error: yaml.MarkedYAMLError) -> bool:
        """Note the fault and blank its line; return False if that would change nothing."""
        fault = explain(error, self.lines)
        text = self.lines[fault.line]
        if text[fault.column : fault.column + 1] == "\t":
            self._note_tab(fault.line + 1, fault.column + 1)
            self.lines[fault.line] = text[: fault.column] + " " + text[fault.column + 1 :]
            return True
        if not text.strip():
            return False
        if (match := re.match(_SECTION, text)) and match[1] in self.sections:
            message = _("{section} is a section; begin it in column 1", section=match[1])
            self._note(fault.line + 1, match.start(1) + 1, message)
            self.lines[fault.line] = text.lstrip()
            return True
        self._note(fault.line + 1, fault.column + 1, fault.message)
        self.incomplete.add(self._section(fault.line + 1))
        self._blank(fault.line)
        if text.startswith("---"):
            self._drop_second_document(fault.line)
        return True

    def _drop_second_document(self, mark: int) -> None:
        """Blank what is below a line ``---`` if it repeats the file: one message is enough."""
        above, below = (_sections(lines) for lines in (self.lines[:mark], self.lines[mark:]))
        if above & below:
            self.lines[mark:] = [""] * len(self.lines[mark:])

    def _blank(self, first: int) -> None:
        """Blank the line and the lines that are indented below it."""
        depth = _indent(self.lines[first])
        self.lines[first] = ""
        for number in range(first + 1, len(self.lines)):
            if self.lines[number].strip() and _indent(self.lines[number]) <= depth:
                break
            self.lines[number] = ""

    def _note_tab(self, line: int, column: int) -> None:
        self._note(line, column, _("there is a tab here, which YAML does not allow; use spaces"))

    def _note(self, line: int, column: int, message: str) -> None:
        self.faults.append(ConfigFault(Position(line, column), self._section(line), message))

    def _section(self, line: int) -> str:
        return section_of("\n".join(self.original), line)


def _sections(lines: list[str]) -> set[str]:
    return {match[0] for line in lines if (match := re.match(r"[A-Za-z_]\w*(?=:)", line))}


def section_of(text: str, line: int) -> str:
    """Return the section of a line, which counts from 1: the last word in column 1 above it."""
    for each in reversed(text.split("\n")[:line]):
        if match := re.match(r"[A-Za-z_]\w*", each):
            return match[0]
    return "file"


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))

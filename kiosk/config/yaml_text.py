"""YAML text → composed nodes, and every place where it is not the YAML we take.

Values stay text: no constructor ever runs, so ``010``, ``no`` or ``5:30`` can't turn into something
else. Where the text is broken, the fault is noted, the broken line taken out, and reading goes on:
one slip must not hide the other faults of a file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.reader import Reader

from kiosk.config.fault import ConfigFault, Position
from kiosk.config.yaml_errors import explain

_MAX_REPAIRS = 20
_CONTROL = re.compile(rf"{Reader.NON_PRINTABLE.pattern}|[\r\x85\u2028\u2029\ufeff]")


@dataclass(frozen=True, slots=True)
class YamlText:
    """What reading the text brought. ``torn`` are the sections that a line was taken out of."""

    root: yaml.Node | None
    faults: tuple[ConfigFault, ...]
    torn: frozenset[str]
    widened: Mapping[int, int]  # line (from 0) → columns that its tabs were widened by

    def place(self, mark: yaml.Mark) -> Position:
        """Return where a mark stands in the file as the technician sees it."""
        column = max(0, mark.column - self.widened.get(mark.line, 0))
        return Position(mark.line + 1, column + 1)


def read(text: str, tab: int = 2) -> YamlText:
    """Read the text as far as it can be read; a tab in an indent is taken for ``tab`` columns."""
    return _Reading(text, tab).run()


class _PlainLoader(yaml.SafeLoader):
    """A composer that notes anchors, aliases and tags, and goes on without them."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.refused: list[tuple[yaml.Mark, str]] = []

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        mark = event.start_mark
        if isinstance(event, yaml.AliasEvent):
            self.get_event()  # type: ignore[no-untyped-call]
            self._refuse(mark, f"aliases such as *{event.anchor}")
            return yaml.ScalarNode("tag:yaml.org,2002:str", "", mark, mark)
        if event.anchor:
            self._refuse(mark, f"anchors such as &{event.anchor}")
            event.anchor = None
        if event.tag:
            self._refuse(mark, f"tags such as {event.tag}")
            event.tag = None
        return super().compose_node(parent, index)

    def _refuse(self, mark: yaml.Mark, what: str) -> None:
        self.refused.append((mark, f"{what} are not supported here; write the value out"))


class _Reading:
    def __init__(self, text: str, tab: int) -> None:
        self.tab = tab
        self.original = text.split("\n")
        self.lines = list(self.original)
        self.faults: list[ConfigFault] = []
        self.torn: set[str] = set()
        self.widened: dict[int, int] = {}

    def run(self) -> YamlText:
        self._drop_control_characters()
        self._straighten_indents()
        for _ in range(_MAX_REPAIRS):
            loader = _PlainLoader("\n".join(self.lines))
            try:
                root = loader.get_single_node()
            except yaml.MarkedYAMLError as error:
                if not self._repair(error):
                    break
            except RecursionError:
                self._note(1, 1, "the file is nested too deeply; write fewer brackets")
                break
            else:
                for mark, message in loader.refused:
                    self._note(mark.line + 1, mark.column + 1, message)
                return self._result(root)
        return self._result(None)

    def _result(self, root: yaml.Node | None) -> YamlText:
        return YamlText(root, tuple(self.faults), frozenset(self.torn), self.widened)

    def _drop_control_characters(self) -> None:
        for number, line in enumerate(self.lines):
            for match in _CONTROL.finditer(line):
                what = f"the character U+{ord(match[0]):04X} can't stand here"
                self._note(number + 1, match.start() + 1, f"{what}; take it out")
            self.lines[number] = _CONTROL.sub(" ", line)

    def _straighten_indents(self) -> None:
        for number, line in enumerate(self.lines):
            indent = line[: len(line) - len(line.lstrip(" \t"))]
            if "\t" in indent and line.strip() and line.lstrip()[0] != "#":
                self._note_tab(number + 1, indent.index("\t") + 1)
                straight = indent.expandtabs(self.tab)
                self.lines[number] = straight + line[len(indent) :]
                self.widened[number] = len(straight) - len(indent)

    def _repair(self, error: yaml.MarkedYAMLError) -> bool:
        """Note the slip and take its line out; return False if that would change nothing."""
        slip = explain(error, self.lines)
        text = self.lines[slip.line]
        if text[slip.column : slip.column + 1] == "\t":
            self._note_tab(slip.line + 1, slip.column + 1)
            self.lines[slip.line] = text[: slip.column] + " " + text[slip.column + 1 :]
            return True
        if not text.strip():
            return False
        self._note(slip.line + 1, slip.column + 1, slip.message)
        self.torn.add(self._section(slip.line + 1))
        self._take_out(slip.line)
        return True

    def _take_out(self, first: int) -> None:
        """Blank the line and what is indented below it."""
        depth = _indent(self.lines[first])
        self.lines[first] = ""
        for number in range(first + 1, len(self.lines)):
            if self.lines[number].strip() and _indent(self.lines[number]) <= depth:
                break
            self.lines[number] = ""

    def _note_tab(self, line: int, column: int) -> None:
        self._note(line, column, "a tab stands here, which YAML does not allow; use spaces")

    def _note(self, line: int, column: int, message: str) -> None:
        self.faults.append(ConfigFault(Position(line, column), self._section(line), message))

    def _section(self, line: int) -> str:
        """Return the section that a line belongs to, by the last word at the left margin."""
        for text in reversed(self.original[:line]):
            if match := re.match(r"[A-Za-z_]\w*", text):
                return match[0]
        return "file"


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))

"""Turns YAML nodes into a tree of dicts, lists and text, with the place of every key and value."""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml

from kiosk.base.language import _
from kiosk.config.fault import ConfigFault, KeyPath, Position, dotted
from kiosk.config.yaml_text import YamlText

Tree = dict[str, "Tree"] | list["Tree"] | str

_NO_VALUE = ("", "~", "null", "Null", "NULL")


@dataclass(eq=False, repr=False)
class Document:
    """A file as a tree of texts. An empty value is an empty dict: a section without settings."""

    tree: dict[str, Tree] = field(default_factory=dict)
    keys: dict[KeyPath, Position] = field(default_factory=dict)
    values: dict[KeyPath, Position] = field(default_factory=dict)
    faults: list[ConfigFault] = field(default_factory=list)
    incomplete: frozenset[str] = frozenset()  # see YamlText

    def place(self, path: KeyPath) -> Position:
        """Return the place of a path, or of the nearest section that exists."""
        while path and path not in self.keys and path not in self.values:
            path = path[:-1]
        return self.keys.get(path) or self.values.get(path) or Position(1, 1)

    def get(self, path: KeyPath) -> Tree | None:
        """Return the value at the path, or None."""
        here: Tree | None = self.tree
        for part in path:
            if isinstance(here, dict) and isinstance(part, str):
                here = here.get(part)
            elif isinstance(here, list) and isinstance(part, int) and part < len(here):
                here = here[part]
            else:
                return None
        return here


def build_tree(text: YamlText, first_sections: tuple[str, str] = ("kiosk", "inputs")) -> Document:
    """Return the document in the text; a message names ``first_sections``."""
    return _TreeBuilder(text, first_sections).run()


class _TreeBuilder:
    def __init__(self, text: YamlText, first_sections: tuple[str, str]) -> None:
        self.text, self.first_sections = text, first_sections
        self.document = Document(faults=list(text.faults), incomplete=text.incomplete)

    def run(self) -> Document:
        root = self.text.root
        if isinstance(root, yaml.MappingNode) and root.value:
            self._mapping(root, (), self.document.tree)
        elif not self.document.faults:
            what = (
                _("the file is not a list of sections")
                if root and root.value
                else _("the file is empty")
            )
            one, other = self.first_sections
            message = _(
                "{what}; begin with sections such as `{one}:` and `{other}:`",
                what=what,
                one=one,
                other=other,
            )
            self.document.faults.append(ConfigFault(Position(1, 1), "file", message))
        return self.document

    def _value(self, node: yaml.Node, path: KeyPath) -> Tree:
        self.document.values[path] = self.text.place(node.start_mark)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, {})
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*path, number)) for number, item in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        return {} if node.style is None and node.value in _NO_VALUE else str(node.value)

    def _mapping(self, node: yaml.MappingNode, path: KeyPath, into: dict[str, Tree]) -> Tree:
        for key_node, value_node in node.value:
            key = self._key(key_node, path)
            if key is None:
                continue
            here = (*path, key)
            if key in into:
                self._refuse_duplicate(key_node, here)
                self._merge(value_node, here, into[key])
            else:
                self.document.keys[here] = self.text.place(key_node.start_mark)
                into[key] = self._value(value_node, here)
        return into

    def _key(self, node: yaml.Node, path: KeyPath) -> str | None:
        if not isinstance(node, yaml.ScalarNode):
            self._fault(node, path, _("this key is not a plain word; write it like `key: value`"))
            return None
        if node.value == "<<" and node.style is None:
            self._fault(
                node, path, _("merge keys (<<) are not supported; write the values in full")
            )
            return None
        return str(node.value)

    def _refuse_duplicate(self, node: yaml.Node, path: KeyPath) -> None:
        first = self.document.keys[path]
        self._fault(
            node,
            path,
            _("is given twice, first in line {line}; remove one of them", line=first.line),
        )

    def _merge(self, node: yaml.Node, path: KeyPath, first: Tree) -> None:
        """Read a duplicate section into the first one, so that its faults are found too."""
        if isinstance(node, yaml.MappingNode) and isinstance(first, dict):
            self._mapping(node, path, first)

    def _fault(self, node: yaml.Node, path: KeyPath, message: str) -> None:
        place = self.text.place(node.start_mark)
        self.document.faults.append(ConfigFault(place, dotted(path) or "file", message))

"""A question of the first start, and how an answer is put into the configuration. Pure."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from kiosk.base.frozen import frozen

Tree = dict[str, Any]


@frozen
class Question:
    """A question, and the flag that answers it.

    ``put`` returns the tree with the answer in it, and raises ValueError for an answer that makes
    no sense. ``section`` is the part of the file that a fault of the answer is in.
    """

    flag: str
    text: str
    section: str
    now: Callable[[Tree], str]
    put: Callable[[Tree, str], Tree]
    applies: Callable[[Tree], bool] = lambda _tree: True


def value_at(tree: Any, *path: str) -> Any:
    """Return the value at the path; empty text if there is none."""
    for key in path:
        tree = tree.get(key, "") if isinstance(tree, dict) else ""
    return tree


def with_value(tree: Tree, value: Any, *path: str) -> Tree:
    """Return the tree with the value at the path; without it if the value is empty."""
    changed = deepcopy(tree)
    section = changed
    for key in path[:-1]:
        section = section.setdefault(key, {})
    section.pop(path[-1], None) if value in ("", {}) else section.update({path[-1]: value})
    return changed


def setting(flag: str, text: str, *path: str) -> Question:
    """Return the question about one setting, whose answer is its text."""
    return Question(
        flag,
        text,
        ".".join(path),
        lambda tree: str(value_at(tree, *path)),
        lambda tree, answer: with_value(tree, answer, *path),
    )

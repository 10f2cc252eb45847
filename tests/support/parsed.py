"""The files of the package as syntax trees. Each is made once, for all tests that read it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path


@cache
def parsed(file: Path) -> ast.Module:
    """Return the tree of a file."""
    return ast.parse(file.read_text("utf-8"))


@cache
def nodes_of(file: Path) -> list[ast.AST]:
    """Return every node of a file: many rules look at them, and a walk takes its time."""
    return list(ast.walk(parsed(file)))

"""The list of equivalent changes: each entry fits the code and says why no test notices it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.mutation.explained import explained
from tests.mutation.mutants import Change, lines

ROOT = Path(__file__).parents[2]


@cache
def functions(file: str) -> dict[str, list[str]]:
    """Return the lines of each function of a file, by ``name`` and ``Class.name``."""
    found = {}
    for node in ast.parse((ROOT / file).read_text()).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = lines(node)
        elif isinstance(node, ast.ClassDef):
            methods = (each for each in node.body if isinstance(each, ast.FunctionDef))
            found |= {f"{node.name}.{method.name}": lines(method) for method in methods}
    return found


@pytest.mark.parametrize("change", explained(), ids=str)
def test_the_lines_before_the_change_stand_in_the_code(change: Change) -> None:
    now = [line.strip() for line in functions(change.file).get(change.function, [])]
    assert set(change.before.splitlines()) <= set(now)


@pytest.mark.parametrize(("change", "why"), explained().items(), ids=str)
def test_each_entry_says_why_in_a_sentence(change: Change, why: str) -> None:
    assert why[:1].isupper()
    assert why.endswith(".")
    assert change.before != change.after

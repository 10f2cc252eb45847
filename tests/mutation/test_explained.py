"""The list of equivalent changes: each entry fits the code and says why no test notices it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from tests.mutation.explained import entries
from tests.mutation.mutants import lines

ROOT = Path(__file__).parents[2]


@cache
def functions(file: str) -> dict[str, str]:
    """Return the text of each function of a file, by ``name`` and ``Class.name``."""
    found = {}
    for node in ast.parse((ROOT / file).read_text()).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = "\n".join(lines(node))
        elif isinstance(node, ast.ClassDef):
            methods = (each for each in node.body if isinstance(each, ast.FunctionDef))
            found |= {f"{node.name}.{each.name}": "\n".join(lines(each)) for each in methods}
    return found


def test_what_was_changed_stands_in_the_code() -> None:
    for entry in entries():
        function = functions(entry.file).get(entry.function, "there is no such function")
        assert entry.before in function, entry
        assert entry.before != entry.after, entry


def test_each_entry_says_why_in_a_sentence() -> None:
    for entry in entries():
        assert entry.why[:1].isupper(), entry
        assert entry.why.endswith("."), entry

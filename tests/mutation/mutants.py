"""The mutants that mutmut made, read from the tree in which it ran.

mutmut writes each changed function into the changed file, under the name ``x_NAME__mutmut_7`` or
``xǁCLASSǁNAME__mutmut_7``, beside the original one, ``…__mutmut_orig``. FILE.meta has the exit
code of the tests for each.
"""

from __future__ import annotations

import ast
import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Exit codes in FILE.meta: mutmut/stats.py. All others say that the tests failed or hung.
_SURVIVED, _NO_TESTS = {0}, {5, 33}
_NOT_RUN = {None, 2}


@dataclass(frozen=True, slots=True)
class Change:
    """What was changed: the function, and its changed lines before and after.

    The lines are as ``ast.unparse`` writes them, without comments: see ``lines()``.
    """

    file: str
    function: str
    before: str
    after: str

    def __str__(self) -> str:
        lines = [f"- {line}" for line in self.before.splitlines()]
        lines += [f"+ {line}" for line in self.after.splitlines()]
        return "\n".join([f"{self.file}: {self.function}", *lines])


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change, and whether a test failed because of it."""

    change: Change
    killed: bool


def mutants(tree: Path) -> Iterator[Mutant]:
    """Yield each mutant of the tree."""
    changed = tree / "mutants"
    for meta in sorted(changed.rglob("*.py.meta")):
        name = meta.relative_to(changed).with_suffix("")
        if (tree / name).exists():
            yield from _of_file(changed / name, str(name))


def _of_file(path: Path, name: str) -> Iterator[Mutant]:
    functions = _functions(path)
    meta = json.loads(Path(f"{path}.meta").read_text())
    for key, code in meta["exit_code_by_key"].items():
        if code in _NOT_RUN:
            raise RuntimeError(f"mutmut did not run the tests for {key}; run it again")
        mutated = key.rpartition(".")[2]
        function = mutated.rpartition("__mutmut_")[0]
        before, after = _difference(functions[f"{function}__mutmut_orig"], functions[mutated])
        change = Change(name, readable(function), before, after)
        yield Mutant(change, killed=code not in _SURVIVED | _NO_TESTS)


def _functions(path: Path) -> dict[str, list[str]]:
    """Return the lines of each function of a file, without its first one, which has the name."""
    tree = ast.parse(path.read_text())
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return {node.name: lines(node) for node in functions}


def lines(function: ast.FunctionDef) -> list[str]:
    """Return the parameters of a function, then its statements, one a line.

    All quotes are single ones: Python 3.12 and 3.11 unparse those inside an f-string differently.
    """
    texts = [ast.unparse(function.args), *map(ast.unparse, function.body)]
    return [line.replace('"', "'") for text in texts for line in text.splitlines()]


def _difference(before: list[str], after: list[str]) -> tuple[str, str]:
    gone, new = [], []
    for line in difflib.ndiff(before, after):
        if line.startswith("- "):
            gone.append(line[2:].strip())
        elif line.startswith("+ "):
            new.append(line[2:].strip())
    return "\n".join(gone), "\n".join(new)


def readable(mangled: str) -> str:
    """Return a function's name as the source writes it: ``Class.method``."""
    return ".".join(mangled.split("ǁ")[1:]) if "ǁ" in mangled else mangled.removeprefix("x_")


def forget_survivors(tree: Path) -> None:
    """Let mutmut try again, in a tree of before, what no test noticed."""
    for path in (tree / "mutants").rglob("*.py.meta"):
        meta = json.loads(path.read_text())
        codes = meta["exit_code_by_key"]
        meta["exit_code_by_key"] = {
            key: None if code in _SURVIVED | _NO_TESTS | _NOT_RUN else code
            for key, code in codes.items()
        }
        path.write_text(json.dumps(meta))

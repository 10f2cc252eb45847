"""Every regular expression of the package needs linear time, whatever comes over the wire."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Callable, Iterator
from typing import Any

from kiosk.base.money import NumberFormat
from kiosk.inputs.codes import gs1_table
from kiosk.inputs.codes.labels import LabelPattern, LabelValue
from kiosk.inputs.text.backtracking import slow_text
from kiosk.inputs.text.pattern_automaton import parse
from kiosk.journal import selection
from tests.test_house import imports, modules, nodes

SEARCHES = {"search", "sub", "split", "findall", "finditer"}
FUNCTIONS = {"compile", "match", "fullmatch", *SEARCHES}

MARKS = [("", ""), (",", ""), (",", "."), (".", " ")]
LABELS = "20.....{NNNDD}", "2....V{NNNN}.."
BUILT: dict[str, Callable[[], list[str]]] = {
    "kiosk.base.money": lambda: [NumberFormat(*marks)._pattern() for marks in MARKS],
    "kiosk.inputs.codes.gs1_table": lambda: [
        rule.pattern.pattern for rule in gs1_table.rules().values()
    ],
    "kiosk.inputs.codes.labels": lambda: [
        LabelPattern(text, LabelValue.PRICE)._regex.pattern for text in LABELS
    ],
    "kiosk.journal.selection": lambda: [*selection._plain_rows()],
}
OTHERS = {
    "kiosk.cli.usage": "typer's own sentences around what a person typed",
    "kiosk.inputs.text.escape_sequences": "a single character",
    "kiosk.inputs.text.line_framer": "the characters of a line end",
    "kiosk.inputs.text.regular_expressions": "a technician's: checked before it is compiled",
    "kiosk.inputs.text.totals": "see tests/inputs/text/test_totals.py",
    "kiosk.journal.records": "bounded: it repeats 15 digits at most",
    "kiosk.simulator.scenario.seen": "a scenario's own text, compared with one reply",
    "kiosk.simulator.service.json_checks": "the simulator's own, for requests of this kiosk",
}


def searched_names(module: str) -> set[str]:
    """Return the names of expressions that are searched for somewhere in the text."""
    return {
        node.value.id
        for node in nodes(module)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.attr in SEARCHES
    }


def expressions(module: str) -> Iterator[tuple[Any, bool]]:
    """Yield each expression in the module, and whether it is searched for; None if it is built."""
    searched = searched_names(module)
    names = {
        id(node.value): node.targets[0].id
        for node in nodes(module)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    for node in nodes(module):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="re"), attr=function), args=[first, *_]
            ) if function in FUNCTIONS:
                search = function in SEARCHES or names.get(id(node)) in searched
                yield value_of(first, module), search


def value_of(node: ast.expr, module: str) -> Any:
    code = compile(ast.Expression(node), module, "eval")
    try:
        return eval(code, vars(importlib.import_module(module)))
    except NameError:
        return None  # built from arguments


def faults(module: str) -> Iterator[str]:
    """Yield the expressions of the module that need more, or that this test does not know."""
    for pattern, search in expressions(module):
        if pattern is None:
            if module not in BUILT.keys() | OTHERS.keys():
                yield "name its expressions in BUILT"
        elif not isinstance(pattern, re.Pattern) and slow_text(parse(pattern), search=search):
            yield pattern


def test_each_expression_needs_linear_time() -> None:
    using = [module for module in modules() if "re" in imports(module)]
    assert sum(any(expressions(module)) for module in using) > 40
    assert {module: found for module in using if (found := list(faults(module)))} == {}


def test_each_expression_that_is_built_needs_linear_time() -> None:
    for module, patterns in BUILT.items():
        for pattern in set(patterns()):
            assert slow_text(parse(pattern)) is None, (module, pattern)

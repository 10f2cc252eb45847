"""mypy refuses what would be wired or spelled wrong in the sale, and finds no Any in it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

IMPORTS = """\
from dataclasses import replace
from kiosk.sale import anywhere, closing, events as on, paying
from kiosk.sale.effects import Show, say
from kiosk.sale.machine import during
from kiosk.sale.phases import Closing, Counter, Idle, Paying
from kiosk.sale.transition import Transition
from kiosk.sale.words import Outcome, Screen
"""

RIGHT = {
    "a_row": "during(Paying).when(on.OrderSeen, paying.order_seen)",
    "a_row_with_a_shared_reaction": "during(Closing).when(on.AmountRead, anywhere.keep_amount)",
    "a_change": "def f(t: Transition) -> Transition: return t.with_faults(frozenset()).to(Idle())",
    "a_field": "replace(Counter(), sales_made=1)",
    "a_screen": "say(Show(Screen.PAID, reference='K-1'))",
}

# What is wrong, and the error of mypy that says so.
WRONG = {
    "the_reaction_of_another_phase": (
        "during(Paying).when(on.OrderSeen, closing.order_seen)",
        r'Argument 2 to "when" .* "Callable\[\[Transition, Closing, OrderSeen\], Transition\]"',
    ),
    "the_reaction_to_another_event": (
        "during(Paying).when(on.OrderSeen, paying.call_failed)",
        r'Argument 2 to "when" .* "Callable\[\[Transition, Paying, CallFailed\], Transition\]"',
    ),
    "a_shared_reaction_in_a_phase_that_it_does_not_take": (
        "during(Idle).when(on.AmountRead, anywhere.keep_amount)",
        r'Argument 2 to "when" .* "Callable\[\[Transition, Starting \| Closing \| Refunding,',
    ),
    "a_row_for_something_that_is_not_an_event": (
        "during(Idle).when(Outcome, anywhere.refuse_reading)",
        r'Value of type variable "E" of "when" .* cannot be "Outcome"',
    ),
    "rows_of_something_that_is_not_a_phase": (
        "during(Outcome)",
        r'Value of type variable "P" of "during" cannot be "Outcome"',
    ),
    "a_misspelled_change": (
        "def f(t: Transition) -> Transition: return t.with_fault(frozenset())",
        r'"Transition" has no attribute "with_fault"',
    ),
    "a_change_beside_the_phase": (
        "def f(t: Transition) -> Transition: return t.to(Idle(), faults=frozenset())",
        r'Unexpected keyword argument "faults" for "to" of "Transition"',
    ),
    "a_misspelled_field": (
        "replace(Counter(), sales_mad=1)",
        r'Unexpected keyword argument "sales_mad" for "replace" of "Counter"',
    ),
    "a_misspelled_detail_of_a_screen": (
        "say(Show(Screen.PAID, referenc='K-1'))",
        r'Unexpected keyword argument "referenc" for "Show"',
    ),
}


@pytest.fixture(scope="module")
def errors(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what mypy says about each text, and about ``kiosk.sale`` itself.

    The cache is kept: the first run takes 4 s, the next ones 1 s. It is not the cache of the whole
    project, because mypy must report every Any here. Each worker has its own, because mypy does
    not wait for another mypy that holds the cache.
    """
    folder = tmp_path_factory.mktemp("texts")
    texts = RIGHT | {name: text for name, (text, _) in WRONG.items()}
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(f"{IMPORTS}\n{text}\n")
    cache = ROOT / ".mypy_cache" / f"sale-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    options = ["--strict", "--config-file=", f"--cache-dir={cache}"]
    no_any = ["--disallow-any-expr", "--disallow-any-explicit", "--disallow-any-decorated"]
    # In a process of its own: mypy changes how deep calls of its process may be nested.
    command = [sys.executable, "-m", "mypy", *options, *no_any, "kiosk/sale", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    output = done.stdout
    errors = dict.fromkeys(texts, "") | {"kiosk.sale": ""}
    for path, line in re.findall(r"^(.*?\.py)(:\d+: error: .*)$", output, re.MULTILINE):
        about = Path(path).stem if Path(path).stem in texts else "kiosk.sale"
        if "kiosk/base" not in path:
            errors[about] += f"{path}{line}\n"
    return errors


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_accepted(name: str, errors: dict[str, str]) -> None:
    assert errors[name] == ""


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_refused(name: str, errors: dict[str, str]) -> None:
    assert re.search(WRONG[name][1], errors[name]), errors[name]


def test_there_is_no_any_in_the_sale(errors: dict[str, str]) -> None:
    assert errors["kiosk.sale"] == ""

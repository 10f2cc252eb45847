"""``python -m tests.mutation [PART …]``: change the code in thousands of ways; a test must notice.

It runs mutmut on a copy of the checkout, part by part, each part with the tests of its own folder.
A change that no test notices must stand in equivalent.toml with the reason. Exit 1: under 95 % of
the changes are noticed or explained, or an entry of the list does not fit any more.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.explained import entries, is_explained, no_longer_fit
from tests.mutation.mutants import Change, Mutant, forget_survivors, mutants

ROOT = Path(__file__).parents[2]
COPIED = ("kiosk", "tests", "config", "pyproject.toml", "README.md")
MUTMUT = Path(sys.executable).with_name("mutmut")
ENOUGH = 95.0  # % killed or explained


@dataclass(frozen=True, slots=True)
class Part:
    """Files to change, and the tests that must notice."""

    changed: tuple[str, ...]
    tests: str
    unchanged: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()  # tests that only look at the code, or are slow


PARTS = {
    "money": Part(("kiosk/base/money.py",), "tests/base/test_money.py"),
    "text": Part(
        ("kiosk/inputs/text/amounts.py", "kiosk/inputs/text/totals.py"), "tests/inputs/text"
    ),
    "sale": Part(
        ("kiosk/sale/*",),
        "tests/sale",
        unchanged=("kiosk/sale/diagram.py",),
        left_out=("tests/sale/test_types.py", "tests/sale/test_model.py"),
    ),
    "request": Part(("kiosk/orders/request/*",), "tests/orders/request"),
    "answers": Part(("kiosk/orders/answers/*",), "tests/orders/answers"),
    "journal": Part(
        ("kiosk/journal/*",),
        "tests/journal",
        left_out=(
            "tests/journal/test_no_journal.py::test_it_has_every_method_of_a_journal",
            "tests/journal/test_schema.py::test_killed_at_each_statement_of_a_migration",
            "tests/journal/test_killed_salvage.py",
            "tests/journal/test_flipped_bits.py",
        ),
    ),
}


def main() -> int:
    """Run the parts, print the report and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"default: {', '.join(PARTS)}")
    parser.add_argument("--keep", type=Path, help="keep the copies; next time run only what is new")
    chosen = parser.parse_args()
    names = chosen.parts or list(PARTS)
    if unknown := set(names) - PARTS.keys():
        parser.error(f"there is no part {', '.join(unknown)}; write one of {', '.join(PARTS)}")
    if not MUTMUT.exists():
        parser.error("mutmut is not installed; run: pip install -e .[dev,mutation]")
    with tempfile.TemporaryDirectory() as temporary:
        place = chosen.keep or Path(temporary)
        for name in names:
            run(PARTS[name], place / name)
        return report([mutant for name in names for mutant in mutants(place / name)])


def run(part: Part, tree: Path) -> None:
    """Run mutmut on a copy of the checkout; in a kept one, only on what changed or survived."""
    forget_survivors(tree)
    for place in ("kiosk", "tests", "config", "mutants/tests"):
        shutil.rmtree(tree / place, ignore_errors=True)
    for name in COPIED:
        # With the time of the copy: mutmut must see in a kept tree what has changed.
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tree / name, copy_function=shutil.copy)
        else:
            shutil.copy(ROOT / name, tree / name)
    with (tree / "pyproject.toml").open("a") as file:
        file.write(configuration(part))
    subprocess.run([MUTMUT, "run"], cwd=tree, check=True)


def configuration(part: Part) -> str:
    """Return what mutmut reads from pyproject.toml."""
    left_out = [f"--deselect={name}" for name in part.left_out]
    settings = {
        "source_paths": ["kiosk"],
        "only_mutate": part.changed,
        "do_not_mutate": part.unchanged,
        "also_copy": COPIED,
        "pytest_add_cli_args_test_selection": [part.tests],
        "pytest_add_cli_args": [
            *("-p", "no:cacheprovider", "-p", "tests.mutation.same_examples"),
            *("-x", "-q", *left_out),
        ],
    }
    rows = [f"{key} = {json.dumps(value)}\n" for key, value in settings.items()]
    return "".join(["\n[tool.mutmut]\n", *rows])


def report(found: Sequence[Mutant]) -> int:
    """Print the changes to explain, the entries to take out and the figures; return the status."""
    listed = entries()
    survived = [mutant.change for mutant in found if not mutant.killed]
    unexplained = [change for change in survived if not is_explained(change, listed)]
    stale = no_longer_fit(listed, found)
    for change in unexplained:
        print(f"\nno test notices:\n{change}")
    for entry in stale:
        print(f"\ntake it out of equivalent.toml, it does not fit any more:\n{entry}")
    print(f"\n{'':40} changes  killed  explained  to explain")
    for file in sorted({mutant.change.file for mutant in found}):
        print(figures(file, [it for it in found if it.change.file == file], unexplained))
    print(figures("total", found, unexplained))
    share = 100 * (1 - len(unexplained) / len(found))
    print(f"{share:.2f} % are killed or explained; {ENOUGH:.0f} % are needed")
    return int(share < ENOUGH or bool(stale))


def figures(name: str, some: Sequence[Mutant], unexplained: Sequence[Change]) -> str:
    """Return a row of the report: how many changes, killed, explained and to explain."""
    killed = sum(mutant.killed for mutant in some)
    left = sum(not mutant.killed and mutant.change in unexplained for mutant in some)
    return f"{name:40} {len(some):7} {killed:7} {len(some) - killed - left:10} {left:11}"


if __name__ == "__main__":
    sys.exit(main())

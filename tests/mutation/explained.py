"""The changes that no test notices, and why: equivalent.toml, and one rule for SQL."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.mutation.mutants import Change, Mutant

LIST = Path(__file__).with_name("equivalent.toml")
_SQL = re.compile(r"\.(execute|executemany|_select)\('")


def explained() -> dict[Change, str]:
    """Return the changes of the list, each with its reason."""
    return dict(_entries(tomllib.loads(LIST.read_text())))


def _entries(listed: dict[str, Any]) -> Iterator[tuple[Change, str]]:
    for entry in listed["change"]:
        after = entry["after"]
        for each in [after] if isinstance(after, str) else after:
            change = Change(entry["file"], entry["function"], entry["before"].strip(), each.strip())
            yield change, entry["why"]


def is_same_sql(change: Change) -> bool:
    """Whether nothing but the case of an SQL statement was changed, which SQL ignores."""
    same = change.before.casefold() == change.after.casefold()
    return same and bool(_SQL.search(change.before))


def no_longer_fit(listed: Iterable[Change], found: Collection[Mutant]) -> list[Change]:
    """Return the entries that mutmut does not make any more, or that a test notices.

    Of the files that were not run, nothing can be said.
    """
    files = {mutant.change.file for mutant in found}
    survived = {mutant.change for mutant in found if not mutant.killed}
    return [change for change in listed if change.file in files and change not in survived]

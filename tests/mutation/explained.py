"""The changes that no test notices, and why: equivalent.toml, and one rule for SQL."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.mutation.mutants import Change, Mutant

LIST = Path(__file__).with_name("equivalent.toml")
_SQL = re.compile(r"(\.(execute|executemany|_select)\(|\b(where|query|_query) = )f?'|'rowid DESC'")


@dataclass(frozen=True, slots=True)
class Entry:
    """A change of the list: in this function ``before`` became ``after``, and ``why`` no matter."""

    file: str
    function: str
    before: str
    after: str
    why: str

    def explains(self, change: Change) -> bool:
        """Whether the change is this one: one place where ``before`` stands has ``after``."""
        if (change.file, change.function) != (self.file, self.function):
            return False
        places = re.finditer(re.escape(self.before), change.before)
        text = change.before
        return any(
            text[: it.start()] + self.after + text[it.end() :] == change.after for it in places
        )

    def __str__(self) -> str:
        return str(Change(self.file, self.function, self.before, self.after))


def entries() -> Sequence[Entry]:
    """Return the list."""
    return tuple(_read(tomllib.loads(LIST.read_text())))


def _read(listed: dict[str, Any]) -> Iterator[Entry]:
    for entry in listed["change"]:
        file, function, before = entry["file"], entry["function"], entry["before"]
        after = entry["after"]
        for each in [after] if isinstance(after, str) else after:
            yield Entry(file, function, before, each, entry["why"])


def is_explained(change: Change, listed: Sequence[Entry]) -> bool:
    """Whether the change is on the list, or changes only the case of SQL, which ignores it."""
    if any(entry.explains(change) for entry in listed):
        return True
    same = change.before.casefold() == change.after.casefold()
    return same and bool(_SQL.search(change.before))


def no_longer_fit(listed: Sequence[Entry], found: Collection[Mutant]) -> list[Entry]:
    """Return the entries that mutmut does not make any more, or that a test notices.

    Of the files that were not run, nothing can be said.
    """
    files = {mutant.change.file for mutant in found}
    survived = [mutant.change for mutant in found if not mutant.killed]
    return [
        entry
        for entry in listed
        if entry.file in files and not any(entry.explains(change) for change in survived)
    ]

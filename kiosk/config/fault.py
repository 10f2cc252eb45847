"""A fault of the configuration: where, what is wrong, what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Self

from kiosk.base.frozen import frozen
from kiosk.base.language import _

KeyPath = tuple[str | int, ...]  # the path to a value in the file's tree: ("inputs", 0, "port")

_ACCESS = r"\b(APP_USR|TEST)-[\w-]{6,}"  # the form of Mercado Pago's access tokens


@frozen
class Position:
    """A place in the file; both numbers count from 1, as editors do."""

    line: int
    column: int

    def __lt__(self, other: Self) -> bool:
        return (self.line, self.column) < (other.line, other.column)


@frozen
class ConfigFault:
    """A sentence for the technician. Faults sort by their places in the file."""

    place: Position
    key: str
    message: str

    def __post_init__(self) -> None:
        # A token that was pasted into the wrong place must not get into a log or a chat.
        object.__setattr__(self, "key", re.sub(_ACCESS, r"\1-...", self.key))
        object.__setattr__(self, "message", re.sub(_ACCESS, r"\1-...", self.message))

    def __lt__(self, other: Self) -> bool:
        mine, theirs = (self.place, self.key), (other.place, other.key)
        return (*mine, self.message) < (*theirs, other.message)

    def line(self, file: str) -> str:
        """Return ``F:LINE:COLUMN: section.key: what is wrong; what to do``."""
        return f"{file}:{self.place.line}:{self.place.column}: {self.key}: {self.message}"


def dotted(path: KeyPath) -> str:
    """Return the path as text: ``inputs[0].port``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{_word(part)}" for part in path)
    return "".join(parts).lstrip(".")


def _word(key: str) -> str:
    return key if re.fullmatch(r"[\w-]+", key) else quoted(key)


def quoted(value: str) -> str:
    """Return the value in quotes, on one line, cut to 40 characters."""
    return repr(value if len(value) <= 40 else value[:37] + "...")


def did_you_mean(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice that a word of another language means, or the most similar one, or None."""
    import difflib  # noqa: PLC0415 - only for a file with faults

    from kiosk.config.foreign_words import meant_by  # noqa: PLC0415 - only for a file with faults

    by_lower = {choice.lower(): choice for choice in choices}
    if meant := meant_by(word, by_lower) or _of_the_same_parts(word.lower(), by_lower):
        return meant
    close = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else None


def _of_the_same_parts(word: str, by_lower: dict[str, str]) -> str | None:
    """Return the only choice with all parts of the word, or of parts of it: ``pos_id``."""
    parts = set(word.split("_"))
    found = [
        choice
        for lower, choice in by_lower.items()
        if parts <= set(lower.split("_")) or set(lower.split("_")) <= parts
    ]
    return found[0] if len(found) == 1 else None


def choose(word: str, choices: Iterable[str]) -> str:
    """Return what to write instead of a word that is not one of the choices.

    A word with other digits is never guessed: it names other hardware.
    """
    choices = list(choices)
    meant = did_you_mean(word, choices)
    if meant and re.sub("[^0-9]", "", word) == re.sub("[^0-9]", "", meant):
        return _("did you mean {meant}?", meant=meant)
    written = ", ".join(choices)
    if choices[1:]:
        return _("write one of: {choices}", choices=written)
    return _("write {choice}", choice=written)

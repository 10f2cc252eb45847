"""The settings that a page shows, completed to those of a whole counter."""

from __future__ import annotations

from pathlib import Path

_COUNTER = Path(__file__).with_name("counter.yaml")


def complete(shown: str) -> str:
    """Return the shown settings and, below them, each section of a small counter that they lack.

    So that line numbers in messages are those of the shown settings, these come first.
    """
    given = _sections(shown)
    added = [text for name, text in _sections(_COUNTER.read_text()).items() if name not in given]
    return shown + "".join(added)


def _sections(text: str) -> dict[str, str]:
    """Return the lines of each section, by its name: a line that begins with a letter."""
    sections: dict[str, str] = {}
    name = ""
    for line in text.splitlines(keepends=True):
        if line[:1].isalpha():
            name = line.partition(":")[0]
        sections[name] = sections.get(name, "") + line
    return sections

"""The changelog for people, in the form of Debian's."""

from __future__ import annotations

import re
import textwrap
from datetime import UTC, datetime

# "- 1.2.3: what is new" may go on in indented lines.
_CHANGE = re.compile(r"^- (\d+\.\d+\.\d+): (.+(?:\n  .+)*)", re.MULTILINE)


def changelog_of(
    written: str, version: str, made: str, debian_version: str, maintainer: str
) -> str:
    """Write the changelog, the newest version first. Only this version's day is known."""
    changes = dict(_CHANGE.findall(written.rpartition("\n## Changes\n")[2]))
    text = changes.get(version, "Made between two releases.")
    return _entry(debian_version, text, made, maintainer, sorted_before(changes, version))


def sorted_before(changes: dict[str, str], version: str) -> dict[str, str]:
    """Return the changes of the versions before, the newest first."""
    number = _number(version)
    older = {name: text for name, text in changes.items() if _number(name) < number}
    return dict(sorted(older.items(), key=lambda pair: _number(pair[0]), reverse=True))


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.partition("+")[0]))


def _entry(
    debian_version: str, text: str, made: str, maintainer: str, older: dict[str, str]
) -> str:
    day = datetime.fromisoformat(made).replace(tzinfo=UTC)
    points = [text, *(f"{version}: {change}" for version, change in older.items())]
    filled = (
        textwrap.fill(" ".join(point.split()), 80, initial_indent="  * ", subsequent_indent="    ")
        for point in points
    )
    return (
        f"kiosk ({debian_version}) stable; urgency=medium\n\n"
        + "\n".join(filled)
        + f"\n\n -- {maintainer}  {day:%a, %d %b %Y} 00:00:00 +0000\n"
    )

"""The timeline: what happened at the counter, in its order, each with its bytes or its JSON."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

ENTRIES_KEPT = 400
MOST_BYTES = 2048  # of one entry; the rest is counted
LONGEST_TEXT = 8192  # characters of a body that is shown

Entry = dict[str, Any]


class Timeline:
    """The newest entries. Each has a number; the numbers grow by one. ``on_add`` gets each one.

    An entry has at least ``number``, ``at`` (Unix seconds), ``kind`` and ``title``.
    """

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=ENTRIES_KEPT)
        self.newest = 0
        self.on_add: Callable[[Entry], None] = lambda _entry: None

    def add(self, at: float, kind: str, title: str, **details: Any) -> Entry:
        """Append an entry, and return it. Details that are None are left out."""
        self.newest += 1
        entry = {"number": self.newest, "at": round(at, 3), "kind": kind, "title": title}
        entry |= {name: value for name, value in details.items() if value is not None}
        self._entries.append(entry)
        self.on_add(entry)
        return entry

    def add_all(self, found: Iterable[tuple[float, str, str, dict[str, Any]]]) -> None:
        """Append what was found together, in the order of its times."""
        for at, kind, title, details in sorted(found, key=lambda each: each[0]):
            self.add(at, kind, title, **details)

    def since(self, number: int) -> list[Entry]:
        """Return the entries that are newer than the one with this number, oldest first."""
        new = min(self.newest - number, len(self._entries))
        return [self._entries[index] for index in range(-new, 0)]


def bytes_shown(data: bytes) -> dict[str, Any]:
    """Return bytes as the details of an entry: ``hex``, and ``text`` with names for the rest."""
    shown = data[:MOST_BYTES]
    more = {"more": len(data) - MOST_BYTES} if len(data) > MOST_BYTES else {}
    return {"hex": shown.hex(" "), "text": readable(shown)} | more


def readable(data: bytes) -> str:
    """Return bytes as text; control characters by their ASCII names: ``<STX>``, ``<CR>``."""
    text = data.decode("utf-8", errors="replace")
    return "".join(f"<{CONTROLS[ord(char)]}>" if ord(char) in CONTROLS else char for char in text)


def body_shown(body: bytes | str) -> dict[str, Any]:
    """Return a body as the details of an entry: ``json`` if it is JSON, else ``text``."""
    text = body.decode(errors="replace") if isinstance(body, bytes) else body
    if not text:
        return {}
    try:
        return {"json": json.loads(text)} if len(text) <= LONGEST_TEXT else {"text": _cut(text)}
    except (ValueError, RecursionError):
        return {"text": _cut(text)}


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"


_NAMES = (
    "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI "
    "DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US"
)
CONTROLS = dict(enumerate(_NAMES.split())) | {127: "DEL"}

"""The transcript of a run: what happened on which channel, and when, as lines of a play."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import trio

from kiosk.inputs.text.control_names import with_names


def readable(data: bytes) -> str:
    """Return bytes for people, without the end of the line."""
    return with_names(data.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r"))


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that was seen or done. ``at`` is in seconds since the start of the run."""

    at: float
    channel: str  # panel, lamps, voice, api, wire of an input, rejected, ---
    text: str
    dull: bool = False  # left out of what people read: calls that only look

    def __str__(self) -> str:
        joint = " " if self.channel in ("---", "->") else ": "
        return f"{self.at:9.2f}  {self.channel}{joint}{self.text}"


class Transcript:
    """All that happened so far. ``changed`` is set when something happens."""

    def __init__(self) -> None:
        self.happenings: list[Happening] = []
        self.changed = trio.Event()

    def note(self, channel: str, text: str, *, dull: bool = False) -> None:
        """Add what happens now."""
        self.happenings.append(Happening(trio.current_time(), channel, text, dull))
        self.wake()

    def wake(self) -> None:
        """Wake who waits for a change."""
        self.changed.set()
        self.changed = trio.Event()

    def of(self, channel: str) -> list[str]:
        """Return the texts of a channel, oldest first, without the dull ones."""
        return [each.text for each in self.happenings if each.channel == channel and not each.dull]

    def lines(self) -> list[str]:
        """Return it for people: panel and lamps that show the same are one line."""
        return [
            str(each) for each in _in_one_voice(each for each in self.happenings if not each.dull)
        ]


def _in_one_voice(happenings: Iterable[Happening]) -> Iterator[Happening]:
    before: Happening | None = None
    for each in happenings:
        if before and {before.channel, each.channel} == {"panel", "lamps"}:
            panel, lamps = (before, each) if before.channel == "panel" else (each, before)
            if panel.text.split()[0] == lamps.text:
                before = Happening(before.at, "panel and lamps", panel.text)
                continue
        if before:
            yield before
        before = each
    if before:
        yield before

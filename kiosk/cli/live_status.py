"""``kiosk status --watch``: the live state on one screen, or line by line without a terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from importlib import metadata
from pathlib import Path
from typing import Any

import anyio

from kiosk.base.errors import ConfigError, JournalFailed
from kiosk.base.language import _, translated
from kiosk.cli.common import load_or_exit
from kiosk.cli.live_screen import ShowLines, live_screen
from kiosk.cli.status import input_line, running_status, status_file
from kiosk.config import Config
from kiosk.journal import Journal, SaleRecord
from kiosk.journal.records import age

LOOK_EVERY = 0.25  # seconds
_FULL, _EMPTY = "#", "-"  # every terminal and every font has them


def watch_status(config: Path, seconds: float) -> None:
    """Perform ``kiosk status --watch`` until Ctrl-C, or for this many seconds."""
    path, faults = status_file(config)
    screen = _LiveStatus(path, None if faults else load_or_exit(config), config, faults)
    anyio.run(_follow, screen, live_screen(), seconds)


async def _follow(status: _LiveStatus, show: ShowLines, seconds: float) -> None:
    show(status.lines(), status.time_left)
    with anyio.move_on_after(seconds):
        while True:
            await anyio.sleep(LOOK_EVERY)
            show(status.lines(), status.time_left)


class _LiveStatus:
    """The status file, and what the journal has about the sale that it names."""

    def __init__(
        self, path: Path, config: Config | None, file: Path, faults: ConfigError | None
    ) -> None:
        self._path, self._config, self._file, self._faults = path, config, file, faults
        self._latest: dict[str, Any] = {}  # the status file, as it was last read
        self._open: SaleRecord | None = None
        self._last = ""

    def lines(self) -> Iterator[str]:
        """Yield the state in lines; the most important is the first."""
        seen = self._seen()
        if not seen:
            yield _("the kiosk is not running; see systemctl status kiosk")
        else:
            yield f"{_(seen['state'])}  {seen.get('reference') or ''}".strip()
            if self._open:
                yield _("amount: {amount}", amount=self._open.sale.amount)
            for part, health in seen.get("health", {}).items():
                if health != "ok":
                    yield f"{_(part)}: {_(health)}"
            for name, state in seen.get("inputs", {}).items():
                yield input_line(name, state)
            for problem in seen.get("problems", []):
                yield _("problem: {problem}", problem=problem)
        if self._last:
            yield _("last sale: {sale}", sale=self._last)
        yield f"kiosk {metadata.version('kiosk')}, {self._file}"
        if self._faults:
            yield _("{config} has faults; see kiosk check", config=self._file)

    def time_left(self, width: int) -> str:
        """Return a bar that gets shorter until the order of the open sale expires."""
        if not (self._open and self._config):
            return ""
        whole = self._config.sale.expires_after
        left = min(max(whole - age(self._open.created_at, time.time()), 0.0), whole)
        clock = f" {int(left) // 60}:{int(left) % 60:02}"
        room = max(width - len(clock), 1)
        full = round(room * left / whole)
        return _FULL * full + _EMPTY * (room - full) + clock

    def _seen(self) -> dict[str, Any]:
        """Return the status file; empty if no kiosk is running."""
        seen = running_status(self._path)
        if seen is None:
            self._latest, self._open = {}, None
            return {}
        if "state" not in seen:
            return {}
        if seen != self._latest:
            self._latest = seen
            self._read_journal(seen.get("reference"))
        said: dict[str, Any] = translated(
            {name: value for name, value in seen.items() if name != "parts"}, seen.get("parts", {})
        )
        return said

    def _read_journal(self, reference: str | None) -> None:
        if not self._config:
            return
        try:
            with closing(Journal.open_read_only(self._config.journal.path)) as journal:
                found = journal.find(reference) if reference else None
                last = journal.last_result()
        except JournalFailed:
            found, last = None, None
        self._open = found if found and not found.outcome else None
        self._last = f"{last[1]} {last[0].amount}" if last else ""

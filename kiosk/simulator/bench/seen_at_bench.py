"""What a scenario compares its expectations with, at the visible counter."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

from kiosk.base.errors import JournalFailed
from kiosk.journal import Journal, SaleRecord
from kiosk.simulator.bench.evidence import written_at
from kiosk.simulator.bench.log_lines import LogLines
from kiosk.simulator.bench.timeline import Entry, Timeline
from kiosk.simulator.bench.watcher import Watcher
from kiosk.simulator.scenario.seen import OnPanel
from kiosk.simulator.service.messages import Operation
from kiosk.simulator.service.order import Order
from kiosk.simulator.service.order_book import OrderBook
from kiosk.simulator.twins.pace import Pace

SALES_SEEN = 1000
LOGGED_WITHIN = 0.5  # seconds of this computer, from the picture to the line about it
BUSY_FOR = 2.0  # seconds that a busy computer needs for a picture, beside the time of the panel
_ONLY_LOOKS = (Operation.GET, Operation.ACCOUNT)


class SeenAtBench:
    """A ``SeenCounter``: see ``kiosk.simulator.scenario.seen``. It takes its texts from now on.

    The panel needs ``refresh_takes`` seconds for a picture.
    """

    def __init__(
        self,
        watcher: Watcher,
        timeline: Timeline,
        log: LogLines,
        order_book: OrderBook,
        pace: Pace,
        refresh_takes: float,
    ) -> None:
        self._watcher, self._log = watcher, log
        self._order_book, self._pace = order_book, pace
        self._drawn_within = refresh_takes + BUSY_FOR
        self._replies: dict[str, list[tuple[bytes, str]]] = defaultdict(list)
        self._texts: dict[str, list[str]] = defaultdict(list)
        timeline.on_add = self._take

    def _take(self, entry: Entry) -> None:
        """Keep what an expectation can be about."""
        match entry:
            case {"kind": "said", "title": text}:
                self._texts["voice"].append(str(text))
            case {"kind": "reading", "refused": text}:
                self._texts["rejected"].append(str(text))
            case {"kind": "reply", "input": name, "hex": data}:
                self._replies[name].append((bytes.fromhex(data), ""))
            case {"kind": "reply", "input": name, "title": text}:
                self._replies[name].append((b"", str(text)))
            case {"kind": "answer", "call": call} if call not in _ONLY_LOOKS:
                self._texts["api"].append(f"{call} {entry.get('status', 'lost')}")

    def on_panel(self) -> OnPanel | None:
        """Return what is on the panel; None while it is dark."""
        frame = self._watcher.frame()
        if frame is None:
            return None
        drawn = written_at(self._watcher.evidence.panel.path(frame)) + LOGGED_WITHIN
        late = time.time() - self._drawn_within  # the same picture is not drawn twice
        shown = [each for each in self._log.asked_for if each.logged_at <= max(drawn, late)]
        if not shown:
            return OnPanel(self.signal_now())
        screen, reason, reference = shown[-1].screen, shown[-1].reason, shown[-1].sale
        amount = next((s.sale.amount for s in self.sales() if s.sale.reference == reference), None)
        return OnPanel(screen, amount.plain() if amount else "", reason)

    def signal_now(self) -> str:
        """Return what lamps and buzzer play."""
        return self._watcher.evidence.lamps.signal or ""

    def status(self) -> dict[str, Any]:
        """Return the status file; empty while there is none."""
        return self._watcher.status or {}

    def replies(self) -> Mapping[str, Sequence[tuple[bytes, str]]]:
        """Return all replies by the name of their input."""
        return self._replies

    def texts_of(self, channel: str) -> Sequence[str]:
        """Return all texts so far of a channel."""
        return self._texts[channel]

    def sales(self) -> Sequence[SaleRecord]:
        """Return the sales in the journal, oldest first; none while it can't be read."""
        try:
            with closing(Journal.open_read_only(self._watcher.journal.path)) as journal:
                return list(journal.sales(SALES_SEEN))[::-1]
        except JournalFailed:
            return []

    def orders(self) -> Sequence[Order]:
        """Return the orders at the service, oldest first."""
        return self._order_book.orders(self._pace.clock())[::-1]

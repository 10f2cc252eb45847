"""The figures of a counter, for Prometheus. Imported only where ``metrics:`` is configured.

They count since the start of the daemon, across changed configurations. The names of metrics are a
contract: dashboards and alerts use them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Enum, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from kiosk.sale import effects as do
from kiosk.sale import events as on
from kiosk.sale.effects import Effect
from kiosk.sale.events import Event
from kiosk.sale.words import Fault, Outcome
from kiosk.service.status_file import SENTENCES

QR_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0)
SEEN_SECONDS = (0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0)
RESULTS = ("accepted", "rejected", "repeated", "unread")
MOST_REASONS = 50  # of rejected readings; the rest are counted together


class SaleMetrics:
    """Counts what happens at one counter."""

    def __init__(self, version: str, clock: Callable[[], float]) -> None:
        """``clock`` returns seconds that only grow."""
        self._clock = clock
        self._registry = registry = CollectorRegistry()
        self._state = _StateCollector()
        registry.register(self._state)
        version_known = Gauge(
            "kiosk_info", "The version of the kiosk.", ["version"], registry=registry
        )
        version_known.labels(version).set(1)
        self._now = Enum(
            "kiosk_state", "What the counter does.", states=[*SENTENCES], registry=registry
        )
        self._rejects = Counter(
            "kiosk_rejected_readings", "Rejected readings that were shown.", ["input", "reason"],
            registry=registry,
        )  # fmt: skip
        self._orders = Counter("kiosk_orders_created", "Orders of the service.", registry=registry)
        self._ends = Counter("kiosk_sales_ended", "Ends of sales.", ["outcome"], registry=registry)
        self._looks = Counter("kiosk_looks", "Looks at orders.", ["when"], registry=registry)
        self._failures = Counter(
            "kiosk_calls_failed",
            "Calls to the service that failed.",
            ["failure"],
            registry=registry,
        )
        self._faults = Counter(
            "kiosk_faults", "Faults of the panel and the journal.", ["part"], registry=registry
        )
        self._losses = Counter(
            "kiosk_input_losses", "How often an input was lost.", ["input"], registry=registry
        )
        self._qr = Histogram(
            "kiosk_qr_seconds", "From the reading to its QR on the panel.",
            buckets=QR_SECONDS, registry=registry,
        )  # fmt: skip
        self._seen = Histogram(
            "kiosk_seen_seconds", "From the payment, by the service's clock, to its result.",
            buckets=SEEN_SECONDS, registry=registry,
        )  # fmt: skip
        self._begin_at_zero()
        self._read_at: dict[str, float] = {}  # by input: its latest amount
        self._asked_at: tuple[str, float] = "", 0.0  # the sale at the counter, and its reading
        self._shown_at: tuple[str, float] = "", 0.0  # the sale whose QR was shown last
        self._reasons: set[str] = set()

    def _begin_at_zero(self) -> None:
        """Export 0 for what has not happened: a rate needs a first value."""
        for outcome in Outcome:
            self._ends.labels(outcome.value)
        for when in ("sale", "later"):
            self._looks.labels(when)
        for failure in on.Failure:
            self._failures.labels(failure.value)
        for part in (Fault.PANEL, Fault.JOURNAL):
            self._faults.labels(part.value)

    # --- what happens ----------------------------------------------------------------------------

    def note(self, event: Event, effects: Sequence[Effect]) -> None:
        """Count an event, and what the kiosk did about it."""
        match event:
            case on.AmountRead(source=source):
                self._read_at[source] = self._clock()
            case on.ReadingRejected(reason, source):
                self._rejects.labels(source, self._bounded(reason)).inc()
            case on.QrShown(reference):
                self._shown_at = reference, self._clock()
                if reference == self._asked_at[0]:
                    self._qr.observe(self._clock() - self._asked_at[1])
            case on.CallFailed(failure) | on.LookedLater(answer=on.CallFailed(failure)):
                self._failures.labels(failure.value).inc()
            case on.DeviceFailed(fault):
                self._faults.labels(fault.value).inc()
            case on.InputLost(source):
                self._losses.labels(source).inc()
        for effect in effects:
            self._count(effect)

    def _count(self, effect: Effect) -> None:
        match effect:
            case do.Remember(do.SaleOpened(sale)):
                now = self._clock()
                self._asked_at = sale.reference, self._read_at.get(sale.source, now)
            case do.Remember(do.OrderKnown()):
                self._orders.inc()
            case do.Remember(do.SaleEnded() as end):
                self._ends.labels(end.outcome.value).inc()
                if end.paid_after is not None and end.reference == self._shown_at[0]:
                    late = self._clock() - self._shown_at[1] - end.paid_after
                    self._seen.observe(max(0.0, late))
            case do.FetchOrder():
                self._looks.labels("sale").inc()
            case do.LookLater():
                self._looks.labels("later").inc()

    def _bounded(self, reason: str) -> str:
        """Return the reason without its details, which could be thousands."""
        words = str(getattr(reason, "message", reason))
        if len(self._reasons) < MOST_REASONS:
            self._reasons.add(words)
        return words if words in self._reasons else "other"

    # --- what is so now --------------------------------------------------------------------------

    def status_is(self, status: Mapping[str, Any], problems: Mapping[str, str]) -> None:
        """Take the status, and the problems of the parts that have some, by their names."""
        self._now.state(status["state"])
        self._state.take(status, problems)

    def text(self, journal: Path, now: float) -> bytes:
        """Return all figures in Prometheus' text format; ``now`` in Unix seconds."""
        self._state.measure(journal, now)
        return generate_latest(self._registry)

    @property
    def registry(self) -> CollectorRegistry:
        """All figures, for a server."""
        return self._registry


class _StateCollector(Collector):
    """What is so now: it is read from the status when somebody asks for it."""

    def __init__(self) -> None:
        self._inputs: Mapping[str, Mapping[str, Any]] = {}
        self._set_aside = 0
        self._broken: dict[str, bool] = {}  # by the part's name
        self._begun: dict[str, int] = {}  # problems of that part
        self._journal, self._at = 0, 0.0

    def take(self, status: Mapping[str, Any], problems: Mapping[str, str]) -> None:
        """Take the status."""
        self._inputs = status.get("inputs", {})
        self._set_aside = len(status.get("set_aside", ()))
        for part, problem in problems.items():
            new = bool(problem) and not self._broken.get(part)
            self._begun[part] = self._begun.get(part, 0) + new
            self._broken[part] = bool(problem)

    def measure(self, journal: Path, now: float) -> None:
        """Measure the journal, with what waits beside it to be written into it."""
        beside = (journal, journal.with_name(journal.name + "-wal"))
        self._journal = sum(file.stat().st_size for file in beside if file.exists())
        self._at = now

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics."""
        readings = CounterMetricFamily(
            "kiosk_readings", "Readings of an input, by what became of them.",
            labels=["input", "result"],
        )  # fmt: skip
        for name, counts in self._inputs.items():
            for result in RESULTS:
                readings.add_metric([name, result], counts.get(result, 0))
        yield readings
        yield _gauges(
            "kiosk_input_connected", "1 while the input is connected.", "input",
            ((name, bool(each["connected"])) for name, each in self._inputs.items()),
        )  # fmt: skip
        yield _gauges(
            "kiosk_part_broken", "1 while the part has a problem.", "part", self._broken.items()
        )
        problems = CounterMetricFamily(
            "kiosk_part_problems", "How often a part got a problem.", labels=["part"]
        )
        for part, times in self._begun.items():
            problems.add_metric([part], times)
        yield problems
        yield GaugeMetricFamily(
            "kiosk_sales_set_aside", "Sales that wait for their end.", self._set_aside
        )
        yield GaugeMetricFamily("kiosk_journal_bytes", "Size of the journal.", self._journal)
        yield GaugeMetricFamily("kiosk_written_at_seconds", "When this was written.", self._at)


def _gauges(
    name: str, text: str, label: str, values: Iterable[tuple[str, bool]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label])
    for each, value in values:
        family.add_metric([each], value)
    return family

"""The figures for Prometheus: what they count, and that dashboard and alerts name them rightly."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families as families

from kiosk.base.localized_text import english
from kiosk.relay.relay_metrics import RelayMetrics
from kiosk.sale import effects as do
from kiosk.sale import events as on
from kiosk.sale.events import Event
from kiosk.sale.words import Fault, Outcome, Sale
from kiosk.service.metrics import MOST_REASONS, SaleMetrics
from tests.support.play import pesos

FLEET = Path(__file__).parents[2] / "config" / "fleet"
ALERTS, DASHBOARD = FLEET / "kiosk-alerts.yml", FLEET / "kiosk-dashboard.json"
SALE = Sale("k1-1", pesos("12.50"), "caja")
STATUS: dict[str, Any] = {
    "state": "idle",
    "reference": None,
    "health": {},
    "set_aside": ["k1-7"],
    "inputs": {
        "caja": {"connected": True, "accepted": 3, "rejected": 25, "repeated": 1, "unread": 2},
        "lector": {"connected": False, "accepted": 0, "rejected": 0, "repeated": 0, "unread": 0},
    },
}


class Counted:
    """A counter whose figures are read as Prometheus reads them."""

    def __init__(self) -> None:
        self.now = 0.0
        self.metrics = SaleMetrics("1.2.3", lambda: self.now)

    def at(
        self, now: float, event: Event, *facts: do.Fact, calls: Iterable[do.Effect] = ()
    ) -> None:
        self.now = now
        self.metrics.note(event, [*map(do.Remember, facts), *calls])

    def samples(self, journal: Path = Path("none")) -> dict[str, float]:
        text = self.metrics.text(journal, 1_800_000_000.0).decode()
        return {
            f"{sample.name}{_labels(sample.labels)}": sample.value
            for family in families(text)
            for sample in family.samples
        }


def _labels(labels: dict[str, str]) -> str:
    inner = ",".join(f"{name}={value}" for name, value in sorted(labels.items()))
    return f"{{{inner}}}" if inner else ""


def test_a_sale_is_timed_from_its_reading_to_its_result() -> None:
    counted = Counted()
    counted.at(10, on.AmountRead(SALE.amount, "caja"), do.SaleOpened(SALE))
    counted.at(10.4, on.TimePassed(), do.OrderKnown("k1-1", "ORD1"))
    counted.at(10.7, on.QrShown("k1-1"), calls=[do.FetchOrder("ORD1"), do.FetchOrder("ORD1")])
    end = do.SaleEnded("k1-1", Outcome.PAID, "it says so", paid_after=5.0)
    counted.at(17.2, on.TimePassed(), end, calls=[do.LookLater("k1-1", "ORD1", "fetch")])
    samples = counted.samples()
    assert samples["kiosk_qr_seconds_count"] == samples["kiosk_seen_seconds_count"] == 1
    assert samples["kiosk_qr_seconds_sum"] == pytest.approx(0.7)
    assert samples["kiosk_seen_seconds_sum"] == pytest.approx(1.5)
    assert samples["kiosk_orders_created_total"] == 1
    assert samples["kiosk_sales_ended_total{outcome=paid}"] == 1
    assert samples["kiosk_sales_ended_total{outcome=expired}"] == 0, "a rate needs a first value"
    assert samples["kiosk_looks_total{when=sale}"] == 2
    assert samples["kiosk_looks_total{when=later}"] == 1


def test_the_times_of_another_sale_are_not_taken() -> None:
    """After a restart the QR was shown by a process that is gone."""
    counted = Counted()
    counted.at(1, on.QrShown("k1-1"))
    counted.at(9, on.TimePassed(), do.SaleEnded("k1-0", Outcome.PAID, "", paid_after=5.0))
    counted.at(10, on.TimePassed(), do.SaleEnded("k1-1", Outcome.PAID, "", paid_after=60.0))
    samples = counted.samples()
    assert samples["kiosk_qr_seconds_count"] == 0
    assert (samples["kiosk_seen_seconds_count"], samples["kiosk_seen_seconds_sum"]) == (1, 0)


def test_faults_and_failures_are_counted() -> None:
    counted = Counted()
    counted.at(1, on.DeviceFailed(Fault.PANEL, "gone"))
    counted.at(2, on.CallFailed(on.Failure.UNKNOWN, "no answer"))
    counted.at(3, on.LookedLater("k1-1", on.CallFailed(on.Failure.UNKNOWN, "no answer")))
    counted.at(4, on.InputLost("caja", "unplugged"))
    samples = counted.samples()
    assert samples["kiosk_faults_total{part=panel}"] == 1
    assert samples[f"kiosk_calls_failed_total{{failure={on.Failure.UNKNOWN.value}}}"] == 2
    assert samples["kiosk_input_losses_total{input=caja}"] == 1


def test_rejects_are_counted_by_their_reason_without_details() -> None:
    counted = Counted()
    for number in range(500):
        counted.at(1, on.ReadingRejected(english("{text} is not an amount", text=number), "caja"))
    for number in range(500):
        counted.at(1, on.ReadingRejected(f'a "hostile"\nreason {number}', "caja"))
    samples = counted.samples()
    assert (
        samples["kiosk_rejected_readings_total{input=caja,reason={text} is not an amount}"] == 500
    )
    named = [name for name in samples if name.startswith("kiosk_rejected_readings_total")]
    assert len(named) == MOST_REASONS + 1
    assert (
        samples["kiosk_rejected_readings_total{input=caja,reason=other}"] == 500 - MOST_REASONS + 1
    )


def test_the_status_is_exported(tmp_path: Path) -> None:
    counted = Counted()
    journal = tmp_path / "journal.sqlite3"
    journal.write_bytes(b"x" * 4096)
    (tmp_path / "journal.sqlite3-wal").write_bytes(b"x" * 100)
    for problem in ("", "gone", "gone for long", "", "gone"):
        counted.metrics.status_is(STATUS, {"fleet": problem})
    samples = counted.samples(journal)
    assert samples["kiosk_state{kiosk_state=idle}"] == 1
    assert samples["kiosk_state{kiosk_state=out_of_service}"] == 0
    assert samples["kiosk_readings_total{input=caja,result=rejected}"] == 25
    assert samples["kiosk_readings_total{input=caja,result=unread}"] == 2
    assert samples["kiosk_input_connected{input=lector}"] == 0
    assert samples["kiosk_sales_set_aside"] == 1
    assert samples["kiosk_part_broken{part=fleet}"] == 1
    assert samples["kiosk_part_problems_total{part=fleet}"] == 2
    assert samples["kiosk_journal_bytes"] == 4196
    assert samples["kiosk_info{version=1.2.3}"] == 1
    assert samples["kiosk_written_at_seconds"] == 1_800_000_000.0


# --- the files for Prometheus and Grafana ---------------------------------------------------------

LABELS = re.compile(r"\{[^}]*\}|\bby \([a-z_, ]+\)")


def exported() -> dict[str, str]:
    """Return the types of all metrics, by the name that a query uses."""
    counted = Counted()
    counted.at(1, on.ReadingRejected("noise", "caja"))
    counted.at(1, on.InputLost("caja", "gone"))
    counted.metrics.status_is(STATUS, {"fleet": "gone"})
    relay = RelayMetrics()
    relay.notice("hinted", 0.001)
    relay.hint("sent")
    text = (counted.metrics.text(Path("none"), 1.0) + relay.text()).decode()
    return {
        sample.name: family.type for family in families(text) for sample in family.samples
    }  # fmt: skip


def queries() -> Iterator[str]:
    """Yield the queries of both files."""
    for group in yaml.safe_load(ALERTS.read_text())["groups"]:
        yield from (rule["expr"] for rule in group["rules"])
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        yield from (target["expr"] for target in panel["targets"])


def metrics_in(query: str) -> list[str]:
    return re.findall(r"\bkiosk_[a-z_]+", LABELS.sub("", query))


@pytest.mark.parametrize("query", [*queries()])
def test_dashboard_and_alerts_ask_for_what_is_exported(query: str) -> None:
    """A counter is only ever asked for its rate, and a histogram for its quantiles."""
    types = exported()
    names = metrics_in(query)
    assert names
    for name in names:
        assert name in types, name
        rate = re.search(rf"(rate|increase)\({name}(\{{[^}}]*\}})?\[", query)
        assert bool(rate) == (types[name] in ("counter", "histogram")), query
        assert name.endswith("_bucket") == (types[name] == "histogram"), query


def test_each_metric_is_of_use() -> None:
    """What nobody looks at is not exported."""
    asked = {name for query in queries() for name in metrics_in(query)}
    families_asked = {re.sub("_(total|bucket)$", "", name) for name in asked}
    exported_families = {
        re.sub("_(total|bucket|count|sum|created)$", "", name) for name in exported()
    }
    assert exported_families == families_asked


def test_each_alert_says_what_to_do() -> None:
    for group in yaml.safe_load(ALERTS.read_text())["groups"]:
        for rule in group["rules"]:
            assert rule["labels"]["severity"] in ("critical", "warning")
            assert "{{ $labels.instance }}" in rule["annotations"]["summary"]


def test_the_dashboard_has_what_grafana_needs() -> None:
    board = json.loads(DASHBOARD.read_text())
    assert {"uid", "title", "schemaVersion", "panels", "templating", "time"} <= {*board}
    panels = board["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}
    assert len(places) == len(panels), "no panel hides another one"
    (source,) = board["templating"]["list"]
    assert {panel["datasource"]["uid"] for panel in panels} == {f"${{{source['name']}}}"}


@pytest.mark.skipif(
    not shutil.which("promtool"),
    reason="promtool is missing; on Debian: sudo apt install prometheus",
)
def test_prometheus_takes_the_alerts_and_the_figures() -> None:
    subprocess.run(["promtool", "check", "rules", str(ALERTS)], check=True, capture_output=True)
    counted = Counted()
    counted.metrics.status_is(STATUS, {"fleet": "gone"})
    text = counted.metrics.text(Path("none"), 1.0)
    words = ["promtool", "check", "metrics"]
    done = subprocess.run(words, input=text, check=False, capture_output=True)
    assert done.returncode == 0, done

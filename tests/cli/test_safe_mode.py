"""``kiosk safe-mode`` as a process: what people see while the kiosk does not start."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest

from kiosk.base.money import Money
from kiosk.journal import Journal
from kiosk.sale.effects import SaleEnded, SaleOpened, Show
from kiosk.sale.words import Outcome, Sale, Screen
from tests.support.glass import is_on
from tests.support.processes import eventually, running

CONFIG = """\
kiosk: {{name: counter-1, language: es, currency: ARS}}
inputs: [{{driver: fake, path: {out}/buttons}}]
orders: {{token: {{credential: token}}, external_pos_id: COUNTER1}}
display: {{driver: fake, size: 250x122, frames: {out}/frames}}
signals: {{driver: fake, record: {out}/signals.jsonl}}
journal: {{path: {out}/journal.sqlite3}}
service: {{status_file: {out}/status.json}}
"""
START = Show(Screen.OUT_OF_SERVICE, reason="start")
SALE = Sale("counter-1-XYZ-7", Money.of("12.50", "ARS"), "fake")
CHECKING = Show(Screen.CHECKING, amount=SALE.amount, reference=SALE.reference)


class Counter:
    """A counter whose kiosk does not start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "kiosk.yaml"
        self.config.write_text(CONFIG.format(out=folder))

    @contextmanager
    def safe_mode(self, **environ: str) -> Iterator[None]:
        words = ("safe-mode", "--config", str(self.config))
        with running(*words, log=self.folder / "log", **environ):
            yield

    def remember(self, *outcomes: Outcome | None) -> None:
        """Put a sale into the journal, as a kiosk that has ended leaves it."""
        path = self.folder / "journal.sqlite3"
        with closing(Journal.open(path, lambda: 0.0)) as journal:
            journal.remember(SaleOpened(SALE), b"{}")
            for outcome in outcomes:
                if outcome:
                    journal.remember(SaleEnded(SALE.reference, outcome, "seen"))

    def shows(self, show: Show) -> Callable[[], bool]:
        """Return a function that says whether the panel shows exactly this."""
        return partial(is_on, self.folder / "frames", show)

    def said(self) -> str:
        return (self.folder / "log").read_text()

    def signals(self) -> list[str]:
        path = self.folder / "signals.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return [line["signal"] for line in map(json.loads, lines) if "signal" in line]


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    return Counter(tmp_path)


def test_panel_and_lamps_show_that_the_kiosk_does_not_start(counter: Counter) -> None:
    with counter.safe_mode():
        eventually(counter.shows(START))
        eventually(lambda: counter.signals() == ["out_of_service"])
        status = counter.folder / "status.json"
        eventually(status.exists)
        said = json.loads(status.read_text())
        assert (said["state"], said["health"]) == ("out_of_service", {"start": "failed"})
    assert "sudo systemctl restart kiosk" in counter.said()
    assert not (counter.folder / "status.json").exists()


def test_who_may_have_paid_is_told_not_to_pay_again(counter: Counter) -> None:
    counter.remember(None)
    before = (counter.folder / "journal.sqlite3").read_bytes()
    with counter.safe_mode():
        eventually(counter.shows(CHECKING))
        eventually(lambda: counter.signals() == ["checking"])
    assert (counter.folder / "journal.sqlite3").read_bytes() == before


@pytest.mark.slow
def test_a_sale_that_has_ended_gives_no_warning(counter: Counter) -> None:
    counter.remember(Outcome.PAID)
    with counter.safe_mode():
        eventually(counter.shows(START))


def test_a_row_of_the_journal_that_can_not_be_read_does_not_hide_the_message(
    counter: Counter,
) -> None:
    counter.remember(None)
    with closing(sqlite3.connect(counter.folder / "journal.sqlite3")) as db, db:
        db.execute("UPDATE sales SET amount = '5u5.00', outcome = 'qaid'")
    with counter.safe_mode():
        eventually(counter.shows(START))
        eventually(lambda: counter.signals() == ["out_of_service"])


def test_a_broken_configuration_is_logged_and_the_last_good_one_shows_the_message(
    counter: Counter,
) -> None:
    good = counter.config.read_text()
    (counter.folder / "kiosk.yaml.good").write_text(good)
    counter.config.write_text(good.replace("ARS", "ARG").replace("frames", "frammes"))
    with counter.safe_mode():
        eventually(counter.shows(START))
    assert "did you mean ARS?" in counter.said()
    assert "display.frammes" in counter.said()


@pytest.mark.slow
def test_without_any_good_configuration_the_log_says_so(counter: Counter) -> None:
    counter.config.write_text("display: 7\n")
    with counter.safe_mode():
        eventually(lambda: (counter.folder / "log").exists() and "they stay off" in counter.said())
    assert "kiosk.yaml:1:" in counter.said()


def test_a_panel_that_is_gone_leaves_the_lamps(counter: Counter) -> None:
    gone = counter.folder / "unplugged"
    gone.touch()
    text = counter.config.read_text()
    counter.config.write_text(text.replace("size: 250x122", f"fail_while: {gone}, size: 250x122"))
    with counter.safe_mode():
        eventually(lambda: counter.signals() == ["out_of_service"])
        gone.unlink()
        eventually(counter.shows(START))


@pytest.mark.slow
def test_a_panel_whose_driver_is_broken_leaves_the_lamps(counter: Counter) -> None:
    text = counter.config.read_text()
    panel = next(line for line in text.splitlines() if line.startswith("display:"))
    counter.config.write_text(text.replace(panel, "display: {driver: oled, chip: ssd1306}"))
    (counter.folder / "luma.py").write_text("raise TypeError('this library is broken')\n")
    with counter.safe_mode(PYTHONPATH=str(counter.folder)):
        eventually(lambda: counter.signals() == ["out_of_service"])
        eventually(lambda: "this library is broken" in counter.said())


def test_an_unreadable_journal_is_logged_and_the_message_is_shown(counter: Counter) -> None:
    (counter.folder / "journal.sqlite3").write_text("no journal" * 500)
    with counter.safe_mode():
        eventually(counter.shows(START))
    assert "can't find out whether a sale is open" in counter.said()

"""The bench without a browser: what it reads from the fake devices, and what its page answers."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from kiosk.base.money import CURRENCIES, Money
from kiosk.display.fake import FakePanelSettings
from kiosk.inputs.fake import FakeInputSettings
from kiosk.sale.effects import Reply
from kiosk.sale.words import Outcome, Screen
from kiosk.service.status_file import StatusFile
from kiosk.signals.fake import FakeSignalsSettings
from kiosk.simulator.bench.evidence import FakePanelView, LampsView, StatusView, Tail
from kiosk.simulator.bench.start import rename_earlier_journal

PICTURE = Image.new("1", (250, 122))

# --- evidence: written by the fake devices, read by the bench --------------------------------


def panel_settings(frames: Path) -> FakePanelSettings:
    return FakePanelSettings(driver="fake", frames=frames)


def test_the_panel_is_dark_until_something_is_drawn(tmp_path: Path) -> None:
    panel_settings(tmp_path).open().show(PICTURE)  # an earlier run
    view = FakePanelView(tmp_path)
    panel = panel_settings(tmp_path).open()
    assert view.newest() is None
    panel.show(PICTURE)
    panel.show(PICTURE)
    assert view.newest() == 3
    assert view.path(3).read_bytes().startswith(b"\x89PNG")


def test_lamps_and_tones_are_those_since_the_lights_were_switched_on(tmp_path: Path) -> None:
    record = tmp_path / "signals.jsonl"
    now = [100.0]
    lamps = FakeSignalsSettings(record=record).open(lambda: now[0])
    lamps.light("red", 1.0)
    lamps_view = LampsView(record)
    lamps_view.update()
    assert (lamps_view.signal, lamps_view.levels, list(lamps_view.tones)) == (None, {}, [])
    lamps.begin(Screen.PAID)
    lamps.light("green", 0.5)
    lamps.tone(523)
    now[0] = 100.15
    lamps.tone(0)
    lamps_view.update()
    assert (lamps_view.signal, lamps_view.levels) == ("paid", {"green": 0.5})
    assert list(lamps_view.tones) == [(100.0, 523), (100.15, 0)]


def test_each_reply_is_read_once_and_as_a_whole_line(tmp_path: Path) -> None:
    replies = tmp_path / "replies.jsonl"
    register = FakeInputSettings(path=tmp_path / "keys", replies=replies).open(CURRENCIES["ARS"])
    paper = Tail(replies)
    assert paper.new() == []
    register.reply(Reply("fake", "r-1", Money.of("12.50", "ARS"), Outcome.PAID))
    with replies.open("a") as file:
        file.write('{"reference": "r-')  # a line that is not complete yet
    assert paper.new() == [{"reference": "r-1", "amount": "12.50", "outcome": "paid"}]
    with replies.open("a") as file:
        file.write('2"}\n')
    assert paper.new() == [{"reference": "r-2"}]
    assert paper.new() == []


def test_a_record_that_was_started_again_is_read_from_its_start(tmp_path: Path) -> None:
    record = tmp_path / "signals.jsonl"
    record.write_text('{"signal": "idle", "at": 1.0}\n')
    tail = Tail(record)
    record.write_text("{}\n")
    assert tail.new() == [{}]


def test_the_status_of_an_earlier_run_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    StatusFile(path).write({"state": "paying", "reference": "K-1", "health": {}})
    status = StatusView(path)
    assert status.read() is None
    StatusFile(path).write({"state": "starting", "reference": None, "health": {}})
    seen = status.read()
    assert seen is not None
    assert seen["state"] == "starting"


def test_the_journal_of_the_last_simulation_is_renamed(tmp_path: Path) -> None:
    journal = tmp_path / "journal.sqlite3"
    rename_earlier_journal(journal)
    for text in ("first", "second"):
        journal.write_text(text)
        rename_earlier_journal(journal)
        assert not journal.exists()
        assert (tmp_path / "journal.sqlite3.earlier").read_text() == text

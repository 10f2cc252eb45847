"""The bench without a browser: what it reads from the fake devices, and what its page answers."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from typing import Any

import anyio
import httpx
import pytest
from PIL import Image

from kiosk.base.money import CURRENCIES, Money
from kiosk.display.fake import FakePanelSettings
from kiosk.inputs.fake import FakeInputSettings
from kiosk.sale.effects import Reply
from kiosk.sale.words import Outcome, Screen
from kiosk.service.status_file import StatusFile
from kiosk.signals.fake import FakeSignalsSettings
from kiosk.simulator.bench.bench import Bench
from kiosk.simulator.bench.evidence import FakePanelView, LampsView, StatusView, Tail
from kiosk.simulator.bench.page import create_page
from kiosk.simulator.bench.start import rename_earlier_journal
from kiosk.simulator.faults.fault_rules import Faults
from kiosk.simulator.service.messages import Operation
from kiosk.simulator.service.order_book import OrderBook
from kiosk.simulator.twins.counter import SimulatedCounter
from kiosk.simulator.twins.daemon_process import DaemonProcess
from kiosk.simulator.twins.pace import Pace
from kiosk.simulator.twins.simulation_folder import SimulationFolder
from tests.simulator.bench.bench_rig import write_config

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


# --- the page, with the daemon switched off ---------------------------------------------------


class Visit:
    """The page of a bench whose daemon is not started."""

    def __init__(self, folder: Path, currency: str = "ARS") -> None:
        path = write_config(folder, currency=currency)
        self.faults = Faults()
        pace = Pace(lambda: 1000.0)
        counter = SimulatedCounter(path, SimulationFolder.claim(folder), 8801, pace.clock)
        self.daemon = DaemonProcess(counter, pace)
        book = OrderBook(Random(1))
        self.app = create_page(
            Bench(counter.config, self.daemon, book, self.faults, lambda: 1000.0)
        )

    def __call__(self, method: str, url: str, **sent: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://bench") as client:
                return await client.request(method, url, **sent)

        return anyio.run(ask, backend="trio")


@pytest.fixture
def visit(tmp_path: Path) -> Visit:
    return Visit(tmp_path)


def test_the_page_comes_whole_from_this_computer(visit: Visit) -> None:
    page = visit("GET", "/").text
    parts = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert parts
    assert {visit("GET", part).status_code for part in parts} == {200}
    assert all(part.startswith("/static/") for part in parts)


def test_every_trouble_has_its_switch_on_the_page(visit: Visit) -> None:
    on_page = set(re.findall(r'data-trouble="(\w+)"', visit("GET", "/").text))
    assert on_page == visit("GET", "/state").json()["trouble"].keys()


def test_while_the_daemon_is_off_its_devices_are_dark(visit: Visit) -> None:
    state = visit("GET", "/state").json()
    assert (state["kiosk"], state["starts"], state["order"]) == (None, 0, None)


def test_the_page_learns_how_the_counters_money_is_written(tmp_path: Path) -> None:
    about = Visit(tmp_path, currency="CLP")("GET", "/state").json()["counter"]
    assert (about["symbol"], about["thousands"], about["decimals"]) == ("$", ".", 0)
    assert about["panel"] == {"width": 250, "height": 122}


@pytest.mark.parametrize(
    ("button", "sent", "status", "sentence"),
    [
        ("/amount", {"amount": "12.50"}, 409, "The kiosk is off"),
        ("/cancel", {}, 409, "The kiosk is off"),
        ("/last", {}, 409, "The kiosk is off"),
        ("/garbled", {}, 409, "The kiosk is off"),
        ("/pay", {"takes": 0}, 409, "nothing to pay"),
        ("/amount", {"amount": "1\ncancel"}, 400, "write it like 1234.56"),
        ("/amount", {}, 400, "amount"),
        ("/trouble", {"name": "ghosts", "on": True}, 400, "ghosts"),
    ],
)
def test_a_button_that_can_do_nothing_says_why(
    visit: Visit, button: str, sent: dict[str, Any], status: int, sentence: str
) -> None:
    answer = visit("POST", button, json=sent)
    assert answer.status_code == status
    assert sentence in answer.json()["error"]


def test_no_form_of_another_site_presses_a_button(visit: Visit) -> None:
    assert visit("POST", "/plug", data={"now": "yes"}).status_code == 415


def test_the_power_can_be_cut_twice(visit: Visit) -> None:
    assert visit("POST", "/plug", json={}).status_code == 204


def test_there_is_no_frame_but_those_of_the_panel(visit: Visit) -> None:
    assert visit("GET", "/panel/1.png").status_code == 404
    assert visit("GET", "/panel/..%2Fstatus.json.png").status_code == 404


def test_a_fault_lasts_until_it_is_switched_off(visit: Visit) -> None:
    def rules() -> list[str]:
        return [type(rule).__name__ for rule in visit.faults.rules_for(Operation.CREATE)]

    visit("POST", "/trouble", json={"name": "slow", "on": True})
    visit("POST", "/trouble", json={"name": "answers_lost", "on": True})
    assert sorted(rules()) == ["Delay", "DropReply"]
    visit("POST", "/trouble", json={"name": "slow", "on": False})
    assert rules() == ["DropReply"]
    assert visit("GET", "/state").json()["trouble"]["answers_lost"] is True


def test_the_panel_can_be_unplugged(visit: Visit, tmp_path: Path) -> None:
    visit("POST", "/trouble", json={"name": "panel", "on": True})
    assert (tmp_path / "unplugged").exists()
    visit("POST", "/trouble", json={"name": "panel", "on": False})
    assert not (tmp_path / "unplugged").exists()

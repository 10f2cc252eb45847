"""Each kind of input at the bench, in a real browser: what is done there, and the bytes it sends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.simulator.bench.bench_rig import Counter, simulation
from tests.simulator.bench.visit import CHROMIUM, NO_CHROMIUM, Visit, configured, visiting

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]

PRICES = "code,title,price\n7790001001054,Yerba 1 kg,4250.00\n7790001001061,Pan lactal,1900.00\n"
NUMBER = 'number: {decimal: ",", thousands: "."}'
INPUTS = f"""\
  - driver: serial_line
    name: line
    port: /dev/ttyUSB0
    {NUMBER}
    amount: 'TOTAL\\s+\\$?\\s*(?P<amount>\\S+)'
    reply: {{paid: "PAID {{amount}} {{reference}}\\r\\n", failed: "FAIL {{outcome}}\\r\\n"}}
  - {{driver: pole_display, name: pole, port: /dev/ttyUSB1, dialect: epson, settle: 100 ms, {NUMBER}}}
  - {{driver: escpos_printer, name: printer, port: /dev/ttyUSB2, {NUMBER}}}
  - {{driver: ecr_terminal, name: terminal, port: /dev/ttyUSB3, transbank: {{}}}}
  - driver: scanner_hid
    name: scanner
    device: /dev/input/event3
    codes: {{catalogue: {{file: PRICES, number: {{decimal: "."}}}}}}
  - {{driver: command, name: program, path: OUT/command.sock}}
  - {{driver: button, name: cancel, pin: 5}}
"""


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    folder = tmp_path_factory.mktemp("inputs")
    (folder / "prices.csv").write_text(PRICES)
    inputs = INPUTS.replace("PRICES", str(folder / "prices.csv")).replace("OUT", str(folder))
    usual = f"  - {{driver: fake, path: {folder}/buttons, replies: {folder}/replies.jsonl}}\n"
    with simulation(folder, configured(folder, {usual: inputs})) as counter:
        yield counter


@pytest.fixture
def visit(browser: Browser, counter: Counter) -> Iterator[Visit]:
    with visiting(browser, counter.url) as visit:
        expect(visit.see("#panel")).to_be_visible()
        yield visit


def bytes_shown(visit: Visit) -> str:
    return visit.see(".console:not([hidden]) .bytes li").first.inner_text()


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("line", "54 4F 54 41 4C"),  # TOTAL
        ("pole", "900,00"),
        ("printer", "1B 40"),  # ESC @
        ("terminal", "0200|900"),
        ("program", "900"),
    ],
)
def test_a_total_goes_over_the_wire_in_the_dialect_of_its_input(
    visit: Visit, name: str, sent: str
) -> None:
    visit.tab(name)
    visit.key("900")
    visit.state_is("paying")
    assert sent in bytes_shown(visit)
    visit.payer("pays")
    visit.signal_is("paid")
    visit.journal_says("900.00", "paid")


def test_an_article_of_the_price_list_is_scanned(visit: Visit) -> None:
    visit.tab("scanner")
    visit.page.get_by_role("button", name="Yerba 1 kg").click()
    visit.state_is("paying")
    visit.payer("scans")
    expect(visit.see("#asked")).to_have_text("$ 4.250,00")
    visit.payer("pays")
    visit.signal_is("paid")


def test_a_code_that_is_not_in_the_price_list_is_refused_beside_the_panel(visit: Visit) -> None:
    visit.tab("scanner")
    visit.page.get_by_label("Code", exact=True).fill("7791234567898")
    visit.press("Scan")
    expect(visit.see("#refused")).to_contain_text("The last total was refused.")
    visit.happened("signal", "the total was not accepted")


def test_the_button_on_the_counter_cancels(visit: Visit) -> None:
    visit.tab("line")
    visit.sell("31")
    visit.tab("cancel")
    visit.see(".round-buttons .cancel").click()
    visit.signal_is("canceled")


def test_an_unplugged_input_is_told_and_plugged_in_again(visit: Visit) -> None:
    visit.tab("line")
    visit.press("Unplug")
    expect(visit.see("#problems")).to_contain_text("line")
    visit.press("Plug in")
    expect(visit.see("#problems")).to_be_hidden()


def test_the_paper_tells_what_the_register_got_back(visit: Visit) -> None:
    visit.tab("line")
    visit.sell("44")
    visit.payer("pays")
    expect(visit.see(".console:not([hidden]) .roll")).to_contain_text("PAID 44.00")


def test_a_code_that_is_far_too_long_is_refused_and_the_next_one_sells(visit: Visit) -> None:
    visit.tab("scanner")
    visit.page.get_by_label("Code", exact=True).fill("7790001001061" * 45)
    visit.press("Scan")
    expect(visit.see("#refused")).to_be_visible()
    visit.page.get_by_role("button", name="Pan lactal").click()
    visit.state_is("paying")
    visit.page.keyboard.press("Escape")
    visit.signal_is("canceled")


def test_the_looks_of_each_console_are_kept(visit: Visit, tmp_path: Path) -> None:
    for name in ("scanner", "printer", "cancel"):
        visit.tab(name)
        assert visit.faults_found_by_axe() == []
        visit.picture(f"bench-{name}")

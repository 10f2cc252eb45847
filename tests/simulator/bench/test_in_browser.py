"""The bench as a person uses it: sales, payers, faults and power cuts in a real browser."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
import zxingcpp
from PIL import Image, ImageOps
from playwright.sync_api import Browser, expect

from tests.simulator.bench.bench_rig import Counter, simulation
from tests.simulator.bench.visit import CHROMIUM, NO_CHROMIUM, Visit, visiting
from tests.support.processes import eventually

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    with simulation(tmp_path_factory.mktemp("bench")) as counter:
        yield counter


@pytest.fixture
def visit(browser: Browser, counter: Counter) -> Iterator[Visit]:
    with visiting(browser, counter.url) as visit:
        expect(visit.see("#panel")).to_be_visible()
        yield visit
        visit.come_back_to_idle()


def text_on_panel(visit: Visit) -> str | None:
    """Return what a phone reads from the picture that the page shows."""
    source = visit.see("#panel").get_attribute("src")
    frame = visit.page.request.get(urljoin(visit.page.url, source)).body()
    picture = Image.open(io.BytesIO(frame)).convert("L")
    larger = ImageOps.expand(picture.resize((picture.width * 4, picture.height * 4), 0), 40, 255)
    found = zxingcpp.read_barcodes(larger, try_invert=False)
    return found[0].text if found else None


# --- a sale -----------------------------------------------------------------------------------


def test_a_sale_is_keyed_seen_scanned_paid_and_heard(visit: Visit) -> None:
    visit.press("Sound")
    visit.page.keyboard.type("1234,5")
    expect(visit.see(".digits")).to_have_text("$ 1.234,5")
    visit.page.keyboard.press("Enter")
    visit.state_is("paying")
    visit.signal_is("scan_me")
    assert str(eventually(lambda: text_on_panel(visit))).startswith("000201")  # as EMVCo says

    visit.payer("scans")
    expect(visit.see("#asked")).to_have_text("$ 1.234,50")
    visit.payer("pays")
    visit.signal_is("paid")
    expect(visit.see("#sound")).to_have_class("buzzer sounding")
    expect(visit.see("#lamp-green")).to_have_attribute("style", "--level: 1;")
    said = "pagado, mil doscientos treinta y cuatro pesos con cincuenta"
    expect(visit.see("#said")).to_have_text(said.capitalize())
    visit.press("Say again")
    expect(visit.see("#said")).to_have_text(f"Última venta, {said}")
    visit.journal_says("1234.50", "paid")
    visit.tab("Timeline")
    for kind in ("act", "reading", "request", "answer", "screen", "signal", "reply"):
        expect(visit.see(f".kind-of-{kind}").first).to_be_attached()


def test_the_keypad_and_escape_do_what_the_keys_say(visit: Visit) -> None:
    keys = visit.see(".keys")
    for name in ("9", "00", "Decimal mark", "5", "TOTAL"):
        keys.get_by_role("button", name=name, exact=True).click()
    visit.state_is("paying")
    visit.page.keyboard.press("Escape")
    visit.signal_is("canceled")
    visit.journal_says("900.50", "canceled")


def test_pay_scans_first_when_the_phone_has_not_yet(visit: Visit) -> None:
    visit.sell("110")
    visit.page.keyboard.press("p")
    visit.signal_is("paid")
    visit.journal_says("110.00", "paid")


@pytest.mark.parametrize("panel", ["ssd1306-0.96", "ili9341-2.8", "epd-4.2"])
def test_a_sale_is_paid_on_each_panel(visit: Visit, panel: str) -> None:
    visit.choose("panel", panel)
    expect(visit.see("#panel-caption")).to_contain_text(panel)
    visit.sell("33")
    visit.payer("scans")  # the phone reads the pixels of this panel
    expect(visit.see("#asked")).to_have_text("$ 33,00")
    visit.picture(f"bench-{panel}")
    visit.payer("pays")
    visit.signal_is("paid")


def test_language_and_currency_change_while_it_runs(visit: Visit) -> None:
    visit.choose("currency", "BRL")
    visit.choose("language", "pt")
    expect(visit.see(".digits")).to_have_text("R$ 0")
    visit.sell("75,5")
    visit.payer("pays")
    visit.signal_is("paid")
    expect(visit.see("#said")).to_contain_text("reais")
    visit.choose("language", "es")
    visit.choose("currency", "ARS")
    expect(visit.see(".digits")).to_have_text("$ 0")


# --- the payer --------------------------------------------------------------------------------


def test_a_payment_is_declined_and_another_one_pays(visit: Visit) -> None:
    visit.sell("50")
    visit.payer("scans")
    visit.payer("declines")
    visit.happened("act", "declines")
    visit.state_is("paying")
    visit.payer("pays")
    visit.signal_is("paid")


def test_what_was_paid_is_given_back(visit: Visit) -> None:
    visit.sell("60")
    visit.payer("pays")
    visit.signal_is("paid")
    visit.payer("refunds")
    visit.happened("act", "refunds")


def test_a_phone_that_sees_no_code_says_so(visit: Visit) -> None:
    visit.payer("walks_away") if visit.see('[data-payer="walks_away"]').is_enabled() else None
    expect(visit.see("#asked")).to_have_text("Nothing to pay")
    expect(visit.see("#phone-says")).not_to_be_empty()
    expect(visit.see("#pay")).to_be_disabled()
    visit.page.keyboard.press("p")
    expect(visit.see("#toast")).to_contain_text("the phone sees no code")


def test_time_runs_sixty_times_as_fast_until_the_order_expires(visit: Visit) -> None:
    visit.sell("70")
    visit.clock(60)
    visit.journal_says("70.00", "expired")
    visit.happened("signal", "the time is over")


# --- faults -----------------------------------------------------------------------------------


def test_the_network_is_lost_while_the_payer_pays_and_comes_back(visit: Visit) -> None:
    visit.sell("71")
    visit.payer("scans")
    visit.network("unreachable")
    expect(visit.see("#problems")).to_contain_text("the network is down")
    expect(visit.see("#well")).to_be_hidden()
    visit.payer("pays")
    visit.happened("answer", "no answer")
    visit.network("ok")
    visit.signal_is("paid")
    expect(visit.see("#problems")).to_be_hidden()
    visit.journal_says("71.00", "paid")


def test_a_sale_survives_random_trouble(visit: Visit) -> None:
    visit.see("#network-seed").evaluate("e => e.value = '7'")
    visit.network("random")
    visit.clock(10)
    visit.key("80")
    visit.payer("pays")
    visit.journal_says("80.00", "paid")  # so fast, the signal is over in a second


def test_the_plug_stays_pulled_until_it_is_plugged_in_again(visit: Visit, counter: Counter) -> None:
    visit.sell("90")
    visit.payer("scans")
    expect(visit.see("#asked")).to_have_text("$ 90,00")
    visit.press("Pull the plug")
    visit.state_is("off")
    expect(visit.see("#panel")).to_be_hidden()
    visit.payer("pays")  # the phone has read the code, and the kiosk is dark
    visit.key("5")
    expect(visit.see("#toast")).not_to_be_empty()
    assert counter.state()["kiosk"] is None
    visit.press("Plug in again")
    visit.signal_is("paid")
    visit.journal_says("90.00", "paid")


def test_a_panel_that_is_unplugged_is_told_beside_it(visit: Visit) -> None:
    visit.press("Panel: plugged in")
    expect(visit.see("#dark")).to_have_text("The panel is unplugged")
    expect(visit.see("#problems")).to_be_visible()
    visit.press("Panel: unplugged")
    expect(visit.see("#panel")).to_be_visible()
    visit.state_is("idle")


def test_a_total_that_is_refused_says_why_beside_the_panel(visit: Visit) -> None:
    visit.see("summary", has_text="Send other text").click()
    visit.page.get_by_role("textbox", name="Send other text").fill("amount 1.23.4")
    visit.press("Send")
    expect(visit.see("#refused")).to_contain_text("The last total was refused.")
    visit.sell("300")
    expect(visit.see("#refused")).to_be_hidden()
    visit.page.keyboard.press("Escape")
    visit.signal_is("canceled")


# --- what is kept -----------------------------------------------------------------------------


def test_a_run_is_saved_as_a_report_and_as_a_scenario_that_plays_again(
    visit: Visit, tmp_path: Path
) -> None:
    visit.tab("Scenarios")
    visit.press("Record from here")
    visit.sell("150")
    visit.payer("pays")
    visit.signal_is("paid")
    scenario, report = tmp_path / "scenario.yaml", tmp_path / "report.html"
    visit.save("Save as scenario", scenario)
    assert "payer: pays" in scenario.read_text()
    visit.save("Save as report", report)
    opened = visit.page.context.new_page()
    opened.goto(report.as_uri())
    expect(opened.locator("body")).to_contain_text("150.00")
    played = subprocess.run(  # on virtual time, so that a busy computer does not make it late
        [sys.executable, "-m", "kiosk", "simulate", "--headless", "--scenario", scenario],
        capture_output=True,
        text=True,
        check=False,
    )
    assert played.returncode == 0, played.stdout + played.stderr


POWER_CUT = """
title: The power is cut while somebody pays
why: One pays, and the power is cut at that moment.
steps:
  - key: "22.50"
  - expect: {screen: scan_me, amount: "22.50", within: 100 s}
  - payer: pays
  - power: off
  - power: on
  - expect: {screen: paid, journal: [{amount: "22.50", outcome: paid}], within: 100 s}
"""


def test_a_file_is_played_visibly(visit: Visit, tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.yaml"
    scenario.write_text(POWER_CUT)
    visit.tab("Scenarios")
    visit.see("#scenario-file").set_input_files(scenario)
    visit.scenario_passes("The power is cut while somebody pays")


def test_a_shipped_scenario_is_played_with_the_result_of_each_step(visit: Visit) -> None:
    visit.tab("Scenarios")
    visit.see("#scenario-choice").select_option("happy_sale")
    visit.press("Play")
    visit.scenario_passes("A happy sale")
    visit.picture("bench-scenario")

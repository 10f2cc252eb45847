"""How the bench's page looks: at three widths, light and dark, for eyes and for screen readers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.simulator.bench.bench_rig import Counter, simulation
from tests.simulator.bench.visit import (
    CHROMIUM,
    NO_CHROMIUM,
    Scheme,
    Visit,
    configured,
    visiting,
)

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]

PHONE, TABLET, LAPTOP = (390, 844), (768, 1024), (1280, 900)


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    folder = tmp_path_factory.mktemp("looks")
    with simulation(folder, configured(folder)) as counter:
        yield counter


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, TABLET, LAPTOP], ids=["390", "768", "1280"])
def test_the_page_is_for_everybody_at_each_width(
    browser: Browser, counter: Counter, size: tuple[int, int], scheme: Scheme
) -> None:
    with visiting(browser, counter.url, *size, scheme) as visit:
        visit.sell("1234,5")
        expect(visit.see('button[data-payer="scans"]')).to_be_enabled()
        faults = visit.faults_found_by_axe()
        visit.picture(f"bench-{size[0]}-{scheme}")
        wider = visit.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        visit.page.keyboard.press("Escape")
        visit.signal_is("canceled")
    assert faults == []
    assert wider <= 0, "the page is wider than the window"


def test_each_sheet_and_the_help_are_for_everybody(browser: Browser, counter: Counter) -> None:
    with visiting(browser, counter.url) as visit:
        for name in ("Journal", "Log", "Scenarios", "Timeline"):
            visit.tab(name)
            assert visit.faults_found_by_axe() == []
        visit.page.keyboard.press("?")
        expect(visit.page.get_by_role("dialog", name="Keys of this page")).to_be_visible()
        assert visit.faults_found_by_axe() == []


def test_axe_finds_a_fault_that_there_is(browser: Browser, counter: Counter) -> None:
    with visiting(browser, counter.url) as visit:
        visit.page.evaluate("document.querySelector('#sound').style.color = '#3c4249'")
        visit.page.evaluate(
            "document.querySelector('#panel-choice').closest('label').before(document.querySelector('#panel-choice'))"
        )
        faults = " ".join(visit.faults_found_by_axe())
    assert "color-contrast" in faults
    assert "select-name" in faults


def test_on_a_phone_panel_keypad_and_pay_are_seen_together(
    browser: Browser, counter: Counter
) -> None:
    with visiting(browser, counter.url, *PHONE) as visit:
        expect(visit.see("#panel")).to_be_visible()
        bottom = bottom_of(visit, ".keys")
        pay = visit.see("#pay").bounding_box()
        panel = visit.see("#panel").bounding_box()
        assert panel is not None
        assert pay is not None
        assert panel["y"] >= 0
        assert bottom <= pay["y"]
        assert pay["y"] + pay["height"] <= PHONE[1]
        visit.picture("bench-phone", whole=False)


def bottom_of(visit: Visit, selector: str) -> float:
    box = visit.see(f"{selector}:visible").first.bounding_box()
    assert box is not None
    return box["y"] + box["height"]


@pytest.mark.parametrize("language", ["es", "pt", "en"])
def test_the_page_speaks_the_language_that_is_chosen(
    browser: Browser, counter: Counter, language: str
) -> None:
    title = {"es": "En el mostrador", "pt": "No balcão", "en": "On the counter"}[language]
    with visiting(browser, counter.url) as visit:
        visit.see("#page-language").select_option(language)
        expect(visit.see("#counter-title")).to_have_text(title)
        expect(visit.see("html")).to_have_attribute("lang", language)
        visit.page.reload()
        expect(visit.see("#counter-title")).to_have_text(title)


def test_the_panel_has_whole_pixels_and_its_true_size(browser: Browser, counter: Counter) -> None:
    with visiting(browser, counter.url) as visit:
        panel = visit.see("#panel")
        expect(panel).to_be_visible()
        shown, own = panel.evaluate("e => [e.getBoundingClientRect().width, e.naturalWidth]")
        assert shown >= own
        assert shown % own == 0
        assert panel.evaluate("e => getComputedStyle(e).imageRendering") == "pixelated"
        mm = counter.state()["counter"]["panel"]["mm"]
        visit.press("True size")
        expect(visit.see("#ruler")).to_be_visible()
        width = panel.evaluate("e => e.getBoundingClientRect().width")
        assert width == pytest.approx(mm[0] * 96 / 25.4, abs=1)
        visit.picture("bench-true-size", whole=False)


CONTROLS = """[...document.querySelectorAll("button, select, input, a[href]")].filter(
    (e) => e.checkVisibility() && !e.disabled && e.tabIndex >= 0)"""
STEP = """() => {
    const e = document.activeElement;
    if (e.dataset.tabbed || e === document.body) return null;
    e.dataset.tabbed = "yes";
    return getComputedStyle(e).outlineStyle === "none" ? e.outerHTML : "";
}"""


def test_each_control_is_reached_by_the_tab_key_and_seen_there(
    browser: Browser, counter: Counter
) -> None:
    with visiting(browser, counter.url) as visit:
        expect(visit.see("#panel")).to_be_visible()
        without_outline = []
        visit.page.keyboard.press("Tab")
        while (found := visit.page.evaluate(STEP)) is not None:
            without_outline += [found] if found else []
            visit.page.keyboard.press("Tab")
        missed = visit.page.evaluate(
            f"{CONTROLS}.filter((e) => !e.dataset.tabbed).map((e) => e.outerHTML)"
        )
        assert visit.page.evaluate(f"{CONTROLS}.length") > 30
    assert missed == []
    assert without_outline == []


def test_a_screen_reader_hears_what_the_panel_shows(browser: Browser, counter: Counter) -> None:
    with visiting(browser, counter.url) as visit:
        spoken = visit.see("#spoken")
        expect(spoken).to_have_attribute("role", "status")
        visit.sell("120")
        expect(spoken).to_have_text("The panel shows: scan the code to pay")
        expect(visit.see("#panel")).to_have_attribute(
            "alt", "The panel shows: scan the code to pay"
        )
        visit.page.keyboard.press("Escape")
        expect(spoken).to_have_text("The panel shows: canceled")

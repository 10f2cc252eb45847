"""The bench as a person uses it: a sale in a real browser, with panel, payment and sound."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from urllib.parse import urljoin

import pytest
import zxingcpp
from PIL import Image, ImageOps
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.simulator.bench.bench_rig import Counter, simulation
from tests.support.processes import LONG_ENOUGH, eventually

CHROMIUM = shutil.which("chromium")
QUIETLY = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no chromium here; on Debian: apt install chromium"
    ),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=LONG_ENOUGH * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIETLY)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    with simulation(tmp_path_factory.mktemp("bench")) as counter:
        yield counter


@pytest.fixture
def page(browser: Browser, counter: Counter) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(LONG_ENOUGH * 1000)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(counter.url)
    expect(page.locator("#panel")).to_be_visible()
    yield page
    page.close()
    assert [line for line in complaints if "409 (Conflict)" not in line] == []


def text_on_panel(page: Page) -> str | None:
    """Return what a phone reads from the picture that the page shows."""
    source = page.locator("#panel").get_attribute("src")
    frame = page.request.get(urljoin(page.url, source)).body()
    picture = Image.open(io.BytesIO(frame)).convert("L")
    larger = ImageOps.expand(picture.resize((picture.width * 4, picture.height * 4), 0), 40, 255)
    found = zxingcpp.read_barcodes(larger, try_invert=False)
    return found[0].text if found else None


def test_a_sale_is_keyed_seen_paid_and_heard(page: Page, counter: Counter) -> None:
    panel = page.locator("#panel")
    idle = panel.get_attribute("src")
    page.get_by_role("button", name="Turn sound on").click()
    page.keyboard.type("1234,5")
    expect(page.locator("#digits")).to_have_text("$ 1.234,5")
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_have_text("paying")
    expect(panel).not_to_have_attribute("src", str(idle))
    expect(page.locator("#asked")).to_have_text("$ 1.234,50")
    expect(page.locator("#signal")).to_have_text("scan me")
    order = counter.api.orders()[0]
    assert eventually(lambda: text_on_panel(page)) == order["type_response"]["qr_data"]

    page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.locator("#signal")).to_have_text("paid")
    expect(page.locator("#sound")).to_have_class("buzzer sounding")
    expect(page.locator("#lamp-green")).to_have_attribute("style", "--level: 1;")
    expect(page.locator("#paper")).to_contain_text("PAID$ 1.234,50")
    said = "pagado, mil doscientos treinta y cuatro pesos con cincuenta"
    expect(page.locator("#said")).to_have_text(said.capitalize())
    page.get_by_role("button", name="Say again").click()
    expect(page.locator("#said")).to_have_text(f"Última venta, {said}")
    expect(page.locator("#pay")).to_be_disabled()


def test_the_keypad_and_escape_do_what_the_keys_say(page: Page) -> None:
    keys = page.locator("#keys")
    for name in ("9", "00", "Decimal mark", "5", "TOTAL"):
        keys.get_by_role("button", name=name, exact=True).click()
    expect(page.locator("#asked")).to_have_text("$ 900,50")
    expect(page.locator("#state")).to_have_text("paying")
    page.keyboard.press("Escape")
    expect(page.locator("#paper")).to_contain_text("CANCELED$ 900,50")
    expect(page.locator("#order-status")).to_have_text("is canceled")


def test_a_power_cut_darkens_the_counter_until_the_kiosk_has_started_again(page: Page) -> None:
    page.get_by_role("button", name="Cut the power").click()
    expect(page.locator("#panel")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.get_by_role("alert")).to_contain_text("The kiosk is off")
    expect(page.locator("#state")).to_have_text("idle")
    expect(page.locator("#panel")).to_be_visible()

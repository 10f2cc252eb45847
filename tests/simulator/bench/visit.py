"""A person at the bench's page, in Debian's Chromium."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.simulator.bench.bench_rig import CONFIG
from tests.support.processes import LONG_ENOUGH

CHROMIUM = shutil.which("chromium")
NO_CHROMIUM = "no chromium here; on Debian: apt install chromium"
QUIETLY = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Where the pictures of the page go, for people and for the manual.
PICTURES = Path(os.environ.get("KIOSK_PICTURES", "out/pictures"))
NOT_POSSIBLE_NOW = ("409 (Conflict)", "400 (Bad Request)")  # Chromium's own line for a refused act
ENDED = re.compile("passed|failed")
WHILE_IT_STARTS = ("net::ERR_", "404 (Not Found)")

Scheme = Literal["light", "dark"]


def configured(folder: Path, changes: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return the usual configuration in which each text is replaced: ``{"5 min": "9 min"}``."""
    config = CONFIG.format(out=folder, currency="ARS")
    for before, after in {"size: 250x122": "size: 250x122, inches: 2.13", **changes}.items():
        assert before in config
        config = config.replace(before, after)
    return config


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a browser whose expectations wait long enough for a busy computer."""
    expect.set_options(timeout=LONG_ENOUGH * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIETLY)
        yield browser
        browser.close()


class Visit:
    """One visit of the page. ``complaints`` holds what the browser wrote to its console."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.another_counter = False  # started: until it answers, the page's requests fail
        page.set_default_timeout(LONG_ENOUGH * 1000)
        page.on("console", lambda said: self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(url)
        expect(page.locator("#name")).not_to_have_text("Kiosk")

    # --- what is seen -------------------------------------------------------------------------

    def see(self, selector: str, **filters: Any) -> Locator:
        return self.page.locator(selector, **filters)

    def state_is(self, state: str) -> None:
        """Wait until the daemon is in this state."""
        expect(self.see("#state")).to_have_attribute("data-state", state)

    def signal_is(self, signal: str) -> None:
        """Wait until lamps and buzzer show this signal."""
        expect(self.see("#signal")).to_have_attribute("data-signal", signal)

    def journal_says(self, *cells: str) -> None:
        """Wait until the journal has a row with these cells."""
        self.tab("Journal")
        row = self.see("#journal-table tbody tr")
        for cell in cells:
            row = row.filter(has=self.page.get_by_role("cell", name=cell, exact=True))
        expect(row.first).to_be_visible()

    def happened(self, kind: str, title: str) -> None:
        """Wait until the timeline has an entry of this kind with this in its title."""
        moments = self.see(f".kind-of-{kind}").filter(has_text=title)
        expect(moments.first).to_be_attached()

    def scenario_passes(self, title: str) -> None:
        """Wait until this scenario has ended well. Another counter plays it, on the same page."""
        self.another_counter = True
        expect(self.see("#scenario-title")).to_have_text(f"{title} · passed")
        expect(self.see(".step.failed")).to_have_count(0)

    # --- what is done -------------------------------------------------------------------------

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name, exact=True).click()

    def key(self, total: str) -> None:
        """Key a total and send it."""
        self.page.locator("body").press("c")
        self.page.keyboard.type(total)
        self.page.keyboard.press("Enter")

    def payer(self, does: str) -> None:
        """Press a button of the payer's phone, once it can be pressed."""
        self.see(f'button[type=button][data-payer="{does}"]').click()

    def sell(self, total: str) -> None:
        """Key a total, and wait until the panel shows its code and the phone can scan it."""
        self.key(total)
        self.state_is("paying")
        self.signal_is("scan_me")  # the lamps are ready before the panel has drawn the code
        expect(self.see('[data-payer="scans"]')).to_be_enabled()

    def network(self, kind: str) -> None:
        """Choose how the network is, and wait until it is."""
        self.see(f'#network button[data-value="{kind}"]').click()
        expect(self.see("#network [aria-pressed=true]")).to_have_attribute("data-value", kind)

    def clock(self, speed: int) -> None:
        self.see(f'#clock button[data-value="{speed}"]').click()
        expect(self.see("#clock [aria-pressed=true]")).to_have_attribute("data-value", str(speed))

    def choose(self, what: str, choice: str) -> None:
        """Choose another panel, language or currency of an idle counter; the daemon restarts."""
        self.see(f"#{what}-choice").select_option(choice)
        self.page.locator("body").click(position={"x": 1, "y": 1})
        expect(self.see("#state")).not_to_have_attribute("data-state", "idle")
        self.state_is("idle")

    def come_back_to_idle(self) -> None:
        """Make the counter as it was at first: with power, network, its own time and no sale."""
        if self.see("#power").get_attribute("aria-pressed") == "true":
            self.see("#power").click()
        self.network("ok")
        self.clock(1)
        if self.see("#state").get_attribute("data-state") == "paying":
            self.page.keyboard.press("Escape")
            self.signal_is("canceled")

    def save(self, link: str, path: Path) -> None:
        """Save what the link offers as this file."""
        with self.page.expect_download() as saved:
            self.page.get_by_role("link", name=link).click()
        saved.value.save_as(path)

    # --- what is kept of it -------------------------------------------------------------------

    def picture(self, name: str, whole: bool = True) -> Path:
        """Write what the page looks like to the folder of pictures."""
        path = PICTURES / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path, full_page=whole)
        return path

    def faults_found_by_axe(self) -> list[str]:
        """Return the serious and critical faults that axe finds in the page as it is now."""
        violations: list[dict[str, Any]] = Axe().run(self.page).response["violations"]
        return [
            f"{fault['id']}: {node['target']}: {node['failureSummary']}"
            for fault in violations
            if fault["impact"] in ("serious", "critical")
            for node in fault["nodes"]
        ]

    def unexpected_complaints(self) -> list[str]:
        expected = [*NOT_POSSIBLE_NOW, *(WHILE_IT_STARTS if self.another_counter else [])]
        return [line for line in self.complaints if not any(part in line for part in expected)]


@contextmanager
def visiting(
    browser: Browser, url: str, width: int = 1280, height: int = 900, scheme: Scheme = "light"
) -> Iterator[Visit]:
    """Open the page in English. In the end, the console must have nothing to complain of."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-GB",
        accept_downloads=True,
    )  # fmt: skip
    visit = Visit(context.new_page(), url)
    yield visit
    context.close()
    assert visit.unexpected_complaints() == []

"""Takes the manual's pictures of the bench's page, at three widths, light and dark.

    python scripts/manual-site/bench_pictures.py LANGUAGE FOLDER

It needs Chromium (on Debian: apt install chromium). Without it there are no pictures, and the
manual is built without them. Pictures that are newer than the bench and its screens are kept.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[2]
SIZES = ((1280, 900), (768, 1024), (390, 844))
SHOWS = ("kiosk/simulator", "kiosk/display", "kiosk/locale")  # what can be seen in a picture
CURRENCIES = {"pt": "BRL"}
COLOURS = 128  # more can't be seen, and would make a page larger
TOTAL = "1234,5"


def main(language: str, folder: Path) -> None:
    """Take the pictures, unless there is no browser or nothing has changed."""
    chromium = shutil.which("chromium")
    if not chromium or not find_spec("playwright"):
        print("no pictures of the simulator's page: there is no chromium here", file=sys.stderr)
        return
    changed = max(file.stat().st_mtime for part in SHOWS for file in (ROOT / part).rglob("*.*"))
    taken = [picture.stat().st_mtime for picture in folder.glob("*.png")]
    if len(taken) == 2 * len(SIZES) and min(taken) > changed:
        return
    folder.mkdir(parents=True, exist_ok=True)
    with simulated(language) as address:
        take(chromium, address, language, folder)


@contextmanager
def simulated(language: str) -> Iterator[str]:
    """Run the usual simulation in this language; yield the address of its page."""
    usual = (ROOT / "kiosk/simulator/simulator.yaml").read_text("utf-8")
    own = f"language: {language}, currency: {CURRENCIES.get(language, 'ARS')}"
    with tempfile.TemporaryDirectory(prefix="kiosk-manual-") as place:
        file = Path(place) / "simulator.yaml"
        file.write_text(usual.replace("language: es, currency: ARS", own), "utf-8")
        words = ["simulate", "-c", str(file), "--folder", f"{place}/files", "--port", "0"]
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "kiosk", *words],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        try:
            assert process.stdout
            (address,) = re.findall(r"http://[\w.:]+", process.stdout.readline())
            yield address
        finally:
            process.terminate()
            process.wait()


def take(chromium: str, address: str, language: str, folder: Path) -> None:
    """Key a total, and take each picture of its code."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where it is

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        keyed = False
        for width, height in SIZES:
            for scheme in ("light", "dark"):
                page = browser.new_page(
                    viewport={"width": width, "height": height}, locale=language,
                    color_scheme="light" if scheme == "light" else "dark",
                )  # fmt: skip
                page.goto(address)
                if not keyed:
                    page.wait_for_selector("#state[data-state=idle]")
                    page.keyboard.type(TOTAL)
                    page.keyboard.press("Enter")
                    keyed = True
                page.wait_for_selector('button[data-payer="scans"]:enabled')
                page.wait_for_function("document.querySelector('#panel').complete")
                save(page.screenshot(), folder / f"bench-{width}-{scheme}.png")
                page.close()
        browser.close()


def save(picture: bytes, file: Path) -> None:
    """Save it small."""
    drawn = Image.open(BytesIO(picture)).convert("RGB")
    drawn.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

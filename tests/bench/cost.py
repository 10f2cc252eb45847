"""What a QR costs from ``qr_data`` to the panel's bytes, beside segno alone at the same level.

    python -m tests.bench.cost

In one run, and the first of a process, when fonts and tables are still cold. At most twice as much
is what we allow ourselves; above that the program says so and exits 1.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import segno

from kiosk.display.chips.known_panels import PANELS
from kiosk.display.qr.fit import fit
from tests.display.corpus import corpus
from tests.display.mounted import mount

MEASURED = ("ssd1306-0.96", "ssd1327-1.5", "st7789-1.3", "ili9341-2.8", "epd-2.13", "epd-4.2")
ALLOWED = 2.0
STARTS = 7


@dataclass
class Sink:
    """A bus without a device."""

    def command(self, *_codes: int) -> None: ...
    def data(self, pixels: object) -> None: ...
    def cleanup(self) -> None: ...
    def reset(self) -> None: ...
    def send(self, *_codes: int) -> None: ...
    def wait(self) -> None: ...
    def refresh(self, code: int) -> None: ...


def _timed(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1000


def measure(name: str, texts: tuple[str, ...]) -> list[tuple[float, float]]:
    """Return milliseconds of the processor for each string: ours to the bytes, and segno alone at our level."""
    mounted = mount(name, bus=Sink())
    pairs = []
    for text in texts:
        ours = _timed(lambda text=text: mounted.panel.show(mounted.scan_me(text)))  # type: ignore[misc]
        level = fit(text, min(mounted.settings.pixels)).level
        alone = _timed(lambda: segno.make_qr(text, error=level, boost_error=False))  # noqa: B023
        pairs.append((ours, alone))
    return pairs


def first(name: str) -> tuple[float, float]:
    """Return the same for the first string of a fresh process, segno's in another."""
    text, room = corpus(2)[1], min(PANELS[name].pixels)
    child = [sys.executable, "-m", "tests.bench.cost", name]
    ours = subprocess.check_output(child)
    alone = subprocess.check_output([*child, fit(text, room).level])
    return float(ours), float(alone)


def _child(name: str, level: str = "") -> float:
    """Run in a fresh process, where nothing has been drawn nor encoded; with a level: segno."""
    text = corpus(2)[1]
    if level:
        return _timed(lambda: segno.make_qr(text, error=level, boost_error=False))
    mounted = mount(name, bus=Sink())
    return _timed(lambda: mounted.panel.show(mounted.scan_me(text)))


def main() -> int:
    """Print the table; return 1 if anything costs more than allowed."""
    worst = 0.0
    print(
        f"{'':14}{'ours ms':>9}{'segno ms':>10}{'ratio':>7}     {'first':>9}{'segno':>8}{'ratio':>7}"
    )
    for name in MEASURED:
        pairs = measure(name, corpus(40))[1:]
        ours, alone = (statistics.median(column) for column in zip(*pairs, strict=True))
        starts = [first(name) for _ in range(STARTS)]
        cold, segno_cold = (statistics.median(column) for column in zip(*starts, strict=True))
        ratios = ours / alone, cold / segno_cold
        worst = max(worst, *ratios)
        print(
            f"{name:14}{ours:9.1f}{alone:10.1f}{ratios[0]:7.2f}"
            f"     {cold:9.1f}{segno_cold:8.1f}{ratios[1]:7.2f}"
        )
    print(f"at most {ALLOWED:g} times segno alone: {'yes' if worst <= ALLOWED else 'NO'}")
    return int(worst > ALLOWED)


if __name__ == "__main__":
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    if len(sys.argv) > 1:
        print(_child(*sys.argv[1:]))
    else:
        sys.exit(main())

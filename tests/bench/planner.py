"""Our QRs beside those of four encoders: version, and what a panel gets out of it.

python -m tests.bench.planner [PANEL ...]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from kiosk.display.chips.known_panels import PANELS, KnownPanel
from kiosk.display.qr.capacity import LEVELS, modules_per_side
from kiosk.display.qr.encoding import Encoding
from kiosk.display.qr.fit import QUIET_ZONE, fit
from tests.display.corpus import corpus, longest
from tests.display.qr.encoders import ENCODERS
from tests.display.reading import EVERYWHERE

TEXTS = {**EVERYWHERE, "longest": longest()}


def versions() -> Iterator[str]:
    """Yield the table of versions at each level."""
    yield f"{'version at L / M / Q / H':28}{'chars':>6}" + "".join(
        f"{name:>18}" for name in ("ours", *ENCODERS)
    )
    for name, text in TEXTS.items():
        ours = "/".join(str(Encoding(text).version(level)) for level in LEVELS)
        theirs = (
            "/".join(str(encode(text, level)) for level in LEVELS) for encode in ENCODERS.values()
        )
        yield f"{name:28}{len(text):6}" + "".join(f"{cell:>18}" for cell in (ours, *theirs))


def saved() -> Iterator[str]:
    """Yield how many versions a better cut saves over 200 strings."""
    for level in LEVELS:
        gains = [
            ENCODERS["segno"](text, level) - Encoding(text).version(level) for text in corpus()
        ]
        counts = ", ".join(f"{n}: {gains.count(n) / len(gains):.0%}" for n in sorted({*gains}))
        yield f"versions saved over segno.make at {level}, of 200 strings:  {counts}"


def on_panels(panels: list[KnownPanel]) -> Iterator[str]:
    """Yield what the longest string comes to on each panel."""
    text = longest()
    yield f"{'the longest string on':16}{'segno.make M, quiet 4':>26}{'ours':>22}{'mm':>6}{'cm':>6}"
    for panel in panels:
        room = min(panel.pixels)
        naive = room // (modules_per_side(ENCODERS["segno"](text, "M")) + 2 * QUIET_ZONE)
        symbol = fit(text, room)
        was = f"{naive}x" if naive else "does not fit"
        now = f"{symbol.version}-{symbol.level} {symbol.scale}x quiet {symbol.quiet_zone:.1f}"
        mm, reach = symbol.module_mm(panel.pitch or 0), symbol.reading_distance_mm(panel.pitch or 0)
        yield f"{panel.name:16}{was:>26}{now:>22}{mm:6.2f}{reach / 10:6.0f}"


if __name__ == "__main__":
    chosen = [PANELS[name] for name in sys.argv[1:]] or list(PANELS.values())
    print(*versions(), "", *saved(), "", *on_panels(chosen), sep="\n")

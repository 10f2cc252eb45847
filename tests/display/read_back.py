"""Every panel shows every string, and two decoders read it off the glass: the whole matrix.

    python -m tests.display.read_back [HOW MANY STRINGS]

Panels of the same pixels get the same picture, and what a decoder makes of a picture depends on
nothing else: each picture is drawn and read once, and each glass is compared with it to the pixel.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import groupby

from kiosk.display.chips.known_panels import PANELS
from kiosk.display.screens.canvas import Canvas
from tests.display.corpus import corpus
from tests.display.mounted import Mounted, mount
from tests.display.reading import has_zbar, read_qr, read_with_zbar

_LARGE = 100_000  # pixels: such a picture takes long, and its QR is read from far away

# luma.oled still calls what Pillow 14 will remove; pyproject.toml keeps Pillow below that.
_LUMA = "Image.Image.getdata"


def complaints(texts: Iterable[str], glass_every: int = 1) -> list[str]:
    """Return what is not as it should be: a line for each panel and string.

    The glass is looked at with every so many-th string.
    """
    mounted = sorted(((name, mount(name)) for name in PANELS), key=_alike)
    return [
        complaint
        for number, text in enumerate(texts)
        for _, panels in groupby((p for p in mounted if _is_turn(p, number)), key=_alike)
        for complaint in _shown(text, dict(panels), look=number % glass_every == 0)
    ]


def _is_turn(panel: tuple[str, Mounted], number: int) -> bool:
    """Return whether the panel shows the string of that number: a large one shows a fifth."""
    width, height = panel[1].settings.pixels
    return width * height < _LARGE or number % 5 == 0


def _expect_luma() -> None:
    warnings.filterwarnings("ignore", message=_LUMA, category=DeprecationWarning)


def _alike(panel: tuple[str, Mounted]) -> str:
    canvas: Canvas = panel[1].canvas()
    return f"{canvas.pixels} {canvas.surface} {canvas.palette} {canvas.time_step}"


def _shown(text: str, panels: dict[str, Mounted], look: bool) -> Iterator[str]:
    """Show one picture on all panels that it is for."""
    picture = next(iter(panels.values())).scan_me(text)
    names = ", ".join(panels)
    if read_qr(picture) != [text]:
        yield f"{names}: zxing-cpp does not read {text}"
    if has_zbar() and read_with_zbar(picture) != [text]:
        yield f"{names}: zbar does not read {text}"
    for name, panel in panels.items() if look else ():
        panel.panel.show(picture)
        if not panel.shows(picture):
            yield f"{name}: the glass shows something else for {text}"


def read_back(texts: tuple[str, ...]) -> list[str]:
    """Return all complaints, found by as many processes as there are processors."""
    workers = len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(workers, initializer=_expect_luma) as pool:
        shares = [texts[n::workers] for n in range(workers)]
        found = pool.map(complaints, shares)
        return [complaint for some in found for complaint in some]


if __name__ == "__main__":
    strings = corpus(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
    failed = read_back(strings)
    decoders = "zxing-cpp and zbar" if has_zbar() else "zxing-cpp alone: libzbar0 is missing"
    print(*failed, f"{len(PANELS)} panels x {len(strings)} strings, {decoders}", sep="\n")
    sys.exit(bool(failed))

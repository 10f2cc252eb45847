"""A simulated phone in front of the panel: does it read our QR where it can't read the usual one?

    python -m tests.bench.camera

1080 lines, a lens as phones have, the hand's tilt, roll and shake, defocus, the sensor's noise, the
mains' banding, a reflection and the phone's own sharpening; tuned so that decoders need what they
need in the field: two camera pixels a module now and then, two and a half mostly. The rates are of single frames: an app
tries ten to thirty a second, so that one in five still scans at once. No phone was harmed or asked;
two decoders stand in for its own.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

import segno
from PIL import Image, ImageChops, ImageFilter

from kiosk.base.money import Money
from kiosk.display import Surface
from kiosk.display.chips.known_panels import PANELS, KnownPanel
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from tests.bench.table import Row, print_rows
from tests.display.corpus import longest
from tests.display.reading import has_zbar, read_through_lens

LENS = 1450.0  # camera pixels on a millimetre, times the distance in millimetres (26 mm equivalent)
FINE = 6  # sub-pixels of a panel's pixel in the simulation
SCENES = (("ssd1327-1.5", 250), ("epd-2.13", 200), ("epd-4.2", 700))
FRAMES = 60
READS = 10.0  # per cent of single frames: within a second at ten frames a second


@dataclass(frozen=True)
class Shot:
    """How the hand, the light and the sensor change one frame."""

    tilt: tuple[float, float]  # degrees about two axes
    roll: float
    defocus: float  # camera pixels, standard deviation
    shake: tuple[float, float]  # camera pixels
    noise: float  # of 256 levels
    band: tuple[float, float]  # depth and phase of the mains' banding
    haze: int  # levels of a reflection over everything


def taken(dice: random.Random) -> Shot:
    """Return a random frame."""
    return Shot(
        tilt=(dice.uniform(-20, 20), dice.uniform(-20, 20)),
        roll=dice.uniform(-20, 20),
        defocus=dice.uniform(0.55, 0.88),
        shake=(dice.gauss(0, 0.35), dice.gauss(0, 0.35)),
        noise=dice.uniform(4, 10),
        band=(dice.uniform(0, 0.2), dice.uniform(0, math.tau)),
        haze=dice.randint(0, 40),
    )


def planned(text: str, panel: KnownPanel) -> Image.Image:
    """Return what the kiosk shows."""
    show = Show(Screen.SCAN_ME, Money.of("1234.56", "ARS"), qr_data=text, until=300)
    return draw(show, Canvas.of(panel, "es", "Rosa"), 72).convert("L")


def naive(text: str, panel: KnownPanel) -> Image.Image | None:
    """Return the usual picture: segno's QR at level M, quiet zone 4, as large as possible."""
    code = segno.make(text, error="m", micro=False)
    edge = int(code.symbol_size(border=4)[0])
    scale = min(panel.pixels) // edge
    if scale == 0:
        return None
    cells = bytes(0 if cell else 255 for row in code.matrix_iter(border=4) for cell in row)
    symbol = Image.frombytes("L", (edge, edge), cells)
    frame = Image.new("L", panel.pixels, 255 if panel.surface is Surface.PAPER else 0)
    frame.paste(symbol.resize((edge * scale, edge * scale), Image.Resampling.NEAREST), (0, 0))
    return frame


def photograph(frame: Image.Image, panel: KnownPanel, distance: float, shot: Shot) -> Image.Image:
    """Return what the decoder gets from the camera's sensor."""
    assert panel.pitch
    pixel = LENS / distance * panel.pitch  # camera pixels of a panel's pixel
    scene = _glass(frame, panel)
    blur = math.hypot(0.35, shot.defocus) * FINE / pixel
    shaken = _shaken(scene, [part * FINE / pixel for part in shot.shake])
    seen = _posed(shaken.filter(ImageFilter.GaussianBlur(blur)), pixel / FINE, shot)
    return _sensed(seen, shot)


def _glass(frame: Image.Image, panel: KnownPanel) -> Image.Image:
    """Return the panel in its surround, with the gaps between its pixels."""
    large = frame.resize((frame.width * FINE, frame.height * FINE), Image.Resampling.NEAREST)
    if panel.surface is Surface.EMISSIVE:
        gaps = Image.new("L", (FINE, FINE), 255)
        gaps.paste(60, (0, 0, FINE, 1))
        gaps.paste(60, (0, 0, 1, FINE))
        grid = Image.new("L", large.size)
        row = Image.new("L", (large.width, FINE))
        for x in range(0, large.width, FINE):
            row.paste(gaps, (x, 0))
        for y in range(0, large.height, FINE):
            grid.paste(row, (0, y))
        large = ImageChops.multiply(large, grid)
    dark, light = (25, 225) if panel.surface is Surface.EMISSIVE else (55, 200)
    toned = large.point([dark + (light - dark) * level // 255 for level in range(256)])
    edge = 12 * FINE
    surround = 30 if panel.surface is Surface.EMISSIVE else light
    scene = Image.new("L", (large.width + 2 * edge, large.height + 2 * edge), surround)
    scene.paste(toned, (edge, edge))
    return scene


def _shaken(scene: Image.Image, by: list[float]) -> Image.Image:
    """Return the mean of the picture's positions while the shutter was open."""
    steps = 5
    mean = scene
    for step in range(1, steps):
        moved = ImageChops.offset(scene, *(round(part * step / steps) for part in by))
        mean = Image.blend(mean, moved, 1 / (step + 1))
    return mean


def _posed(scene: Image.Image, scale: float, shot: Shot) -> Image.Image:
    """Return the scene as it falls on the sensor, from where the phone is held."""
    width, height = scene.size
    across, along = (math.radians(angle) for angle in shot.tilt)
    roll = math.radians(shot.roll)
    corners = []
    for x, y in ((0, 0), (width, 0), (width, height), (0, height)):
        dx, dy = (x - width / 2) * scale, (y - height / 2) * scale
        far = 1 + (dx * math.sin(across) + dy * math.sin(along)) / (12 * width * scale)
        px, py = dx * math.cos(across) / far, dy * math.cos(along) / far
        corners.append(
            (px * math.cos(roll) - py * math.sin(roll), px * math.sin(roll) + py * math.cos(roll))
        )
    left, top = min(x for x, _ in corners), min(y for _, y in corners)
    there = [(x - left, y - top) for x, y in corners]
    size = math.ceil(max(x for x, _ in there)), math.ceil(max(y for _, y in there))
    here = [(0, 0), (width, 0), (width, height), (0, height)]
    ground = scene.getpixel((0, 0))
    return scene.transform(
        size,
        Image.Transform.PERSPECTIVE,
        _homography(there, here),
        Image.Resampling.BICUBIC,
        fillcolor=ground,
    )


def _homography(there: list[tuple[float, float]], here: list[tuple[int, int]]) -> tuple[float, ...]:
    """Return the eight numbers that map the points of one plane to those of another."""
    rows = []
    for (x, y), (u, v) in zip(there, here, strict=True):
        rows.append([x, y, 1.0, 0.0, 0.0, 0.0, -u * x, -u * y, float(u)])
        rows.append([0.0, 0.0, 0.0, x, y, 1.0, -v * x, -v * y, float(v)])
    for at in range(8):  # Gauss and Jordan
        pivot = max(range(at, 8), key=lambda row: abs(rows[row][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        rows[at] = [value / rows[at][at] for value in rows[at]]
        for other in range(8):
            if other != at:
                factor = rows[other][at]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[at], strict=True)]
    return tuple(row[8] for row in rows)


def _sensed(seen: Image.Image, shot: Shot) -> Image.Image:
    """Add the light's banding, the reflection, the sensor's noise, and the phone's sharpening."""
    depth, phase = shot.band
    rows = bytes(
        round(255 * (1 - depth / 2 + depth / 2 * math.sin(phase + y / 40)))
        for y in range(seen.height)
    )
    band = Image.frombytes("L", (1, seen.height), rows).resize(seen.size)
    lit = ImageChops.multiply(seen, band).point(
        [min(255, shot.haze + level * (255 - shot.haze) // 255) for level in range(256)]
    )
    noise = Image.effect_noise(lit.size, shot.noise)
    return ImageChops.add(lit, noise, 1, -128).filter(ImageFilter.UnsharpMask(1.5, 70, 0))


def rates(
    frame: Image.Image | None, panel: KnownPanel, distance: float, text: str, frames: int
) -> tuple[float, float]:
    """Return the parts of all frames that zxing-cpp and zbar read."""
    if frame is None:
        return 0.0, 0.0
    dice = random.Random(7)
    counts = [0, 0]
    for _ in range(frames):
        photo = photograph(frame, panel, distance, taken(dice))
        for number, found in enumerate(read_through_lens(photo)):
            counts[number] += text in found
    return counts[0] / frames, counts[1] / frames


def measure() -> Iterator[Row]:
    """Yield for each scene the frames in which our QR, and the usual one, fail or are read."""
    text = longest()
    note = f"of {FRAMES} frames" + ("" if has_zbar() else "; no zbar here: install libzbar0")
    for name, distance in SCENES:
        panel, scene = PANELS[name], f"{name} at {distance / 10:g} cm"
        ours = max(rates(planned(text, panel), panel, distance, text, FRAMES))
        usual = max(rates(naive(text, panel), panel, distance, text, FRAMES))
        yield Row(f"our longest QR unread, {scene}", 100 * (1 - ours), 100 - READS, "%", note)
        yield Row(f"segno.make(error='m') read, {scene}", 100 * usual, READS, "%", note)


if __name__ == "__main__":
    print_rows(measure())

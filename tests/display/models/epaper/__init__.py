"""E-paper glass, with its memories and its BUSY and reset lines: from the data sheets.

Modelled: both memories with window, counters and entry mode; what a full and a quick refresh move;
the polarity of each memory, and red ink; deep sleep, out of which only the reset line wakes; BUSY.
Not modelled, and not to be proven off the panel: waveforms, voltages, ghosts.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.display.models.epaper.base import Epaper
from tests.display.models.epaper.solomon import Ssd16xx, Ssd1677
from tests.display.models.epaper.ultrachip import Uc8151d, Uc8176, Uc8179

__all__ = ["Epaper", "Ssd16xx", "Ssd1677", "Uc8151d", "Uc8176", "Uc8179", "glass_of"]

_GLASS: dict[str, Callable[[tuple[int, int] | None], Epaper]] = {
    "epd-1.54": lambda pins: Ssd16xx((200, 200), pins),
    "epd-2.13": lambda pins: Ssd16xx((122, 250), pins),
    "epd-2.66": lambda pins: Ssd16xx((152, 296), pins),
    "epd-2.7": lambda pins: Ssd16xx((176, 264), pins),
    "epd-2.9": lambda pins: Ssd16xx((128, 296), pins),
    "epd-3.7": lambda pins: Ssd1677((280, 480), pins),
    "epd-4.2": lambda pins: Ssd16xx((400, 300), pins),
    "epd-5.83": lambda pins: Uc8179((648, 480), pins),
    "epd-7.5": lambda pins: Uc8179((800, 480), pins),
    "epd-2.13b": lambda pins: Ssd16xx((122, 250), pins, red=True),
    "epd-2.13b-v3": lambda pins: Uc8151d((104, 212), pins),
    "epd-2.9b": lambda pins: Ssd16xx((128, 296), pins, red=True),
    "epd-2.9b-v3": lambda pins: Uc8151d((128, 296), pins),
    "epd-4.2b": lambda pins: Ssd16xx((400, 300), pins, red=True),
    "epd-4.2b-uc8176": lambda pins: Uc8176((400, 300), pins),
    "epd-7.5b": lambda pins: Uc8179((800, 480), pins, red=True),
}


def glass_of(name: str, pins: tuple[int, int] | None = None) -> Epaper:
    """Return the glass that is sold under the name. ``pins``: reset and BUSY, if connected."""
    return _GLASS[name](pins)

"""The e-paper panels and their controllers."""

from __future__ import annotations

from kiosk.display.chips.epaper import Controller
from kiosk.display.chips.epaper.solomon import Ssd16xx, Ssd1677
from kiosk.display.chips.epaper.ultrachip import Uc8151, Uc8179

_NARROW = ((0x00, 0x80), (0x00, 0x80))  # sources 8 to 167 are wired
_WIDE = ((0x00, 0x00), (0x00, 0x00))  # all sources are wired
_SINGLE = ((0x40, 0x00), (0x00, 0x00))  # all are wired; a full refresh uses one memory only

CONTROLLERS: dict[str, Controller] = {
    "epd-1.54": Ssd16xx((200, 200), _WIDE),
    "epd-2.13": Ssd16xx((122, 250), _NARROW),
    # Waveshare delivers the 2.66 inch and the 2.9 inch V2 without a quick waveform.
    "epd-2.66": Ssd16xx((152, 296), _NARROW, quick=False),
    "epd-2.7": Ssd16xx((176, 264), _WIDE),
    "epd-2.9": Ssd16xx((128, 296), _NARROW, quick=False),
    "epd-3.7": Ssd1677((280, 480)),
    "epd-4.2": Ssd16xx((400, 300), _SINGLE),
    "epd-5.83": Uc8179((648, 480), quick=False),
    "epd-7.5": Uc8179((800, 480), booster=(0x17, 0x17, 0x28, 0x17)),
    "epd-2.13b": Ssd16xx((122, 250), _NARROW, quick=False, red=True),
    "epd-2.13b-v3": Uc8151((104, 212), (0x0F, 0x89), (104, 0, 212)),
    "epd-2.9b": Ssd16xx((128, 296), _NARROW, quick=False, red=True),
    "epd-2.9b-v3": Uc8151((128, 296), (0x0F, 0x89), (128, 1, 40)),
    "epd-4.2b": Ssd16xx((400, 300), _WIDE, quick=False, red=True),
    "epd-4.2b-uc8176": Uc8151((400, 300), (0x0F,)),
    "epd-7.5b": Uc8179((800, 480), quick=False, red=True),
}

# What the seller's name does not tell: the same size was sold with another controller, whose BUSY
# line has the opposite level.
OTHER_VERSIONS = {
    "epd-2.13b": "epd-2.13b-v3",
    "epd-2.13b-v3": "epd-2.13b",
    "epd-2.9b": "epd-2.9b-v3",
    "epd-2.9b-v3": "epd-2.9b",
    "epd-4.2b": "epd-4.2b-uc8176",
    "epd-4.2b-uc8176": "epd-4.2b",
}

"""The facts of a counter that the page shows: of a simulated one, or of a real kiosk."""

from __future__ import annotations

import math
from typing import Any

from kiosk.base.money import CURRENCIES
from kiosk.config import Config
from kiosk.display.chips.known_panels import MM_PER_INCH


def counter_facts(config: Config, panel_name: str) -> dict[str, Any]:
    """Return them for JSON."""
    panel, currency = config.display, CURRENCIES[config.kiosk.currency]
    (width, height), pitch = panel.pixels, panel.pitch
    size = [round(width * pitch, 1), round(height * pitch, 1)] if pitch else None
    return {
        "name": config.kiosk.name,
        "language": config.kiosk.language,
        "currency": currency.code,
        "symbol": currency.symbol,
        "decimals": currency.minor_units,
        "decimal": currency.decimal,
        "thousands": currency.thousands,
        "panel": {
            "name": panel_name,
            "width": width,
            "height": height,
            "mm": size,
            "inches": round(math.hypot(*size) / MM_PER_INCH, 2) if size else None,
            "surface": panel.surface.value,
            "palette": panel.palette.value,
        },
    }

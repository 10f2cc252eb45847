"""The section ``kiosk:`` of the configuration: what this counter is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from kiosk.base.settings import Settings


class KioskSettings(Settings):
    """The counter itself: its name, and the language and the money of the people before it."""

    name: str = Field(
        pattern="^[A-Za-z0-9_-]{1,32}$",
        examples=["counter-1"],
        description=(
            "What logs and the journal call this counter: up to 32 letters, digits, - and _; "
            "different for each counter of a shop."
        ),
    )
    language: Literal["es", "pt", "en"] = Field(
        "es", description="The language on the panel: es, pt (as in Brazil) or en."
    )
    currency: Literal["ARS", "BRL", "CLP", "UYU"] = Field(
        examples=["ARS"],
        description="The money of all amounts: that of the country of the Mercado Pago account.",
    )

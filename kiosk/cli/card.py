"""``kiosk card``: a page to print, with test codes for scanners and QRs for phones."""

from __future__ import annotations

from pathlib import Path

from kiosk.base.language import _, language
from kiosk.base.money import CURRENCIES
from kiosk.cli.common import fail
from kiosk.cli.sheets.card_drawing import draw_card
from kiosk.cli.sheets.true_size import save
from kiosk.display.screens.samples import AMOUNTS


def card(output: Path, currency: str) -> None:
    """Perform ``kiosk card``."""
    currency = currency or AMOUNTS.get(language(), AMOUNTS["es"]).currency.code
    if currency not in CURRENCIES:
        names = ", ".join(CURRENCIES)
        fail(
            _("{word!r} is not a known currency; write one of {names}", word=currency, names=names),
            code=2,
        )
    save(draw_card(currency), output)

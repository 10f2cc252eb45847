"""A sample of every screen, for previews, contact sheets and golden pictures."""

from __future__ import annotations

from kiosk.base.money import Money
from kiosk.display.screens.legibility import LONGEST_TEXT
from kiosk.sale.effects import Show
from kiosk.sale.words import Fault, Item, Screen

SHOP = "Almacén Doña Rosa"
REFERENCE = "PREVIEW-7K2Q9F"
EXPIRES_AFTER, NOW = 300.0, 72.0  # seconds: the QR has been shown for 72 s of its 300 s
PRINTED_CODE = "printed_code"  # the screen scan_me where the QR is printed, not on the panel

SAMPLE_NAMES = (*(screen.value for screen in Screen), PRINTED_CODE)
ITEM = Item("Yerba mate 1 kg", Money.of("617.28", "ARS"), quantity=2)
AMOUNTS = {"es": Money.of("1234.56", "ARS"), "pt": Money.of("87.90", "BRL")}


def sample(screen: Screen, amount: Money, qr_data: str = "") -> Show:
    """Return a Show of the screen as it could appear in a sale."""
    return Show(
        screen,
        amount=amount,
        reference=REFERENCE,
        qr_data=qr_data,
        until=EXPIRES_AFTER if screen is Screen.SCAN_ME else None,
        item=ITEM if screen is Screen.BASKET else None,
        pieces=3 if screen is Screen.BASKET else 0,
        reason=Fault.NETWORK if screen is Screen.OUT_OF_SERVICE else "",
    )


def sample_named(name: str, language: str, amount: Money | None = None) -> Show:
    """Return the sample with that name, one of SAMPLE_NAMES; with the language's usual amount."""
    amount = amount or AMOUNTS.get(language, AMOUNTS["es"])
    if name == PRINTED_CODE:
        return sample(Screen.SCAN_ME, amount)
    screen = Screen(name)
    return sample(screen, amount, LONGEST_TEXT if screen is Screen.SCAN_ME else "")

"""``kiosk preview``: a screen as one panel would show it, pixel by pixel, without the panel."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.common import fail
from kiosk.display.canvas import Canvas
from kiosk.display.panels import KnownPanel, panel_named
from kiosk.display.qr import QrDoesNotFit
from kiosk.display.screens import draw
from kiosk.display.words import LANGUAGES
from kiosk.money import CURRENCIES, Money
from kiosk.sale.effects import Show
from kiosk.sale.words import Fault, Screen

EXPIRES_AFTER, NOW = 300.0, 72.0  # seconds: a QR that has been on show for a while
SHOP = "Almacén Doña Rosa"
REFERENCE = "PREVIEW-7K2Q9F"
REASONS = {Screen.OUT_OF_SERVICE: Fault.NETWORK, Screen.REJECTED_INPUT: "the amount is zero"}


def preview(
    panel: Annotated[str, typer.Option(help="The panel's name, or its size as in 250x122.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The PNG to write.")],
    qr: Annotated[str, typer.Option(help="Draw scan_me with this QR text.")] = "",
    screen: Annotated[Screen | None, typer.Option(help="Or draw this screen.")] = None,
    language: Annotated[str, typer.Option(help="es, pt or en.")] = "es",
    amount: Annotated[str, typer.Option(help="The amount, as in 1234.56.")] = "1234.56",
    currency: Annotated[str, typer.Option(help="ARS, BRL, CLP or UYU.")] = "ARS",
) -> None:
    """Write exactly the pixels that a panel would get. Exit 1: the QR does not fit on it."""
    if bool(qr) == bool(screen):
        fail("say what to draw: either --qr TEXT or --screen NAME", code=2)
    if language not in LANGUAGES:
        fail(f"no language {language!r}; write one of {', '.join(LANGUAGES)}", code=2)
    known = _panel(panel)
    show = _show(screen or Screen.SCAN_ME, qr, _money(amount, currency))
    try:
        image = draw(show, Canvas(known.pixels, language, SHOP, known.glass), NOW)
    except QrDoesNotFit as unfit:
        fail(f"{panel}: {unfit}", code=1)
    try:
        image.save(output, format="PNG")
    except OSError as error:
        fail(f"{output} can't be written: {error}", code=2)


def _panel(name: str) -> KnownPanel:
    try:
        return panel_named(name)
    except ValueError as unknown:
        fail(unknown, code=2)


def _money(amount: str, currency: str) -> Money:
    if currency not in CURRENCIES:
        fail(f"no currency {currency!r}; write one of {', '.join(CURRENCIES)}", code=2)
    try:
        return Money(round(Decimal(amount), CURRENCIES[currency].minor_units), CURRENCIES[currency])
    except ArithmeticError:
        fail(f"{amount!r} is no amount; write it like 1234.56", code=2)


def _show(screen: Screen, qr: str, amount: Money) -> Show:
    return Show(
        screen,
        amount=amount,
        reference=REFERENCE,
        qr_data=qr,
        until=EXPIRES_AFTER if screen is Screen.SCAN_ME else None,
        reason=REASONS.get(screen, ""),
    )

"""``kiosk preview``: a screen as a panel would show it, pixel by pixel, without the panel."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer
from PIL import Image

from kiosk.base.money import CURRENCIES, Money
from kiosk.cli.common import fail
from kiosk.display.chips.known_panels import PANELS, KnownPanel, panel_named
from kiosk.display.qr.fit import QrDoesNotFit
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.contact_sheet import contact_sheet
from kiosk.display.screens.draw import draw
from kiosk.display.screens.samples import NOW, SHOP, sample
from kiosk.display.screens.texts import LANGUAGES
from kiosk.sale.words import Screen


def preview(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    output: Annotated[Path, typer.Option("--output", "-o", help="The PNG file to write.")],
    panel: Annotated[
        str, typer.Option(help="Name of the panel, or its size, such as 250x122.")
    ] = "",
    qr: Annotated[str, typer.Option(help="Draw the screen scan_me with this QR text.")] = "",
    screen: Annotated[Screen | None, typer.Option(help="Draw this screen.")] = None,
    every: Annotated[
        bool,
        typer.Option("--all", help="Draw all screens on one sheet, for PANEL or for all panels."),
    ] = False,
    language: Annotated[str, typer.Option(help="Language of the texts: es, pt or en.")] = "es",
    amount: Annotated[str, typer.Option(help="The amount, such as 1234.56.")] = "1234.56",
    currency: Annotated[str, typer.Option(help="The currency: ARS, BRL, CLP or UYU.")] = "ARS",
) -> None:
    """Write a PNG file with exactly the pixels that a panel would get.

    Exit code 1: the QR does not fit on the panel.
    """
    if [bool(qr), bool(screen), every].count(True) != 1:
        fail("write either --qr TEXT or --screen NAME, or --all", code=2)
    if language not in LANGUAGES:
        fail(f"{language!r} is not a known language; write one of {', '.join(LANGUAGES)}", code=2)
    if every:
        known = [_panel(panel)] if panel else list(PANELS.values())
        _save(contact_sheet(known, language), output)
        return
    money = _money(amount, currency)
    _save(_picture(_panel(panel), screen or Screen.SCAN_ME, qr, language, money), output)


def _picture(
    panel: KnownPanel, screen: Screen, qr: str, language: str, amount: Money
) -> Image.Image:
    canvas = Canvas.of(panel, language, SHOP)
    try:
        return draw(sample(screen, amount, qr), canvas, NOW)
    except QrDoesNotFit as error:
        fail(f"{panel.name}: {error}", code=1)


def _save(image: Image.Image, output: Path) -> None:
    try:
        image.save(output, format="PNG", optimize=True)
    except OSError as error:
        fail(f"{output} cannot be written: {error}", code=2)


def _panel(name: str) -> KnownPanel:
    try:
        return panel_named(name)
    except ValueError as unknown:
        fail(unknown, code=2)


def _money(amount: str, currency: str) -> Money:
    if currency not in CURRENCIES:
        fail(f"{currency!r} is not a known currency; write one of {', '.join(CURRENCIES)}", code=2)
    try:
        return Money(round(Decimal(amount), CURRENCIES[currency].minor_units), CURRENCIES[currency])
    except ArithmeticError:
        fail(f"{amount!r} is not a valid amount; write it like 1234.56", code=2)

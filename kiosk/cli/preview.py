"""``kiosk preview``: a screen as a panel would show it, pixel by pixel, without the panel."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from PIL import Image

from kiosk.base.frozen import frozen
from kiosk.base.language import _, system_reason
from kiosk.base.money import CURRENCIES, Money
from kiosk.cli.common import fail, load_or_exit
from kiosk.display.chips.known_panels import PANELS, KnownPanel, panel_named
from kiosk.display.qr.fit import QrDoesNotFit
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.contact_sheet import contact_sheet
from kiosk.display.screens.draw import draw
from kiosk.display.screens.samples import NOW, SAMPLE_NAMES, SHOP, sample, sample_named
from kiosk.display.screens.texts import LANGUAGES
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from kiosk.shell.picture_sender import PictureSender


def preview(  # noqa: PLR0913, PLR0917 - each is an option of the command
    output: Path,
    panel: str,
    config: Path | None,
    qr: str,
    screen: str,
    every: bool,
    language: str,
    amount: str,
    currency: str,
) -> None:
    """Perform ``kiosk preview``."""
    if [bool(qr), bool(screen), every].count(True) != 1:
        fail(_("write either --qr TEXT or --screen NAME, or --all"), code=2)
    if screen and screen not in SAMPLE_NAMES:
        names = ", ".join(SAMPLE_NAMES)
        fail(
            _("{word!r} is not a known screen; write one of {names}", word=screen, names=names),
            code=2,
        )
    if language and language not in LANGUAGES:
        names = ", ".join(LANGUAGES)
        fail(
            _("{word!r} is not a known language; write one of {names}", word=language, names=names),
            code=2,
        )
    if not (config or panel or every):
        said = _(
            "--panel is missing; write one of {names}, or a size such as 250x122, or --config FILE",
            names=", ".join(PANELS),
        )
        fail(said, code=2)
    if config and (panel or every):
        fail(_("the configuration file states the panel; remove --panel and --all"), code=2)
    if every:
        known = [_panel(panel)] if panel else list(PANELS.values())
        _save(contact_sheet(known, language or "es"), output)
        return
    glass = _of_file(config, language) if config else _of_panel(panel, language or "es")
    money = _money(amount, currency or glass.currency)
    scan_me = sample(Screen.SCAN_ME, money, qr)
    show = sample_named(screen, glass.language, money) if screen else scan_me
    try:
        _save(glass.picture(show, NOW), output)
    except QrDoesNotFit as error:
        fail(f"{glass.name}: {error}", code=1)


@frozen
class _Glass:
    """A panel to draw for; ``picture`` takes a Show and the time."""

    name: str
    language: str
    currency: str
    picture: Callable[[Show, float], Image.Image]


def _of_file(file: Path, language: str) -> _Glass:
    """Return the panel of a configuration, with pictures as the kiosk sends them."""
    config = load_or_exit(file)
    counter = config.kiosk
    language = language or counter.language
    sender = PictureSender(config.display, language=language, shop=counter.shop)
    return _Glass(str(file), language, counter.currency, sender.picture)


def _of_panel(name: str, language: str) -> _Glass:
    """Return a panel with a name, in a sample shop."""
    panel = _panel(name)
    canvas = Canvas.of(panel, language, SHOP)
    return _Glass(panel.name, language, "ARS", lambda show, now: draw(show, canvas, now))


def _save(image: Image.Image, output: Path) -> None:
    try:
        image.save(output, format="PNG", optimize=True)
    except OSError as error:
        reason = system_reason(error)
        fail(
            _("{path} can't be written ({reason}); choose another", path=output, reason=reason),
            code=2,
        )


def _panel(name: str) -> KnownPanel:
    try:
        return panel_named(name)
    except ValueError as unknown:
        fail(unknown, code=2)


def _money(amount: str, currency: str) -> Money:
    if currency not in CURRENCIES:
        names = ", ".join(CURRENCIES)
        fail(
            _("{word!r} is not a known currency; write one of {names}", word=currency, names=names),
            code=2,
        )
    try:
        return Money(round(Decimal(amount), CURRENCIES[currency].minor_units), CURRENCIES[currency])
    except ArithmeticError:
        fail(_("{amount!r} is not a valid amount; write it like 1234.56", amount=amount), code=2)

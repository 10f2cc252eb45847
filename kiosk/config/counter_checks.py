"""What no single setting can see about the panel: whether it suits the QRs it will be given."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.base.errors import ConfigError
from kiosk.base.money import CURRENCIES
from kiosk.config.fault import ConfigFault
from kiosk.config.sections import Config
from kiosk.config.yaml_tree import Document
from kiosk.display.qr.legibility import LONGEST_TEXT, Legibility, assess
from kiosk.inputs.scanner.price_list import load_catalogue
from kiosk.inputs.scanner.scanner_input import ScannerSettings
from kiosk.orders.answers import emvco


def panel_trouble(config: Config, document: Document) -> tuple[list[ConfigFault], list[str]]:
    """Return faults and warnings about what the panel is to show instead of an order's QR."""
    faults, warnings = _printed_qr(config, document)
    return [*faults, *_way_out(config, document)], [*warnings, *_logo(config)]


def legibility(config: Config) -> Legibility | None:
    """Return how far phones will read the panel's QRs; None if it shows none, or nobody knows."""
    panel = config.display
    text = LONGEST_TEXT if config.orders.needs_qr else panel.printed_qr
    if not text or panel.pitch is None:
        return None
    return assess(panel.pixels, panel.pitch, text)


def _printed_qr(config: Config, document: Document) -> tuple[list[ConfigFault], list[str]]:
    text, key = config.display.printed_qr, "display.printed_qr"
    try:
        odd = emvco.check(text) if text else ()
    except emvco.BrokenQr as broken:
        place = document.place(("display", "printed_qr"))
        return [ConfigFault(place, key, f"{broken}; copy the point of sale's qr_code whole")], []
    return [], [f"{key}: {oddity}" for oddity in odd]


def _way_out(config: Config, document: Document) -> list[ConfigFault]:
    """A printed code can only be paid where the orders are for it too."""
    printed = config.display.qr_too_large == "printed_code"
    if not printed or getattr(config.orders, "mode", "") in ("hybrid", "static"):
        return []
    place = document.place(("display", "qr_too_large"))
    message = "the printed code can't pay these orders; write out_of_service, or set orders.mode"
    return [ConfigFault(place, "display.qr_too_large", f"{message}: hybrid")]


def _logo(config: Config) -> list[str]:
    logo = config.display.logo
    if logo is None or logo.is_file():
        return []
    return [f"display.logo: there is no {logo}; the shop's name will stand alone"]


def price_list_trouble(config: Config) -> Iterator[str]:
    """Yield a sentence for each fault of a price list or a secret that is not as it must be.

    No faults of the configuration: the files may be others on the kiosk itself. Reads them whole.
    """
    currency = CURRENCIES[config.kiosk.currency]
    for scanner in config.inputs:
        if not isinstance(scanner, ScannerSettings):
            continue
        try:
            if scanner.codes.signed:
                scanner.codes.signed.key()
            if scanner.codes.catalogue:
                load_catalogue(scanner.codes.catalogue, currency)
        except ConfigError as error:
            yield from error.faults

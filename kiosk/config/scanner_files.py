"""Checks of the files that scanners need: price lists, and keys of signed codes."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.base.errors import ConfigError
from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.base.money import CURRENCIES, Currency
from kiosk.config.fault import ConfigFault, Position
from kiosk.config.sections import Config
from kiosk.config.yaml_tree import Document
from kiosk.inputs.codes.settings import CodesSettings
from kiosk.inputs.scanner.price_list_reader import load_catalogue
from kiosk.inputs.scanner.scanner_input import ScannerSettings


@frozen
class ScannerFileNote:
    """What is to be said about a file of a scanner."""

    text: str
    is_warning: bool = True


FileRemark = ScannerFileNote | ConfigFault


def check_scanner_files(config: Config, document: Document) -> Iterator[FileRemark]:
    """Yield a note for each price list, and for each fault in one or in a key file. Reads them all.

    Only a price list without an article is a fault: then the scanner can't sell. The kiosk starts
    with it too, because the list may be corrected later.
    """
    currency = CURRENCIES[config.kiosk.currency]
    for number, scanner in enumerate(config.inputs):
        if isinstance(scanner, ScannerSettings):
            yield from _check_key(scanner.codes)
            place = document.place(("inputs", number, "codes", "catalogue", "file"))
            yield from _check_price_list(scanner, currency, place)


def _check_key(codes: CodesSettings) -> Iterator[FileRemark]:
    try:
        if codes.signed:
            codes.signed.key()
    except ConfigError as error:
        yield ScannerFileNote(str(error))


def _check_price_list(
    scanner: ScannerSettings, currency: Currency, place: Position
) -> Iterator[FileRemark]:
    if not scanner.codes.catalogue:
        return
    try:
        catalogue = load_catalogue(scanner.codes.catalogue, currency)
    except ConfigError as error:
        key = f"inputs.{scanner.name}.codes.catalogue.file"
        text = _("no article can be sold with this price list; correct it, and check it again")
        yield ConfigFault(place, key, f"{text}: {error}")
    else:
        to_correct = bool(catalogue.refusals or catalogue.remarks)
        yield ScannerFileNote(catalogue.summary(), to_correct)

"""The files that scanners need, looked at while the configuration is checked."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.base.errors import ConfigError
from kiosk.base.money import CURRENCIES
from kiosk.config.sections import Config
from kiosk.inputs.scanner.price_list import load
from kiosk.inputs.scanner.scanner_input import ScannerSettings


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
                load(scanner.codes.catalogue, currency)
        except ConfigError as error:
            yield from error.faults

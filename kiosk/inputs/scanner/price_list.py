"""The price list in use: the catalogue file, loaded again whenever it changes.

How one file is parsed is in ``kiosk/inputs/codes/catalogue.py``.
"""

from __future__ import annotations

import logging
from pathlib import Path

import anyio
import anyio.to_thread

from kiosk.base.errors import ConfigError
from kiosk.base.money import Currency
from kiosk.inputs.codes.catalogue import MAX_BYTES, Catalogue, Product
from kiosk.inputs.codes.settings import CatalogueSettings

CHECK_EVERY = 5.0  # seconds between two checks whether the file has changed

_log = logging.getLogger(__name__)

FileVersion = tuple[int, int, int]  # time of the last change in ns, size in bytes, inode


def load_catalogue(settings: CatalogueSettings, currency: Currency) -> Catalogue:
    """Return the catalogue of the settings. Raises ConfigError with a sentence for each fault.

    Takes a second for a hundred thousand rows, and several seconds on a small Pi.
    """
    file = settings.file
    try:
        if file.stat().st_size > MAX_BYTES:
            raise ConfigError(f"{file}: it is larger than {MAX_BYTES // 2**20} MB; shorten it")
        data = file.read_bytes()
    except OSError as fault:
        raise ConfigError(
            f"{file}: it can't be read ({fault.strerror}); check the path and the permissions"
        ) from fault
    return Catalogue(data, settings.file_format(currency), str(file))


class PriceList:
    """The products that are sold now. If a new file has a fault, the previous one stays in use."""

    def __init__(self, settings: CatalogueSettings | None, currency: Currency) -> None:
        self._settings, self._currency = settings, currency
        self._catalogue: Catalogue | None = None
        self._version: FileVersion | None = None

    def find(self, code: str) -> Product | None:
        """Return the product with this code, or None."""
        return self._catalogue.find(code) if self._catalogue else None

    async def run(self) -> None:
        """Load the file now, and again whenever it changes, for ever."""
        while self._settings:
            await self.reload_if_changed(self._settings)
            await anyio.sleep(CHECK_EVERY)

    async def reload_if_changed(self, settings: CatalogueSettings) -> None:
        """Load the file, in a thread, if it is not the version that was loaded."""
        version = _version_of(settings.file)
        if version != self._version:
            self._version = version
            await self._load(settings)

    async def _load(self, settings: CatalogueSettings) -> None:
        try:
            catalogue = await anyio.to_thread.run_sync(load_catalogue, settings, self._currency)
        except ConfigError as error:
            kept = "; the previous price list stays in use" if self._catalogue else ""
            for fault in error.faults:
                _log.error("catalogue: %s%s", fault, kept)
        else:
            self._catalogue = catalogue
            _log.info("catalogue: %d products from %s", len(catalogue), settings.file)


def _version_of(file: Path) -> FileVersion:
    try:
        status = file.stat()
    except OSError:
        return (0, 0, 0)  # loading the file reports what is wrong
    return status.st_mtime_ns, status.st_size, status.st_ino

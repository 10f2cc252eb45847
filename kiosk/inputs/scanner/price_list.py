"""The two files of a scanner: the price list, read again when it changes, and the used tickets."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import anyio
import anyio.to_thread

from kiosk.base import atomic_file
from kiosk.base.errors import BadReading, ConfigError
from kiosk.base.money import Currency
from kiosk.inputs.codes.catalogue import LARGEST, Catalogue, Product
from kiosk.inputs.codes.settings import CatalogueSettings

LOOK_EVERY = 5.0  # seconds between two looks at whether the price list has changed

_log = logging.getLogger(__name__)

Stamp = tuple[int, int, int]  # of a file: when changed, how long, which one


def load(settings: CatalogueSettings, currency: Currency) -> Catalogue:
    """Return the catalogue that the settings name. Raises ConfigError: a sentence for each fault.

    Takes a second for a hundred thousand rows, several on a small Pi.
    """
    file = settings.file
    try:
        if file.stat().st_size > LARGEST:
            raise ConfigError(f"{file}: it is larger than {LARGEST // 2**20} MB; shorten it")
        data = file.read_bytes()
    except OSError as fault:
        raise ConfigError(f"{file}: it can't be read ({fault.strerror})") from fault
    return Catalogue(data, settings.form(currency), str(file))


class PriceList:
    """The products that are sold now. A new price list that has a fault leaves the old one be."""

    def __init__(self, settings: CatalogueSettings | None, currency: Currency) -> None:
        self._settings, self._currency = settings, currency
        self._catalogue: Catalogue | None = None
        self._seen: Stamp | None = None

    def find(self, code: str) -> Product | None:
        """Return the product with this code, or None."""
        return self._catalogue.find(code) if self._catalogue else None

    async def keep(self) -> None:
        """Load the price list, and again whenever it changes, for ever."""
        while self._settings:
            await self.look(self._settings)
            await anyio.sleep(LOOK_EVERY)

    async def look(self, settings: CatalogueSettings) -> None:
        """Load the price list if it is not the one that was loaded; away from the loop."""
        stamp = _stamp(settings.file)
        if stamp != self._seen:
            self._seen = stamp
            await self._load(settings)

    async def _load(self, settings: CatalogueSettings) -> None:
        try:
            catalogue = await anyio.to_thread.run_sync(load, settings, self._currency)
        except ConfigError as error:
            kept = "; the one before it stays in force" if self._catalogue else ""
            for fault in error.faults:
                _log.error("catalogue: %s%s", fault, kept)
        else:
            self._catalogue = catalogue
            _log.info("catalogue: %d products from %s", len(catalogue), settings.file)


def _stamp(file: Path) -> Stamp:
    try:
        status = file.stat()
    except OSError:
        return (0, 0, 0)  # loading it says what is wrong
    return status.st_mtime_ns, status.st_size, status.st_ino


class UsedTickets:
    """The serials of signed amounts that were used, a line each; on disk before they count."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._used: set[str] | None = None  # once the file was read
        self._line_is_torn = False  # by a power cut; that serial was not used

    def spend(self, serial: str) -> bool:
        """Use the serial up; return whether it was unused. Raises BadReading if nobody can tell."""
        try:
            used = self._read() if self._used is None else self._used
            if serial in used:
                return False
            self._write(serial)
        except OSError as fault:
            _log.error("%s: used tickets can't be kept (%s)", self._file, fault.strerror)
            raise BadReading("signed amounts can't be taken now; ask the technician") from fault
        used.add(serial)
        return True

    def _read(self) -> set[str]:
        text = self._file.read_text("ascii") if self._file.exists() else ""
        *lines, torn = text.split("\n")
        self._line_is_torn = bool(torn)
        self._used = set(lines)
        return self._used

    def _write(self, serial: str) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        is_new = not self._file.exists()
        with self._file.open("a", encoding="ascii") as file:
            file.write("\n" * self._line_is_torn + serial + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._line_is_torn = False
        if is_new:
            atomic_file.flush(self._file.parent)  # its name, too

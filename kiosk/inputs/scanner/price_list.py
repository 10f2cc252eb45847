"""The price list in use: the catalogue file, loaded again whenever it changes.

How one file is parsed is in ``kiosk/inputs/codes/catalogue.py``. That takes a second for a hundred
thousand rows, and several on a small Pi. It is done by ``price_list_reader.py`` in a process of its
own: a thread would hold the interpreter's lock, and slow down the sales.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import anyio

from kiosk.base.errors import ConfigError
from kiosk.base.language import _
from kiosk.base.money import Currency
from kiosk.inputs.codes.catalogue import Catalogue, Product
from kiosk.inputs.codes.settings import CatalogueSettings
from kiosk.inputs.scanner.file_watch import FileWatch
from kiosk.inputs.scanner.price_list_reader import load_catalogue, load_in_process, load_last_good

CHECK_EVERY = 5.0  # seconds between two checks of a file that is changing, or can't be watched
CHECK_AT_REST = 60.0  # seconds; for changes that Linux does not report
GATHER = 1.0  # seconds from a report to the check: in some folders, there are many reports

_log = logging.getLogger(__name__)

FileVersion = tuple[int, int, int]  # time of the last change in ns, size in bytes, inode
Load = Callable[[CatalogueSettings, Currency], Awaitable[Catalogue]]


class PriceList:
    """The products that are sold now. If no row of a new file can be sold, the old one stays."""

    def __init__(
        self,
        settings: CatalogueSettings | None,
        currency: Currency,
        load: Load = load_in_process,
    ) -> None:
        self._settings, self._currency, self._load_file = settings, currency, load
        self._catalogue: Catalogue | None = None
        self._fault = _("the price list is being read; scan it again in a minute")  # without a list
        self._version: FileVersion | None = None
        self._changing: FileVersion | None = None  # seen at the latest check

    def find(self, code: str) -> Product | None:
        """Return the product with this code, or None."""
        return self._catalogue.find(code) if self._catalogue else None

    def why_missing(self, code: str) -> str:
        """Return what the list says about a code that is not found; an empty text for nothing."""
        if self._catalogue:
            return self._catalogue.why_missing(code)
        return self._fault if self._settings else ""

    async def run(self) -> None:
        """Load the file now, and again whenever it changes, for ever."""
        while settings := self._settings:
            with closing(FileWatch(settings.file)) as watch:
                await self.reload_if_changed(settings)
                if self._version != self._changing or not watch.works:
                    await anyio.sleep(CHECK_EVERY)
                    continue
                with anyio.move_on_after(CHECK_AT_REST):
                    await watch.changed()
                    await anyio.sleep(GATHER)

    def load_now(self) -> None:
        """Load the file in this process. Raises ConfigError."""
        if self._settings:
            self._catalogue = load_catalogue(self._settings, self._currency)

    async def reload_if_changed(self, settings: CatalogueSettings) -> None:
        """Load the file if it is not the version that was loaded.

        A file that changed since the last check may be half written: it is loaded at the next one.
        """
        version, before = _version_of(settings.file), self._changing
        self._changing = version
        is_settled = version == before or self._catalogue is None
        if version != self._version and is_settled:
            self._version = version
            await self._load(settings)
            if _version_of(settings.file) != version:
                self._version = None  # it changed while it was read

    async def _load(self, settings: CatalogueSettings) -> None:
        try:
            self._catalogue = await self._load_file(settings, self._currency)
        except ConfigError as error:
            kept = _("; the previous price list stays in use") if self._catalogue else ""
            for line in str(error).splitlines():
                _log.error("catalogue: %s%s", line.strip(), kept)
            if self._catalogue is None:
                await self._use_last_good(settings)
        else:
            level = logging.WARNING if self._catalogue.refusals else logging.INFO
            for line in self._catalogue.summary().splitlines():
                _log.log(level, "catalogue: %s", line.strip())

    async def _use_last_good(self, settings: CatalogueSettings) -> None:
        """Sell by the list that was kept before a restart, if it was written in the same format."""
        self._catalogue = await load_last_good(settings, self._currency)
        self._fault = _("the price list can't be used; see the log, or run kiosk check")
        if self._catalogue:
            _log.warning(
                "catalogue: the last good price list is used, with %d articles; correct %s",
                len(self._catalogue),
                settings.file,
            )


def _version_of(file: Path) -> FileVersion:
    try:
        status = file.stat()
    except OSError:
        return (0, 0, 0)  # loading the file reports what is wrong
    return status.st_mtime_ns, status.st_size, status.st_ino

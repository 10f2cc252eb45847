"""Reads a price list, in this process or in one of its own, and keeps the last good list.

    python -m kiosk.inputs.scanner.price_list_reader

is that process. It takes the settings on its standard input and writes the catalogue on its
standard output, both pickled: only this file writes and reads them.
"""

from __future__ import annotations

import json
import logging
import os
import pickle
import stat
import sys
from contextlib import suppress
from dataclasses import astuple
from io import FileIO
from pathlib import Path

import anyio
import anyio.to_thread

from kiosk.base import atomic_file
from kiosk.base.errors import ConfigError
from kiosk.base.language import _, system_reason
from kiosk.base.money import Currency
from kiosk.inputs.codes.catalogue import MAX_BYTES, Catalogue
from kiosk.inputs.codes.settings import CatalogueSettings

_MODE = 0o640
_PATIENCE = 19  # the process gives way to all others

_log = logging.getLogger(__name__)


def load_catalogue(settings: CatalogueSettings, currency: Currency) -> Catalogue:
    """Return the catalogue of the settings. Raises ConfigError with a sentence for each fault."""
    file = settings.file
    return Catalogue(_read(file), settings.file_format(currency), str(file))


async def load_in_process(settings: CatalogueSettings, currency: Currency) -> Catalogue:
    """Do as ``load_catalogue`` in a process of its own, and keep the list."""
    return await _ask_process(settings, currency, kept=False)


async def load_last_good(settings: CatalogueSettings, currency: Currency) -> Catalogue | None:
    """Return the list that was kept, or None if there is none in this format."""
    if settings.last_good is None or not settings.last_good.exists():
        return None
    with suppress(ConfigError):
        return await _ask_process(settings, currency, kept=True)
    return None


async def _ask_process(settings: CatalogueSettings, currency: Currency, *, kept: bool) -> Catalogue:
    with FileIO(os.memfd_create("price list"), "w+b") as output:
        if not await _run_process(pickle.dumps((settings, currency, kept)), output):
            raise ConfigError(
                _("{file}: the process that reads it failed; see the log", file=settings.file)
            )
        output.seek(0)
        result: Catalogue | ConfigError = await anyio.to_thread.run_sync(pickle.load, output)
    if isinstance(result, ConfigError):
        raise result
    return result


async def _run_process(task: bytes, output: FileIO) -> bool:
    """Return whether the process worked; not if it fails, or if the system can't start it.

    Its output is a file in memory: through a pipe, megabytes would keep the event loop busy.
    """
    words = [sys.executable, "-m", __name__]
    try:
        done = await anyio.run_process(words, input=task, check=False, stdout=output, stderr=None)
        return done.returncode == 0
    except* (OSError, anyio.BrokenResourceError) as failure:
        _log.error("catalogue: %s", failure.exceptions)
    return False


def _read(file: Path) -> bytes:
    try:
        status = file.stat()
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            raise ConfigError(
                _("{file}: it is a device and not a file; correct the path", file=file)
            )
        if status.st_size > MAX_BYTES:
            raise ConfigError(
                _(
                    "{file}: it is larger than {most} MB; shorten it",
                    file=file,
                    most=MAX_BYTES // 2**20,
                )
            )
        return file.read_bytes()
    except OSError as fault:
        raise ConfigError(
            _(
                "{file}: it can't be read ({reason}); check the path and the permissions",
                file=file,
                reason=system_reason(fault),
            )
        ) from fault


def _format_line(settings: CatalogueSettings, currency: Currency) -> str:
    """Return the first line of a kept list: in another format, its prices could be others."""
    written = settings.file_format(currency)
    return json.dumps(
        [*astuple(written.number), currency.code, written.delimiter, written.encoding]
    )


def _load(settings: CatalogueSettings, currency: Currency) -> Catalogue:
    data = _read(settings.file)
    catalogue = Catalogue(data, settings.file_format(currency), str(settings.file))
    if settings.last_good is not None:
        try:
            _keep(settings.last_good, _format_line(settings, currency).encode() + b"\n" + data)
        except OSError as fault:
            catalogue.remarks.append(
                _(
                    "{last_good}: the list can't be kept there ({reason})",
                    last_good=settings.last_good,
                    reason=system_reason(fault),
                )
            )
    return catalogue


def _keep(file: Path, content: bytes) -> None:
    if not file.exists() or file.read_bytes() != content:  # spare the memory card
        atomic_file.replace(file, content, _MODE)


def _load_kept(settings: CatalogueSettings, currency: Currency) -> Catalogue:
    assert settings.last_good, "the caller has checked it"
    head, _end, data = _read(settings.last_good).partition(b"\n")
    if head != _format_line(settings, currency).encode():
        raise ConfigError(_("the kept list is written in another format"))
    return Catalogue(data, settings.file_format(currency), str(settings.last_good))


def main() -> None:
    """Load the list whose settings are on the standard input."""
    with suppress(OSError):  # a unit without the drop-in for this counter forbids it
        os.setpriority(os.PRIO_PROCESS, 0, _PATIENCE)
    settings, currency, kept = pickle.load(sys.stdin.buffer)  # noqa: S301 - written above
    result: Catalogue | ConfigError
    try:
        result = (_load_kept if kept else _load)(settings, currency)
    except ConfigError as fault:
        result = fault
    pickle.dump(result, sys.stdout.buffer)


if __name__ == "__main__":
    main()

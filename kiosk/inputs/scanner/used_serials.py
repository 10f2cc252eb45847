"""The serial numbers of signed amounts that were already used: a file with one on each line."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from kiosk.base import atomic_file
from kiosk.base.errors import BadReading
from kiosk.base.language import _

_log = logging.getLogger(__name__)


class UsedSerials:
    """Each serial number can be used once. It is on disk before its amount is sold."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._used: set[str] | None = None  # None until the file was read
        self._last_line_is_cut = False  # by a power cut; that serial was not used

    def mark_used(self, serial: str) -> bool:
        """Record the serial as used; return whether it was new.

        Raises BadReading if the file can't be read or written.
        """
        try:
            used = self._read() if self._used is None else self._used
            if serial in used:
                return False
            self._write(serial)
        except OSError as fault:
            _log.error(
                "%s: the used serial numbers can't be read or written (%s); correct used_file",
                self._file,
                fault.strerror,
            )
            raise BadReading(_("signed amounts can't be read now; call the technician")) from fault
        used.add(serial)
        return True

    def _read(self) -> set[str]:
        text = self._file.read_text("ascii") if self._file.exists() else ""
        *lines, rest = text.split("\n")
        self._last_line_is_cut = bool(rest)
        self._used = set(lines)
        return self._used

    def _write(self, serial: str) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        is_new = not self._file.exists()
        with self._file.open("a", encoding="ascii") as file:
            file.write("\n" * self._last_line_is_cut + serial + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._last_line_is_cut = False
        if is_new:
            atomic_file.flush(self._file.parent)  # so that the file's name is on disk, too

"""The two folders of a TEF exchange: requests are taken out of one, answers are put into the other.

The request for a sale is kept under another name until it is answered, so that a power cut between
acknowledgement and answer leaves no program waiting.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from kiosk.base import atomic_file
from kiosk.base.errors import BadReading, DeviceGone
from kiosk.base.language import _, system_reason
from kiosk.inputs.tef.tef_fields import COMMAND, is_whole, read_fields

REQUEST, ACKNOWLEDGEMENT = "IntPos.001", "IntPos.Sts"
UNANSWERED = "IntPos.kiosk"
HALF_WRITTEN = 2.0  # seconds without a change; then the rest of a file does not come any more
PROGRAM_WAITS = 7.0  # seconds for IntPos.Sts (PayGo); a program has given up an older request


class TefFolders:
    """The folders, by calls that block. Every failure is raised as DeviceGone.

    The program may write the names in upper or lower case; the kiosk writes them in the same way.
    """

    def __init__(self, request: Path, response: Path, wall_clock: Callable[[], float]) -> None:
        self._request, self._response, self._wall_clock = request, response, wall_clock
        self._name = REQUEST  # as the program writes it
        self._half = b""  # a file without its end, and since when it is so
        self._half_since: float | None = None
        for folder in (request, response):
            if not folder.is_dir():
                raise DeviceGone(
                    _("{folder} is not a folder; create it, or correct the setting", folder=folder)
                )

    def take_old(self) -> bool:
        """Delete a request that its program has given up; return whether there was one."""
        try:
            if not (file := self._find(REQUEST)):
                return False
            age = self._wall_clock() - file.stat().st_mtime
            if -1 < age < PROGRAM_WAITS:
                return False
            file.unlink()
        except OSError as fault:
            raise self._gone(fault) from fault
        return True

    def take(self, now: float) -> bytes | None:
        """Return the request and move its file away; None if there is no whole one yet.

        A file without its end is returned too, when it has not changed for a while.
        """
        try:
            if not (file := self._find(REQUEST)):
                return None
            data = file.read_bytes()
            if not is_whole(data) and not self._stays_half(data, now):
                return None
            self._name = file.name
            if _is_sale(data):
                atomic_file.put_in_place(file, self._request / self._in_case(UNANSWERED))
            else:
                file.unlink()
        except OSError as fault:
            raise self._gone(fault) from fault
        self._half = b""
        return data

    def unanswered(self) -> bytes:
        """Return the request for a sale that has no answer yet; empty for none."""
        try:
            if not (file := self._find(UNANSWERED)):
                return b""
            self._name = file.name
            return file.read_bytes()
        except OSError as fault:
            raise self._gone(fault) from fault

    def put_back(self) -> None:
        """Let the request for a sale be taken again, unless the program has written a newer one."""
        try:
            if not (file := self._find(UNANSWERED)):
                return
            if self._find(REQUEST):
                file.unlink()
            else:
                atomic_file.put_in_place(file, self._request / self._name)  # as old as before
        except OSError as fault:
            raise self._gone(fault) from fault

    def forget(self) -> None:
        """Delete the request for a sale, which is answered now."""
        try:
            if file := self._find(UNANSWERED):
                file.unlink()
        except OSError as fault:
            raise self._gone(fault) from fault

    def acknowledge(self, data: bytes) -> None:
        """Write IntPos.Sts."""
        self._write(ACKNOWLEDGEMENT, data)

    def answer(self, data: bytes) -> None:
        """Write IntPos.001."""
        self._write(REQUEST, data)

    def close(self) -> None:
        """Do nothing: no file stays open."""

    def _find(self, name: str) -> Path | None:
        with os.scandir(self._request) as entries:
            paths = [entry.path for entry in entries if entry.name.lower() == name.lower()]
        return Path(paths[0]) if paths else None

    def _in_case(self, name: str) -> str:
        if self._name.islower():
            return name.lower()
        return name.upper() if self._name.isupper() else name

    def _stays_half(self, data: bytes, now: float) -> bool:
        if data != self._half or self._half_since is None:
            self._half, self._half_since = data, now
        return now - self._half_since >= HALF_WRITTEN

    def _write(self, name: str, data: bytes) -> None:
        file = self._response / self._in_case(name)
        try:
            atomic_file.replace(file, data)
        except OSError as fault:
            raise DeviceGone(
                _("{file} can't be written ({reason})", file=file, reason=system_reason(fault))
            ) from fault

    def _gone(self, fault: OSError) -> DeviceGone:
        return DeviceGone(
            _(
                "{request} can't be read and deleted ({reason})",
                request=self._request / REQUEST,
                reason=system_reason(fault),
            )
        )


def _is_sale(data: bytes) -> bool:
    try:
        return read_fields(data)[COMMAND] == "CRT"
    except BadReading:
        return False

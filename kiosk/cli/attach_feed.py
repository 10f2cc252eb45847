"""``kiosk bench --feed``: tells a bench on another computer what this kiosk does. It only reads.

Each line on standard output is JSON with one of: ``counter`` (once), ``status`` and ``signal``,
``journal`` (the newest sales), ``picture`` (PNG in base64), ``log`` (a line).
It ends when nobody reads it.
"""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import anyio
from anyio.streams.text import TextReceiveStream

from kiosk.base.errors import JournalFailed
from kiosk.cli.common import load_or_exit
from kiosk.cli.status import running_status
from kiosk.config import Config
from kiosk.display.fake import FakePanelSettings
from kiosk.journal import Journal, SaleRecord
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from kiosk.shell.picture_sender import PictureSender
from kiosk.simulator.bench.counter_facts import counter_facts
from kiosk.simulator.bench.journal_table import COLUMNS, JournalTable

LOOK_EVERY = 1.0  # seconds
LOG_LINES = 100
SALES_TOLD = 20
# Nobody pays from a copy of the panel: its QR only looks like the one of the sale.
COPY = "kiosk bench --attach: a copy of the panel; nobody can pay with this code"

_SCREENS = {
    "starting": Screen.WORKING,
    "idle": Screen.IDLE,
    "creating": Screen.WORKING,
    "paying": Screen.SCAN_ME,
    "closing": Screen.CHECKING,
    "out_of_service": Screen.OUT_OF_SERVICE,
}


def feed(config: Path, log: Path | None) -> None:
    """Perform ``kiosk bench --feed``, until nobody reads it."""
    settings = load_or_exit(config)
    try:
        anyio.run(_feed, settings, log)
    except* BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for Python's own flush


async def _feed(settings: Config, log: Path | None) -> None:
    width, height = settings.display.pixels
    _say(counter=counter_facts(settings, f"{settings.display.driver} {width}x{height}"))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_tell_log, log)
        tasks.start_soon(_tell_changes, settings)


async def _tell_changes(settings: Config) -> None:
    """Tell the status and the picture, each time that the status has changed."""
    panel, journal = _PanelCopy(settings), JournalTable(settings.journal.path)
    told: Any = ()
    while True:
        status = running_status(settings.service.status_file)
        if status != told:
            told = status
            _say(status=status, signal=panel.screen(status) if status else None)
        before = journal.rows
        with suppress(OSError):  # without permission to read the journal, all else is shown
            journal.update()
        if journal.rows != before:
            _say(journal={"columns": COLUMNS, "rows": journal.rows[:SALES_TOLD]})
        if picture := panel.changed(status):
            _say(picture=base64.b64encode(picture).decode())
        _say()  # it fails when nobody reads any more
        await anyio.sleep(LOOK_EVERY)


class _PanelCopy:
    """The picture on the panel: that of a fake panel itself, or drawn again by the status."""

    def __init__(self, settings: Config) -> None:
        self._settings = settings
        kiosk = settings.kiosk
        self._sender = PictureSender(settings.display, language=kiosk.language, shop=kiosk.shop)
        self._seen: Any = None

    def changed(self, status: dict[str, Any] | None) -> bytes:
        """Return the picture as PNG; empty if it is the same as before, or the kiosk is off."""
        display = self._settings.display
        if status is None:
            self._seen = None
            return b""
        if isinstance(display, FakePanelSettings) and display.frames:
            newest = max(display.frames.glob("*.png"), default=None)
            return newest.read_bytes() if newest and self._is_new(newest) else b""
        seen = status["state"], status["reference"], status["health"]
        return self._drawn(status) if self._is_new(seen) else b""

    def _is_new(self, seen: Any) -> bool:
        before, self._seen = self._seen, seen
        return bool(before != seen)

    def _drawn(self, status: dict[str, Any]) -> bytes:
        now = time.monotonic()
        image = self._sender.picture(self._show(status, now), now)
        written = io.BytesIO()
        image.save(written, format="PNG")
        return written.getvalue()

    def _show(self, status: dict[str, Any], now: float) -> Show:
        sale, screen = self._sale(status["reference"]), self.screen(status)
        failed = [fault for fault, health in status["health"].items() if health != "ok"]
        is_qr = screen is Screen.SCAN_ME
        return Show(
            screen,
            amount=sale.sale.amount if sale else None,
            reference=status["reference"] or "",
            qr_data=COPY if is_qr else "",
            begun=now,
            until=now + self._settings.sale.expires_after if is_qr else None,
            reason=failed[0] if failed and screen is Screen.OUT_OF_SERVICE else "",
        )

    def screen(self, status: dict[str, Any]) -> Screen:
        """Return the screen, which is also the signal of the lamps."""
        sale = self._sale(status["reference"])
        if status["state"] == "finished" and sale and sale.outcome:
            return Screen(sale.outcome.value)
        return _SCREENS.get(status["state"], Screen.IDLE)

    def _sale(self, reference: str | None) -> SaleRecord | None:
        if not reference:
            return None
        try:
            with closing(Journal.open_read_only(self._settings.journal.path)) as journal:
                return journal.find(reference)
        except JournalFailed:
            return None


async def _tell_log(file: Path | None) -> None:
    lines = _journald() if file is None else _lines_of(file)
    async for line in lines:
        _say(log=line)


async def _journald() -> AsyncIterator[str]:
    words = ["journalctl", "-u", "kiosk", "-n", str(LOG_LINES), "-f", "-o", "short-iso"]
    try:
        process = await anyio.open_process(words, stdin=subprocess.DEVNULL, stderr=None)
    except OSError:
        return  # a computer without journald; --log names the file
    async with process:
        assert process.stdout
        rest = ""
        async for text in TextReceiveStream(process.stdout, errors="replace"):
            *lines, rest = (rest + text).split("\n")
            for line in lines:
                yield line


async def _lines_of(file: Path) -> AsyncIterator[str]:
    rest, place = b"", 0
    while True:
        lines: list[bytes] = []
        with suppress(OSError), file.open("rb") as log:
            log.seek(place)
            *lines, rest = (rest + log.read()).split(b"\n")
            place = log.tell()
        for line in lines[-LOG_LINES:]:
            yield line.decode(errors="replace")
        await anyio.sleep(LOOK_EVERY)


def _say(**told: Any) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()

"""The part ``log.txt`` of ``kiosk bundle``: the log of journald or in a file, masked."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kiosk.base.frozen import frozen
from kiosk.base.language import _, system_reason
from kiosk.cli.bundle_sources import BundlePart, SourceMissing, run_command
from kiosk.cli.masking import Masker

LOG_LINES = 5000
_CLOCK = re.compile(r"\d\d:\d\d:\d\d\.\d\d\d ")  # as kiosk/service/logs.py writes it


@frozen
class LogLine:
    """A line of the log. ``place`` is its time in Unix seconds, or where in the file it begins."""

    place: float
    clock: str
    text: str


@frozen
class LogMark:
    """A mark between the lines of the log, at this place."""

    place: float
    text: str


def end_of(file: Path | None) -> float:
    """Return the place at which the next line of the log will be."""
    try:
        return file.stat().st_size if file else time.time()
    except OSError as error:
        raise SourceMissing(f"{file}: {system_reason(error)}") from error


def log(file: Path | None, marks: Sequence[LogMark], masker: Masker) -> BundlePart:
    """Return the newest lines of the log, with the marks between them."""
    lines = list(_lines_of(file) if file else _lines_of_journald())[-LOG_LINES:]
    # All lines are masked as one text: a number may go on in the next line.
    masked = masker.text("\n".join(line.text for line in lines)).split("\n")
    shown = [(line.place, f"{line.clock}{text}") for line, text in zip(lines, masked, strict=True)]
    shown += [(mark.place, f"======== {mark.text} ========") for mark in marks]
    text = "".join(f"{line}\n" for _place, line in sorted(shown, key=lambda line: line[0]))
    return BundlePart("log.txt", text, _("every word that is not one of the kiosk's own"))


def _lines_of(file: Path) -> Iterator[LogLine]:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise SourceMissing(f"{file}: {system_reason(error)}") from error
    place = 0
    for line in data.split(b"\n"):
        text = " ".join(line.decode(errors="replace").splitlines())
        clock = found[0] if (found := _CLOCK.match(text)) else ""
        yield LogLine(place, clock, text.removeprefix(clock))
        place += len(line) + 1


def _lines_of_journald() -> Iterator[LogLine]:
    units = ["-u", "kiosk", "-u", "kiosk-failed"]
    words = ["journalctl", *units, "-o", "json", "-n", str(LOG_LINES), "--no-pager"]
    done = run_command(words, os.environ)
    if done.returncode or not done.stdout.strip():
        raise SourceMissing(
            _("journalctl has no log of the kiosk; run as root, or add --log with a log file")
        )
    return (_entry(json.loads(line)) for line in done.stdout.splitlines())


def _entry(fields: dict[str, Any]) -> LogLine:
    message = fields.get("MESSAGE") or ""
    if isinstance(message, list):  # bytes that are not printable: systemd's "Journal JSON Format"
        message = bytes(message).decode(errors="replace")
    at = int(fields["__REALTIME_TIMESTAMP"]) / 1e6
    clock = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ} "
    return LogLine(at, clock, " ".join(message.splitlines()))

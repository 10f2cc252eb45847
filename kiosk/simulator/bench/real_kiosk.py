"""A real kiosk on the page, read-only: what ``kiosk bench --feed`` tells of it."""

from __future__ import annotations

import base64
import json
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import anyio
from anyio.streams.text import TextReceiveStream

from kiosk.base.language import LANGUAGES, _, from_parts, spoken, translated
from kiosk.base.localized_text import parts_of
from kiosk.simulator.bench.bench import Versions
from kiosk.simulator.bench.documents import manual_pages
from kiosk.simulator.bench.log_lines import LogLines
from kiosk.simulator.bench.page import create_page
from kiosk.simulator.bench.problems import problems_of
from kiosk.simulator.service.api_server import serve

AGAIN_AFTER = 3.0  # seconds from the end of a connection to the next try
PICTURES_KEPT = 20
LONGEST_LINE = 4 * 1024 * 1024  # characters; a picture of the largest panel is far smaller

_NOTHING: dict[str, Any] = {
    "readonly": True,
    "starts": 0,
    "clock": 1,
    "unplugged": [],
    "network": {"kind": "ok", "status": None, "seed": None, "until": None},
    "refused": None,
    "phone": {"sees": "nothing", "scanned": None, "can": [], "says": ""},
    "order": None,
    "replies": [],
    "scenario": None,
    "choices": {"panels": [], "languages": list(LANGUAGES), "currencies": [], "scenarios": []},
}
_UNKNOWN = {
    "name": "",
    "language": "en",
    "currency": "ARS",
    "symbol": "$",
    "decimals": 2,
    "decimal": ",",
    "thousands": ".",
    "panel": {"name": "", "width": 1, "height": 1, "mm": None, "inches": None},
}


class RealKiosk:
    """What is known of a kiosk. ``folder`` is for its pictures."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._counter: Mapping[str, Any] = _UNKNOWN
        self._status: Mapping[str, Any] | None = None
        self._signal: str | None = None
        self._journal: Mapping[str, Any] = {"columns": [], "rows": []}
        self._frame = 0
        self._log, self._versions = LogLines(), Versions()
        self.lost: str = _("it has not answered yet")  # why there is no connection

    def take(self, told: Mapping[str, Any]) -> None:
        """Take what a line of the feed tells."""
        self.lost = ""
        self._counter = told.get("counter", self._counter)
        self._status = told.get("status", self._status)
        self._signal = told.get("signal", self._signal)
        self._journal = told.get("journal", self._journal)
        if "log" in told:
            self._log.append(str(told["log"]))
        if "picture" in told:
            self._frame += 1
            self._path(self._frame).write_bytes(base64.b64decode(told["picture"]))
            self._path(self._frame - PICTURES_KEPT).unlink(missing_ok=True)

    def frame(self, number: int) -> Path | None:
        """Return the file of a picture, or None if there is no such picture."""
        path = self._path(number)
        return path if path.exists() else None

    def state(self, after: str = "", language: str = "en") -> dict[str, Any] | None:
        """Return all that the page shows, or None if nothing has changed since ``after``."""
        with spoken(language):
            shown = self._shown()
        newest = 0, self._log.newest
        version = self._versions.of(language, shown, newest)
        if version == after:
            return None
        known = self._versions.newest_at(after)
        lines = self._log.since(known[1] if known else 0)
        about = {"version": version, "complete": known is None, "now": time.time()}
        return about | shown | {"timeline": [], "log": lines}

    def _shown(self) -> dict[str, Any]:
        status = None if self.lost or self._status is None else self._in_words(self._status)
        return _NOTHING | {
            "busy": bool(status and status.get("state") not in ("idle", "out_of_service")),
            "counter": self._counter,
            "inputs": [_input(*each) for each in (status or {}).get("inputs", {}).items()],
            "power": "on" if status else "off",
            "kiosk": self._kiosk(status) if status else None,
            "journal": self._journal,
            "problems": list(self._problems(status)),
        }

    def _in_words(self, status: Mapping[str, Any]) -> dict[str, Any]:
        return dict(translated(dict(status), status.get("parts", {})))

    def _kiosk(self, status: dict[str, Any]) -> dict[str, Any]:
        dark: dict[str, Any] = {"said": None, "lamps": {}, "tones": []}
        return dark | {
            "status": status, "signal": self._signal, "frame": self._frame or None
        }  # fmt: skip

    def _problems(self, status: Mapping[str, Any] | None) -> Iterator[str]:
        if self.lost:
            yield _("no connection to the kiosk: {reason}", reason=from_parts(parts_of(self.lost)))
        elif status is None:
            yield _("the kiosk is not running; see systemctl status kiosk")
        yield from problems_of(status)

    def _path(self, number: int) -> Path:
        return self._folder / f"{number}.png"


def _input(name: str, told: Mapping[str, Any]) -> dict[str, Any]:
    nothing: dict[str, Any] = {"can": [], "presses": [], "sent": [], "articles": [], "amount": None}
    about = {"name": name, "driver": "", "dialect": "", "place": "", "kind": "register"}
    return nothing | about | {"plugged": True, "connected": bool(told.get("connected"))}


async def show(
    command: Sequence[str], folder: Path, page: socket.socket, manual: Callable[[str], str]
) -> None:
    """Serve the page until a signal, and follow the kiosk. See ``documents.manual_pages``."""
    kiosk = RealKiosk(folder)
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as signals:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(serve, create_page(kiosk, "", *manual_pages(manual)), page)
            tasks.start_soon(_follow, command, kiosk)
            await anext(aiter(signals))
            tasks.cancel_scope.cancel()


async def _follow(command: Sequence[str], kiosk: RealKiosk) -> None:
    """Read the feed; begin again whenever it ends."""
    while True:
        try:
            kiosk.lost = await _read(command, kiosk)
        except OSError as error:
            kiosk.lost = f"{command[0]}: {error.strerror}"
        await anyio.sleep(AGAIN_AFTER)


async def _read(command: Sequence[str], kiosk: RealKiosk) -> str:
    """Read until the feed ends; return why."""
    # The program may ask for a password on this terminal; what it complains about is shown there.
    async with await anyio.open_process(command, stdin=None, stderr=None) as process:
        assert process.stdout
        try:
            async for told in _lines(TextReceiveStream(process.stdout, errors="replace")):
                kiosk.take(told)
            code = await process.wait()
        finally:
            if process.returncode is None:
                process.terminate()
    return _("{program} ended with exit code {code}", program=command[0], code=code)


async def _lines(stream: TextReceiveStream) -> Any:
    rest = ""
    async for text in stream:
        *lines, rest = (rest + text).split("\n")
        for line in lines:
            if told := _told(line):
                yield told
        if len(rest) > LONGEST_LINE:
            rest = ""


def _told(line: str) -> dict[str, Any]:
    """Return what a line tells; nothing for the greeting of a login shell, for example."""
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}

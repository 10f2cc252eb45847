"""The live state of the daemon: a JSON file for programs, and a sentence for ``systemctl``."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio

from kiosk.base.language import _, mark
from kiosk.base.localized_text import parts_of, texts_in
from kiosk.sale.words import Fault
from kiosk.service.notify import notify

SENTENCES = {
    "starting": mark("starting"),
    "idle": mark("ready to sell"),
    "creating": mark("sale {reference}: creating the order"),
    "paying": mark("sale {reference}: waiting for the payment"),
    "closing": mark("sale {reference}: finding out how the order ended"),
    "finished": mark("sale {reference}: its result is on the panel"),
    "out_of_service": mark("out of service"),
}

REASONS = {
    Fault.NETWORK: mark("the payment service does not answer"),
    Fault.TOKEN: mark("the service refuses the access token"),
    Fault.SETUP: mark("the service refuses a setting; see the log"),
    Fault.NO_QR: mark("the latest order has no QR that can be drawn; check orders.mode"),
    Fault.NOT_PAYABLE: mark("the latest order could not be paid; see the log"),
    Fault.CURRENCY: mark("the latest order is in another currency; check kiosk.currency"),
    Fault.PANEL: mark("the panel does not work"),
    Fault.JOURNAL: mark("the journal can't be written"),
    Fault.START: mark("the kiosk does not start"),
}

CONFIGURATION = "configuration"  # the part whose problem is: the last good one is in use

SOON = 0.02  # seconds; the request and the picture go first, and quick changes are written once

log = logging.getLogger("kiosk.status")


class StatusFile:
    """Writes the status when it has changed. A failure is logged and stops no sale.

    ``update`` leaves it to ``run``, so that a request or a picture never waits for the file.

    ``reached_idle`` is set when the counter was able to sell for the first time.
    """

    def __init__(self, path: Path, extra: Callable[[], dict[str, Any]] = dict) -> None:
        """``extra`` returns more fields for the file."""
        self.reached_idle = anyio.Event()
        self.path, self._extra = path, extra
        # Made once: Python keeps a table of all names in paths, which grows with each new one.
        self._draft = path.with_name(path.name + ".new")
        self._written: dict[str, Any] = {}
        self._news = anyio.Event()  # set when another status is written
        self._latest: Callable[[], dict[str, Any]] | None = None  # the counter's own status
        self._changed = anyio.Event()
        self._problems: dict[str, str] = {}  # by the part that has it
        self._sentence = self._note = self._sent = ""

    def update(self, status: Callable[[], dict[str, Any]]) -> None:
        """Write what ``status`` returns as soon as the counter has time. Never blocks."""
        self._latest = status
        self._changed.set()

    async def run(self) -> None:
        """Write the latest status after each change, for ever."""
        while True:
            await self._changed.wait()
            await anyio.sleep(SOON)
            self._changed = anyio.Event()
            if self._latest:
                self.write(self._latest())

    def write(self, status: dict[str, Any]) -> None:
        """Replace the file atomically, so that nobody reads a part of a status."""
        if status["state"] == "idle":
            self.reached_idle.set()
        self._sentence = sentence(status)
        self._notify()
        problems = [
            _("{part}: {problem}", part=part, problem=problem)
            for part, problem in self._problems.items()
            if problem
        ]
        if problems:
            status = status | {"problems": [*status.get("problems", ()), *problems]}
        if self._problems.get(CONFIGURATION):
            status = status | {CONFIGURATION: "last_good"}
        status = status | self._extra() | {"pid": os.getpid()}
        if parts := {text: parts_of(text) for text in texts_in(status)}:
            status |= {"parts": parts}
        if status == self._written:
            return
        self._written = status
        self._news.set()
        self._news = anyio.Event()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._draft.write_text(json.dumps(status) + "\n")
            os.replace(self._draft, self.path)
        except OSError as error:
            log.warning(
                "service.status_file can't be written: %s; "
                "make the kiosk's user the owner of its folder",
                error,
            )

    async def next(self, known: dict[str, Any] | None) -> dict[str, Any]:
        """Wait until the status is another one than the known one, and return it."""
        while not self._written or self._written == known:
            await self._news.wait()
        return self._written

    def report(self, part: str, problem: str) -> None:
        """Write the problem of a part, such as ``display``; an empty text ends it."""
        self._problems[part] = problem
        self._changed.set()

    @property
    def problems(self) -> dict[str, str]:
        """The problems that were reported, by part; an empty text is one that has ended."""
        return dict(self._problems)

    def add_note(self, text: str) -> None:
        """Append a note to the sentence from now on."""
        self._note = f"; {text}"
        self._notify()

    def _notify(self) -> None:
        text = self._sentence + self._note
        if text != self._sent:
            notify(f"STATUS={text}")
        self._sent = text

    def close(self) -> None:
        """Delete the file: a stopped daemon has no state."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("service.status_file can't be deleted: %s", error)


def sentence(status: dict[str, Any]) -> str:
    """Return the status as a sentence: ``out of service: panel (the panel does not work)``."""
    words = SENTENCES[status["state"]].format(reference=status["reference"])
    failed = [fault for fault, health in status["health"].items() if health != "ok"]
    reasons = ", ".join(f"{fault} ({REASONS[fault]})" for fault in failed)
    return f"{words}: {reasons}" if reasons else words

"""The live state of the daemon: a small JSON file for programs, a sentence for ``systemctl``."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio

from kiosk.sale.words import Fault
from kiosk.service.notify import notify

SENTENCES = {
    "starting": "starting",
    "idle": "ready to sell",
    "creating": "sale {reference}: its order is being made",
    "paying": "sale {reference}: waiting for the payment",
    "closing": "sale {reference}: finding out how it ended",
    "finished": "sale {reference}: its result is on the panel",
    "out_of_service": "out of service",
}

REASONS = {
    Fault.NETWORK: "the payment service does not answer",
    Fault.TOKEN: "the service refuses the access token",
    Fault.SETUP: "the service refuses a setting, which the log names",
    Fault.PANEL: "nobody could see a QR",
    Fault.JOURNAL: "nothing can be written down",
    Fault.START: "the kiosk does not start",
}

log = logging.getLogger("kiosk.status")


class StatusFile:
    """Tells the status when it has changed. One that can't be written stops no sale.

    ``reached_idle`` is set once all was well enough to sell.
    """

    def __init__(self, path: Path, more: Callable[[], dict[str, Any]] = dict) -> None:
        """``more`` says what is to stand beside what is written."""
        self.reached_idle = anyio.Event()
        self._path, self._more = path, more
        self._written: dict[str, Any] = {}
        self._sentence = self._remark = self._said = ""

    def write(self, status: dict[str, Any]) -> None:
        """Replace the file atomically, so that nobody ever reads half a status."""
        if status["state"] == "idle":
            self.reached_idle.set()
        self._sentence = sentence(status)
        self._tell()
        status = status | self._more() | {"pid": os.getpid()}
        if status == self._written:
            return
        self._written = status
        draft = self._path.with_name(self._path.name + ".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps(status) + "\n")
            os.replace(draft, self._path)
        except OSError as error:
            log.warning(
                "service.status_file can't be written: %s; give its folder to the kiosk's user",
                error,
            )

    def add_note(self, text: str) -> None:
        """Add to the sentence what else people should know, from now on."""
        self._remark = f"; {text}"
        self._tell()

    def _tell(self) -> None:
        said = self._sentence + self._remark
        if said != self._said:
            notify(f"STATUS={said}")
        self._said = said

    def close(self) -> None:
        """Take the file away: a daemon that has stopped has no state."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("service.status_file can't be removed: %s", error)


def sentence(status: dict[str, Any]) -> str:
    """Return the status in words: ``out of service: panel (nobody could see a QR)``."""
    words = SENTENCES[status["state"]].format(reference=status["reference"])
    failed = [fault for fault, health in status["health"].items() if health != "ok"]
    reasons = ", ".join(f"{fault} ({REASONS[fault]})" for fault in failed)
    return f"{words}: {reasons}" if reasons else words

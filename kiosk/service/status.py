"""The live state of the daemon in a small JSON file that others may read at any moment."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

log = logging.getLogger("kiosk.status")


class StatusFile:
    """Writes the status when it has changed. A status that can't be written stops no sale."""

    def __init__(self, path: Path, more: Callable[[], dict[str, Any]] = dict) -> None:
        """``more`` says what is to stand beside what is written."""
        self._path, self._more = path, more
        self._written: dict[str, Any] | None = None

    def write(self, status: dict[str, Any]) -> None:
        """Replace the file atomically, so that nobody ever reads half a status."""
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
            log.warning("service.status_file can't be written: %s", error)

    def close(self) -> None:
        """Take the file away: a daemon that has stopped has no state."""
        self._path.unlink(missing_ok=True)

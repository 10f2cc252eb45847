"""The requests of a TEF exchange as a stream of bytes, for recordings. Pure."""

from __future__ import annotations

import math

from kiosk.inputs.tef.tef_dialog import Output, TefDialog
from kiosk.inputs.tef.tef_fields import LONGEST, is_whole

GAP = 2.0  # seconds; then the rest of a file does not come any more


class TefStream:
    """Joins pieces of a file, each as it was found, and reads them. See ``Decoder``."""

    def __init__(self, dialog: TefDialog) -> None:
        self._dialog = dialog
        self._data = b""
        self._last = -math.inf

    @property
    def deadline(self) -> float:
        """When the unfinished file counts as cut off; infinite without one."""
        return self._last + GAP if self._data else math.inf

    def opened(self, now: float) -> None:
        """Start again."""
        self._data = b""
        self._dialog.opened(now)

    def feed(self, data: bytes, now: float) -> Output:
        """Take a piece of a file that was found by ``now``; none: only time has passed."""
        output = self._read(now) if now >= self.deadline else []
        if data.strip() or self._data:
            self._data, self._last = self._data + data, now
        if is_whole(self._data) or len(self._data) > LONGEST:
            output += self._read(now)
        return output

    def _read(self, now: float) -> Output:
        data, self._data = self._data, b""
        return self._dialog.read(data, now)

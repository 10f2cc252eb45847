"""Frames that the other side must acknowledge: one at a time, a few tries each. Pure."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

TRIES = 3  # "vuelve a enviar la respuesta 2 veces más" (Transbank)
PATIENCE = 10.0  # seconds that an acknowledgement may take (the same reference, Timeout2)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A frame to be acknowledged, and the reference of the result that it tells, if any."""

    data: bytes
    tells: str = ""


class Sending:
    """What is on its way to the register."""

    def __init__(self) -> None:
        self._waiting: deque[Outgoing] = deque()
        self._tries = 0
        self.deadline = math.inf

    @property
    def busy(self) -> bool:
        """Whether a frame is on its way."""
        return bool(self._waiting)

    def put(self, frame: Outgoing, now: float) -> bytes:
        """Send the frame now, or after those before it; return what goes over the line now."""
        self._waiting.append(frame)
        return b"" if len(self._waiting) > 1 else self._again(now)

    def acknowledged(self, now: float) -> tuple[Outgoing | None, bytes]:
        """Return the frame that has arrived, and what goes over the line now."""
        if not self._waiting:
            return None, b""  # a stray one
        arrived = self._waiting.popleft()
        return arrived, self._next(now)

    def refused(self, now: float) -> bytes:
        """Send it again, a few times: it arrived damaged, or not at all."""
        if not self._waiting:
            return b""
        if self._tries < TRIES:
            return self._again(now)
        self._waiting.popleft()
        return self._next(now)

    def reopened(self, now: float) -> None:
        """Begin anew with what is on its way: the line was out, and is there again."""
        self._tries = 0
        self.deadline = now if self._waiting else math.inf

    def forget(self) -> None:
        """Send nothing of it any more: the register asks for something else now."""
        self._waiting.clear()
        self._next(math.inf)

    def _next(self, now: float) -> bytes:
        self._tries, self.deadline = 0, math.inf
        return self._again(now) if self._waiting else b""

    def _again(self, now: float) -> bytes:
        self._tries += 1
        self.deadline = now + PATIENCE
        return self._waiting[0].data

"""Send frames that the register must acknowledge: one at a time, each up to three times. Pure."""

from __future__ import annotations

import math
from collections import deque

from kiosk.base.frozen import frozen

TRIES = 3  # "vuelve a enviar la respuesta 2 veces más" (Transbank, POS Integrado)
ACK_TIMEOUT = 10.0  # seconds (the same document, Timeout2)


@frozen
class OutgoingFrame:
    """A frame to be acknowledged. ``reference`` is the sale whose result it is, or empty."""

    data: bytes
    reference: str = ""


class FrameSender:
    """A queue of frames. The methods return the bytes to send now."""

    def __init__(self) -> None:
        self._queue: deque[OutgoingFrame] = deque()
        self._tries = 0  # of the first frame in the queue
        self.deadline = math.inf  # when the first frame counts as not acknowledged

    @property
    def busy(self) -> bool:
        """Whether a frame waits for its acknowledgement."""
        return bool(self._queue)

    def put(self, frame: OutgoingFrame, now: float) -> bytes:
        """Queue the frame; send it at once if the queue is empty."""
        self._queue.append(frame)
        return b"" if len(self._queue) > 1 else self._send(now)

    def acknowledged(self, now: float) -> tuple[OutgoingFrame | None, bytes]:
        """Return the frame that was acknowledged, and the bytes to send now."""
        if not self._queue:
            return None, b""  # an ACK without a frame
        arrived = self._queue.popleft()
        return arrived, self._send_next(now)

    def refused(self, now: float) -> bytes:
        """Send the frame again, up to three times in all: it arrived damaged, or not at all."""
        if not self._queue:
            return b""
        if self._tries < TRIES:
            return self._send(now)
        self._queue.popleft()
        return self._send_next(now)

    def reopened(self, now: float) -> None:
        """Send the first frame again, as if for the first time: the port was opened again."""
        self._tries = 0
        self.deadline = now if self._queue else math.inf

    def forget(self) -> None:
        """Send none of the frames any more: the register asks for something else now."""
        self._queue.clear()
        self._send_next(math.inf)

    def _send_next(self, now: float) -> bytes:
        self._tries, self.deadline = 0, math.inf
        return self._send(now) if self._queue else b""

    def _send(self, now: float) -> bytes:
        self._tries += 1
        self.deadline = now + ACK_TIMEOUT
        return self._queue[0].data

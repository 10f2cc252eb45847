"""Tells a dead path from a slow server, by what the kernel knows about a TCP connection.

A router, a NAT or a mobile network may forget a connection without a signal. What is sent then is
lost. A server that is only slow is different: its kernel acknowledges the request at once. Linux
tells this in ``TCP_INFO`` (``struct tcp_info`` of linux/tcp.h). Other systems do not: there, and on
streams that are not sockets, only the read time-out ends a call on a dead path.
"""

from __future__ import annotations

import math
import socket
import struct
from typing import Self

from kiosk.base.frozen import frozen

_TCP_INFO = getattr(socket, "TCP_INFO", None)
_SIZE = 144  # bytes, up to tcpi_segs_in (Linux 4.2)
_COUNTS = struct.Struct("=8B24I32xII")  # up to tcpi_segs_in, without the 64-bit counters
_CLOSED = 7  # TCP_CLOSE of linux/tcp_states.h: the peer has reset the connection

# Seconds. A receiver may delay its acknowledgment by a round trip, and Linux by 40 ms at least.
DELAYED = 0.05
SHORTEST, LONGEST = 0.1, 3.0
UNKNOWN_ROUND_TRIP = 1.0  # seconds (RFC 6298, 2.1)
_KERNEL_TICK = 0.01  # seconds; the times of TCP_INFO are as exact as this


@frozen
class TcpState:
    """What the kernel knows about a connection. Times are in seconds."""

    unacknowledged: int  # segments that were sent, but not acknowledged
    received: int  # segments, since the beginning
    repeated: int  # segments that were sent again, since the beginning
    sent_ago: float  # since a segment with data was sent, for the first time or again
    heard_ago: float  # since the peer's latest acknowledgment; a FIN has one too
    round_trip: float  # smoothed; 0 if not measured yet
    deviation: float  # of the round trip, on average
    was_reset: bool = False

    @classmethod
    def of(cls, connection: socket.socket) -> Self | None:
        """Return the state, or None where the kernel does not tell it."""
        if _TCP_INFO is None:
            return None
        try:
            info = connection.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, _SIZE)
        except OSError:  # it is closed
            return None
        return cls._read(info) if len(info) == _SIZE else None

    @classmethod
    def _read(cls, info: bytes) -> Self:
        state, *bytes_and_numbers = _COUNTS.unpack(info)
        numbers = bytes_and_numbers[7:]
        return cls(
            unacknowledged=numbers[4],
            received=numbers[25],
            repeated=numbers[23],
            sent_ago=numbers[9] / 1000,
            heard_ago=numbers[12] / 1000,
            round_trip=numbers[15] / 1e6,
            deviation=numbers[16] / 1e6,
            was_reset=state == _CLOSED,
        )


def patience(state: TcpState) -> float:
    """Return for how many seconds a request may stay unacknowledged: about two round trips."""
    round_trip = state.round_trip or UNKNOWN_ROUND_TRIP
    return min(max(2 * round_trip + state.deviation + DELAYED, SHORTEST), LONGEST)


class Silence:
    """How long a peer has been silent about a request."""

    def __init__(self, before: TcpState) -> None:
        """``before`` is the state before the request is sent."""
        self._since = before

    def seconds_left(self, now: TcpState) -> float | None:
        """Return the seconds until the path is probably dead, 0 if it is; None: all has arrived.

        Only the kernel's own time counts, because a busy computer may send the request late.
        """
        if not now.unacknowledged:
            return None
        if now.received != self._since.received:  # a part of the request has arrived
            self._since = now
            return patience(now)
        repeated = now.repeated > self._since.repeated
        silent = math.inf if repeated else now.sent_ago + _KERNEL_TICK
        return max(patience(self._since) - silent, 0.0)

"""Learns how long an idle connection lives, so that no request meets its end. Pure.

Two things end an idle connection. The server closes it: this can be seen, and the kernel knows
when it came. A router on the way forgets it: only a request that gets no acknowledgment shows that.
"""

from __future__ import annotations

# Seconds. Load balancers close after 60 (AWS), 75 (nginx) or 610 (Google); routers forget, some of
# them after five minutes.
AT_FIRST = 240.0
LONGEST = 600.0
# A server that restarts closes all connections, and a change of the network loses them all. So a
# shorter time is not learned.
SHORTEST_CLOSED = 5.0
SHORTEST_FORGOTTEN = 20.0

MARGIN = 1.5  # seconds; a connection is replaced so long before its end
FORGETS = (
    1.01  # with each connection that is replaced, so that a router that was changed is noticed
)


class IdleLimit:
    """For how many seconds an idle connection is used again: ``seconds``."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._closed_after = LONGEST
        self._forgotten_after = AT_FIRST

    @property
    def seconds(self) -> float:
        """The limit: a little less than the shortest life that is known."""
        life = min(self._closed_after, self._forgotten_after)
        return life - min(MARGIN, life / 4)

    def closed(self, after: float) -> None:
        """The server has closed a connection that was idle for so many seconds."""
        self._closed_after = min(max(after, SHORTEST_CLOSED), LONGEST)

    def forgotten(self, after: float) -> None:
        """A connection that was idle for so many seconds did not work any more."""
        shortest = min(self._forgotten_after, after)
        self._forgotten_after = max(shortest, SHORTEST_FORGOTTEN)

    def outlived(self, idle: float) -> None:
        """A connection was replaced after so many idle seconds; the server had not closed it."""
        self._closed_after = max(self._closed_after, min(idle, LONGEST))
        self._forgotten_after = min(self._forgotten_after * FORGETS, LONGEST)

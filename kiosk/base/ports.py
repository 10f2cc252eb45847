"""The ports of TCP, as settings name them."""

from __future__ import annotations

from kiosk.base.language import _


def checked_port(number: int) -> int:
    """Return the number if it is a port; raise ValueError, which says what to write, if not."""
    if not 0 < number < 65_536:
        raise ValueError(
            _("{port} is not a valid port; write a number from 1 to 65535", port=number)
        )
    return number

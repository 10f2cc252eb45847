"""Errors, sorted by what can be done about them.

Foreign exceptions are turned into these once, at the seam where they enter; nothing above a seam
ever sees an ``OSError`` of a port or an ``httpx`` exception. ``assert`` is for our own faults.
"""

from __future__ import annotations

from collections.abc import Sequence


class KioskError(Exception):
    """Any fault that the kiosk knows by name."""


class ConfigError(KioskError):
    """The technician can mend it. Each fault is one sentence: where, what is wrong, what to do."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults: Sequence[str] = faults


class DeviceGone(KioskError):
    """A device is missing, unplugged or does not answer: retry later, and say so meanwhile."""


class JournalFailed(KioskError):
    """The journal could not be written: nothing may happen that the journal does not hold."""


class JournalRefused(JournalFailed):
    """The journal is another kiosk's: one that runs, or a newer one. Waiting mends nothing."""


class BadReading(KioskError):
    """What an input delivered is no amount. The message says why, fit for a log and a screen."""


class CallError(KioskError):
    """A call to the payment service brought no order. See the two kinds below."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after  # seconds, when the service asked for a pause


class OrderRefused(CallError):
    """The service said a definite no: this request was not carried out and never will be.

    ``code`` is the service's own word (``pos_not_found``); ``status`` its HTTP status.
    """

    def __init__(self, message: str, *, code: str = "", status: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class OutcomeUnknown(CallError):
    """Nobody knows whether the request was carried out: ask again, same key, same bytes."""


class NotSent(CallError):
    """The request never left this computer (no route, no name, connection refused)."""

"""Errors, sorted by what can be done about them.

Each driver and client turns the exceptions of its libraries into these: no other code sees an
``OSError`` of a port or an exception of ``httpx``. ``assert`` is for mistakes in our own code.
"""

from __future__ import annotations

from collections.abc import Sequence


class KioskError(Exception):
    """The base of all errors of the kiosk."""


class ConfigError(KioskError):
    """The technician can correct it. Each fault is a sentence: where, what is wrong, what to do."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults: Sequence[str] = faults


class DeviceGone(KioskError):
    """A device is missing, unplugged or does not answer: report it, and try again later."""


class JournalFailed(KioskError):
    """The journal could not be written: what it does not hold must not be carried out."""


class JournalRefused(JournalFailed):
    """Another running kiosk, or a newer one, has the journal: trying again does not help."""


class BadReading(KioskError):
    """An input delivered something that is not an amount. The message goes into log and screen."""


class CallError(KioskError):
    """A call to the payment service returned no order. See the three kinds below."""

    def __init__(
        self, message: str, *, retry_after: float | None = None, rate_limited: bool = False
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after  # seconds, when the service asked for a pause
        self.rate_limited = rate_limited  # it asked because there were too many calls


class OrderRefused(CallError):
    """The service refused: this request was not carried out and will never be.

    ``code`` is the service's error code (``pos_not_found``); ``status`` its HTTP status.
    """

    def __init__(self, message: str, *, code: str = "", status: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class OutcomeUnknown(CallError):
    """The request may have been carried out: send it again with the same key and bytes."""


class NotSent(CallError):
    """The request never left this computer (no route, no name, connection refused)."""

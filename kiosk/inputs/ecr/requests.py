"""What a register can ask a payment terminal, and what a profile must be able to answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from kiosk.base.frozen import frozen
from kiosk.base.money import Money
from kiosk.sale.words import Outcome, Unknown


@frozen
class Result:
    """How the sale ended; ``reference`` is the kiosk's own number for it."""

    ticket: str
    reference: str
    amount: Money
    outcome: Outcome | Unknown


# Returns the text that tells a result in the form of the request. None: there is no result.
Answer = Callable[[Result | None], str]


def no_answer(_: Result | None) -> str:
    """Return nothing: the register did not ask since the start."""
    return ""


@frozen
class SaleAsked:
    """Sell for this amount.

    ``ticket`` is the register's own number for the sale, perhaps empty. ``progress`` is what it is
    told while the sale is in progress; empty for nothing.
    """

    amount: Money
    ticket: str
    progress: str = ""
    answer: Answer = no_answer


@frozen
class LastSaleAsked:
    """Repeat how the last sale ended."""

    answer: Answer


@frozen
class RegisterRequest:
    """A request that needs only an acknowledgement, or answers that are always the same."""

    answers: tuple[str, ...] = ()


@frozen
class UnknownRequest:
    """A request that the profile does not know. It is counted as unread; ``answer`` is sent."""

    reason: str
    answer: str = ""


@frozen
class InvalidSaleAsked:
    """A request for a sale that is not possible; ``answer`` is sent to the register."""

    reason: str
    answer: str


Request = SaleAsked | LastSaleAsked | RegisterRequest | InvalidSaleAsked | UnknownRequest


class Profile(Protocol):
    """One family of registers: its requests and its answers, as the text between STX and ETX."""

    def read(self, text: str) -> Request:
        """Return what the register asks, and how it is answered."""
        ...

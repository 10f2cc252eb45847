"""What a register can ask a payment terminal, and what a profile must be able to answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from kiosk.base.money import Money
from kiosk.sale.words import Outcome, Unknown


@dataclass(frozen=True, slots=True)
class SaleAsked:
    """Sell for this amount. ``ticket`` is the register's own number for the sale, perhaps empty.

    ``form`` is the profile's own note on how the answer must be written.
    """

    amount: Money
    ticket: str
    progress: bool = False  # the register wants messages while the sale is in progress
    form: str = ""


@dataclass(frozen=True, slots=True)
class LastSaleAsked:
    """Repeat how the last sale ended."""

    form: str = ""


@dataclass(frozen=True, slots=True)
class RegisterRequest:
    """A request that needs only an acknowledgement, or an answer that is always the same."""

    answer: str = ""


@dataclass(frozen=True, slots=True)
class UnknownRequest:
    """A request that the profile does not know. It is acknowledged, and counted as unread."""

    reason: str


@dataclass(frozen=True, slots=True)
class InvalidSaleAsked:
    """A request for a sale that is not possible; ``answer`` is sent to the register."""

    reason: str
    answer: str


Request = SaleAsked | LastSaleAsked | RegisterRequest | InvalidSaleAsked | UnknownRequest


@dataclass(frozen=True, slots=True)
class Result:
    """How the sale ended; ``reference`` is the kiosk's own number for it."""

    ticket: str
    reference: str
    amount: Money
    outcome: Outcome | Unknown
    form: str = ""


class Profile(Protocol):
    """One family of registers: its requests and its answers, as the text between STX and ETX."""

    def read(self, text: str) -> Request:
        """Return what the register asks."""
        ...

    def result(self, result: Result) -> str:
        """Return the answer to a request for a sale."""
        ...

    def last_sale(self, result: Result | None) -> str:
        """Return the answer to LastSaleAsked; empty for none."""
        ...

    def progress(self, asked: SaleAsked) -> str:
        """Return the message that the sale is in progress; empty for none."""
        ...

"""What a register can ask a payment terminal, and what each profile must be able to say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from kiosk.base.money import Money
from kiosk.sale.words import Outcome


@dataclass(frozen=True, slots=True)
class SaleAsked:
    """Take this amount. ``ticket`` is the register's own number for the sale, perhaps empty."""

    amount: Money
    ticket: str
    progress: bool = False  # it wants to hear from time to time that the sale is underway


@dataclass(frozen=True, slots=True)
class LastSaleAsked:
    """Say again how the last sale ended."""


@dataclass(frozen=True, slots=True)
class RegisterRequest:
    """A request that needs no more than an acknowledgement, or has a standing answer."""

    answer: str = ""


@dataclass(frozen=True, slots=True)
class Unfit:
    """A sale that can't be; ``answer`` tells the register so."""

    reason: str
    answer: str


Request = SaleAsked | LastSaleAsked | RegisterRequest | Unfit


@dataclass(frozen=True, slots=True)
class Result:
    """How the sale that was asked for ended; ``reference`` is the kiosk's own number for it."""

    ticket: str
    reference: str
    amount: Money
    outcome: Outcome


class Profile(Protocol):
    """One family of registers: its requests and its answers, as the text between STX and ETX."""

    def read(self, text: str) -> Request:
        """Return what the register asks."""
        ...

    def result(self, result: Result) -> str:
        """Return the answer to the sale that was asked for."""
        ...

    def last_sale(self, result: Result | None) -> str:
        """Return the answer to LastSaleAsked; empty for none."""
        ...

    def progress(self, asked: SaleAsked) -> str:
        """Return what says that the sale is underway; empty for nothing."""
        ...

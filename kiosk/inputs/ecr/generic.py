"""A profile for registers that frame their requests alike but word them in their own way."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.base.errors import BadReading
from kiosk.inputs.ecr.requests import (
    LastSaleAsked,
    RegisterRequest,
    Request,
    Result,
    SaleAsked,
    Unfit,
)
from kiosk.inputs.text.amounts import AmountRule


@dataclass(frozen=True)
class Generic:
    """Requests by pattern, answers by template.

    ``sale`` has a group ``amount`` and perhaps one ``ticket``; ``wording`` says a result.
    """

    amounts: AmountRule
    sale: re.Pattern[str]
    last: re.Pattern[str] | None
    wording: Callable[[Result], str]

    def read(self, text: str) -> Request:
        """Return what the register asks; what fits no pattern is acknowledged and no more."""
        if self.last and self.last.fullmatch(text):
            return LastSaleAsked()
        fields = self.sale.fullmatch(text)
        if fields is None:
            return RegisterRequest()
        ticket = fields.groupdict().get("ticket") or ""
        try:
            amount = self.amounts.read(fields["amount"] or "")
        except BadReading as fault:
            return Unfit(str(fault), "")
        assert amount, "there is no pattern, so all text is an amount or a fault"
        return SaleAsked(amount, ticket)

    def result(self, result: Result) -> str:
        """Return the result in the register's words."""
        return self.wording(result)

    def last_sale(self, result: Result | None) -> str:
        """Return the result of the last sale again."""
        return self.wording(result) if result else ""

    def progress(self, asked: SaleAsked) -> str:  # noqa: ARG002 - the seam's
        """Say nothing."""
        return ""

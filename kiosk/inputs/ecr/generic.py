"""A profile for registers whose requests and answers the technician describes in the settings."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.base.errors import BadReading
from kiosk.inputs.ecr.requests import (
    InvalidSaleAsked,
    LastSaleAsked,
    RegisterRequest,
    Request,
    Result,
    SaleAsked,
)
from kiosk.inputs.text.amounts import AmountRule


@dataclass(frozen=True)
class Generic:
    """Requests by pattern, answers by template.

    ``sale`` has a group ``amount`` and perhaps a group ``ticket``. ``wording`` returns the text
    of a result.
    """

    amounts: AmountRule
    sale: re.Pattern[str]
    last: re.Pattern[str] | None
    wording: Callable[[Result], str]

    def read(self, text: str) -> Request:
        """Return what the register asks; what matches no pattern is only acknowledged."""
        if self.last and self.last.fullmatch(text):
            return LastSaleAsked(self._told)
        fields = self.sale.fullmatch(text)
        if fields is None:
            return RegisterRequest()
        ticket = fields.groupdict().get("ticket") or ""
        try:
            amount = self.amounts.read(fields["amount"] or "")
        except BadReading as fault:
            return InvalidSaleAsked(str(fault), "")
        assert amount, "without a pattern, read returns an amount or raises"
        return SaleAsked(amount, ticket, answer=self._told)

    def _told(self, result: Result | None) -> str:
        """Return the text of the result, if there is one."""
        return self.wording(result) if result else ""

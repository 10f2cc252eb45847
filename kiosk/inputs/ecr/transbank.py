"""The profile of Transbank's "POS Integrado" (Chile), as its public reference describes it.

Fields are separated by "|". Fields about a card have no meaning for a QR payment: they are empty
where the reference allows it. The shop must find out whether its acquirer accepts the kiosk as a
terminal.
"""

from __future__ import annotations

import re
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
from kiosk.sale.words import Outcome, Unknown

# "Tabla de Respuestas" of the reference.
_CODES: dict[Outcome | Unknown, str] = {
    Outcome.PAID: "00",
    Outcome.CANCELED: "07",
    Outcome.ABANDONED: "07",
    Outcome.EXPIRED: "22",
    Outcome.REFUSED: "01",
    Outcome.REFUNDED: "01",
    Unknown.UNKNOWN: "22",
}
_NO_SALE, _NOT_SUPPORTED, _MALFORMED = "11", "12", "61"
_WAITING = "78"  # "Esperando Leer Tarjeta": the payer has not done anything yet
_SALE = re.compile(r"0200\|(?P<amount>[0-9]{1,9})\|(?P<ticket>[^|]{0,6})\|\|\|(?P<status>[01])\|?")


@dataclass(frozen=True)
class Transbank:
    """``commerce`` is the shop's code (12 digits), ``terminal`` the terminal's (8 characters)."""

    amounts: AmountRule
    commerce: str
    terminal: str

    def read(self, text: str) -> Request:
        """Return what the register asks, by the command in the first four characters."""
        match text[:4]:
            case "0200":
                return self._sale(text)
            case "0250":
                return LastSaleAsked()
            case "0100" | "0300":  # poll; return to normal mode
                return RegisterRequest()
            case "0500" | "0800":  # close the day; load keys: nothing to do here
                return RegisterRequest(self._line(f"{text[:2]}10", "00"))
            case "1200":  # a refund is made in the account and not by a register
                return RegisterRequest(self._line("1210", _NOT_SUPPORTED))
            case _:
                return RegisterRequest()

    def result(self, result: Result) -> str:
        """Return the answer 0210."""
        return self._described("0210", result)

    def last_sale(self, result: Result | None) -> str:
        """Return the answer 0260, which is the 0210 of that sale again."""
        if result is None:
            return self._empty("0260", _NO_SALE, "")
        return self._described("0260", result)

    def progress(self, asked: SaleAsked) -> str:  # noqa: ARG002 - of Profile; it is the same for all sales
        """Return the message 0900."""
        return self._line("0900", _WAITING)

    def _sale(self, text: str) -> Request:
        fields = _SALE.fullmatch(text)
        if fields is None:
            answer = self._empty("0210", _MALFORMED, "")
            return InvalidSaleAsked("the register asks for a sale in an unknown format", answer)
        try:
            amount = self.amounts.read(fields["amount"])
        except BadReading as fault:
            return InvalidSaleAsked(str(fault), self._empty("0210", _MALFORMED, fields["ticket"]))
        assert amount, "without a pattern, read returns an amount or raises"
        return SaleAsked(amount, fields["ticket"], fields["status"] == "1")

    def _described(self, command: str, result: Result) -> str:
        code = _CODES[result.outcome]
        if result.outcome is not Outcome.PAID:
            return self._empty(command, code, result.ticket)
        reference = re.sub("[^0-9A-Za-z]", "", result.reference)[-6:].rjust(6, "0")
        digits = re.sub("[^0-9]", "", result.reference)[-6:]
        amount = f"{result.amount.amount.to_integral_value():f}"
        return self._line(
            command, code, result.ticket, reference, amount, "0", "", "", digits, "DB", *_BLANKS
        )

    def _empty(self, command: str, code: str, ticket: str) -> str:
        """Return the answer of a sale that was not paid."""
        return self._line(command, code, ticket, " " * 6, "0", "0", "", "", "", "", *_BLANKS)

    def _line(self, command: str, code: str, *fields: str) -> str:
        return "|".join((command, code, self.commerce, self.terminal, *fields)) + "|"


# Accounting date, account, card brand, date, time, employee, tip, and a reserved field.
_BLANKS = ("", "", "", "", "", "", "0", "")

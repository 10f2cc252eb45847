"""The profile of Transbank's "POS Integrado" and self-service terminals (IM30), in Chile.

Source: its public reference, and what its SDKs for .NET and Node send ("POS Autoservicio").

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
    UnknownRequest,
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
_READY = "90"  # "Inicialización Exitosa"

# The forms of a sale: POS Integrado and the self-service terminals, for one shop or for several
# (multi-code), where the last field is the code of the shop.
_SALE = re.compile(
    r"(?P<command>0200|0270)\|(?P<amount>[0-9]{1,9})\|(?P<ticket>[^|]{0,20})"
    r"(?:\|\|\|(?P<integrated>[01])|\|?\|(?P<voucher>[01])\|(?P<status>[01]))"
    r"(?:\|(?P<shop>[0-9]{1,12}))?\|?"
)
_LONGEST_TICKET = 6  # of POS Integrado
_SELF_SERVICE, _SEVERAL_SHOPS = "self-service", "several-shops"


@dataclass(frozen=True)
class Transbank:
    """``commerce`` is the shop's code (12 digits), ``terminal`` the terminal's (8 characters)."""

    amounts: AmountRule
    commerce: str
    terminal: str

    def read(self, text: str) -> Request:
        """Return what the register asks, by the command in the first four characters."""
        command, _, rest = text.partition("|")
        match command:
            case "0200" | "0270":
                return self._sale(text)
            case "0250":  # the self-service terminals say whether they want the voucher
                return LastSaleAsked(_SELF_SERVICE if rest[:1] in ("0", "1") else "")
            case "0280":
                return LastSaleAsked(_SEVERAL_SHOPS)
            case "0100" | "0300" | "0070":  # poll; return to normal mode; initialize
                return RegisterRequest()
            case "0080":
                return RegisterRequest(f"1080|{_READY}||")
            case "0500" | "0800":  # close the day; load keys: nothing to do here
                return RegisterRequest(self._line(f"{command[:2]}10", "00", self.commerce))
            case "1200":  # a refund is made in the account and not by a register
                return RegisterRequest(self._line("1210", _NOT_SUPPORTED, self.commerce))
            case _:
                return UnknownRequest("the register sends a command that is not known")

    def result(self, result: Result) -> str:
        """Return the answer 0210, or 0271 with several shops."""
        return self._described("0271" if _SEVERAL_SHOPS in result.form else "0210", result)

    def last_sale(self, result: Result | None) -> str:
        """Return the answer 0260, or 0290: the answer to that sale again."""
        command = "0290" if result and _SEVERAL_SHOPS in result.form else "0260"
        if result is None:
            return self._line(command, _NO_SALE, self.commerce, "", " " * 6, *_NOTHING)
        return self._described(command, result)

    def progress(self, asked: SaleAsked) -> str:  # noqa: ARG002 - of Profile; it is the same for all sales
        """Return the message 0900."""
        return self._line("0900", _WAITING, self.commerce)

    def _sale(self, text: str) -> Request:
        fields = _SALE.fullmatch(text)
        several = text.startswith("0270")
        longest = _LONGEST_TICKET if fields and fields["integrated"] else 20
        if fields is None or several != bool(fields["shop"]) or len(fields["ticket"]) > longest:
            answer = self._line("0210", _MALFORMED, self.commerce, "", " " * 6, *_NOTHING)
            return InvalidSaleAsked("the register asks for a sale in an unknown format", answer)
        kinds = (_SELF_SERVICE * bool(fields["status"]), _SEVERAL_SHOPS * several)
        form = " ".join((*filter(None, kinds), fields["shop"] or "")).strip()
        ticket = fields["ticket"].strip(" ")
        try:
            amount = self.amounts.read(fields["amount"])
        except BadReading as fault:
            command = "0271" if several else "0210"
            answer = self._line(command, _MALFORMED, self.commerce, ticket, " " * 6, *_NOTHING)
            return InvalidSaleAsked(str(fault), answer)
        assert amount, "without a pattern, read returns an amount or raises"
        progress = "1" in (fields["integrated"], fields["status"])
        return SaleAsked(amount, ticket, progress, form)

    def _described(self, command: str, result: Result) -> str:
        code = _CODES[result.outcome]
        last_word = result.form.rpartition(" ")[2]
        shop = last_word if last_word.isdigit() else ""
        begin = command, code, shop or self.commerce, result.ticket
        if result.outcome is not Outcome.PAID:
            return self._line(*begin, " " * 6, *_NOTHING)
        reference = re.sub("[^0-9A-Za-z]", "", result.reference)[-6:].rjust(6, "0")
        digits = re.sub("[^0-9]", "", result.reference)[-6:]
        amount = f"{result.amount.amount.to_integral_value():f}"
        if _SELF_SERVICE in result.form:
            sale = (reference, amount, "", digits, "DB", *_SELF_SERVICE_BLANKS)
            return self._line(*begin, *sale)
        sale = (reference, amount, "0", "", "", digits, "DB", *_BLANKS)
        shops = ("0", shop) if _SEVERAL_SHOPS in result.form else ()
        return self._line(command, code, self.commerce, result.ticket, *sale, *shops)

    def _line(self, command: str, code: str, commerce: str, *fields: str) -> str:
        return "|".join((command, code, commerce, self.terminal, *fields)) + "|"


# Accounting date, account, card brand, date, time, employee, tip, and a reserved field.
_BLANKS = ("", "", "", "", "", "", "0", "")
# The fields of a sale that was not paid, after its authorization code.
_NOTHING = ("0", "0", "", "", "", "", *_BLANKS)
# Accounting date, account, card brand, date, time, voucher, and four fields about instalments.
_SELF_SERVICE_BLANKS = ("",) * 10

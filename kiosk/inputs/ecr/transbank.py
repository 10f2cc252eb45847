"""The profile of Transbank's terminals (Chile): "POS Integrado" and "POS Autoservicio".

Sources: the public reference "POS Integrado"; the "Manual de integración POS Autoservicio" 4.9; and
Transbank's SDKs for Python, Node and .NET, whose parsers the answers must satisfy. A register of
either kind is recognised by the number of fields of its requests:

    POS Integrado    0200|amount|ticket||voucher|status|         0270 with |commerce| behind it
    POS Autoservicio 0200|amount|ticket|voucher|status           0270 with |commerce behind it

An old SDK sends the form of POS Integrado also with a long ticket: it wants the other answer.

Fields are separated by "|". Fields about a card have no meaning for a QR payment: they are empty
where the reference allows it. The shop must find out whether its acquirer accepts the kiosk as a
terminal.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from kiosk.base.environment import Environment
from kiosk.base.errors import BadReading
from kiosk.base.language import _
from kiosk.inputs.ecr.requests import (
    Answer,
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
_NO_SALE, _NOT_SUPPORTED, _NO_REFUND, _MALFORMED = "11", "12", "21", "61"
_INITIALIZED = "90"
_WAITING = "78"  # "Esperando Leer Tarjeta": the payer has not done anything yet
_OPERATE = "84"  # "Opere tarjeta": what the self-service terminals say at that time

_ASKED = (
    r"(?P<amount>[0-9]{1,9})\|"
    r"(?:(?P<ticket>[^|]{0,6})\|\|[01]?|(?P<long_ticket>[^|]{0,20})\|\|?[01])\|(?P<status>[01])"
)
_SALE = re.compile(rf"0200\|{_ASKED}\|?")
_MULTICODE_SALE = re.compile(rf"0270\|{_ASKED}\|(?P<commerce>[0-9]{{0,12}})\|?")
_LAST_SALE = re.compile(r"(0250|0280)\|?([01]?)\|?")
_OPERATION = re.compile(r"1200\|?([0-9]{0,6})\|?")


@dataclass(frozen=True)
class _Layout:
    """Which fields an answer has. ``commerce`` is the shop of a multi-code sale."""

    command: str
    self_service: bool = False
    commerce: str | None = None  # None: not a multi-code sale


@dataclass(frozen=True)
class Transbank:
    """``commerce`` is the shop's code (12 digits), ``terminal`` the terminal's (8 characters).

    ``multicode`` are the shops whose multi-code sales the kiosk may take; empty: every shop's.
    """

    amounts: AmountRule
    commerce: str
    terminal: str
    multicode: frozenset[str] = frozenset()
    wall_clock: Callable[[], float] = Environment().wall_clock

    def read(self, text: str) -> Request:
        """Return what the register asks, by the command in the first four characters."""
        match text[:4]:
            case "0200" | "0270":
                return self._sale(text)
            case "0250" | "0280":
                return self._last_sale(text)
            case "0100" | "0300" | "0070":  # poll; return to normal mode; initialize
                return RegisterRequest()
            case "0080":  # how the initialization went
                now = time.localtime(self.wall_clock())
                return RegisterRequest((time.strftime(f"1080|{_INITIALIZED}|%d%m%Y|%H%M%S", now),))
            case "0500" | "0800":  # close the day; load keys: nothing to do here
                return RegisterRequest((self._line(f"{text[:2]}10", "00"),))
            case _:
                return self._refused(text)

    def _sale(self, text: str) -> Request:
        multicode = text.startswith("0270")
        command = "0271" if multicode else "0210"
        fields = (_MULTICODE_SALE if multicode else _SALE).fullmatch(text)
        if fields is None:
            layout = _Layout(command, commerce="" if multicode else None)
            answer = self._failed(layout, _MALFORMED, "")
            return InvalidSaleAsked(_("the register asks for a sale in an unknown format"), answer)
        self_service = fields["ticket"] is None
        ticket = (fields["long_ticket"] if self_service else fields["ticket"]).strip(" ")
        commerce = fields["commerce"] if multicode else None
        layout = _Layout(command, self_service, commerce)
        if not self._takes(commerce):
            reason = _(
                "the shop {commerce} is not allowed to sell here; see the setting multicode",
                commerce=commerce,
            )
            return InvalidSaleAsked(reason, self._failed(layout, _NOT_SUPPORTED, ticket))
        try:
            amount = self.amounts.read(fields["amount"])
        except BadReading as fault:
            return InvalidSaleAsked(str(fault), self._failed(layout, _MALFORMED, ticket))
        assert amount, "without a pattern, read returns an amount or raises"
        progress = self._progress(self_service) if fields["status"] == "1" else ""
        return SaleAsked(amount, ticket, progress, self._answer(layout))

    def _takes(self, commerce: str | None) -> bool:
        """Return whether the kiosk may take the money of this shop."""
        own = commerce is None or commerce.strip("0") == "" or commerce == self.commerce
        return own or not self.multicode or commerce in self.multicode

    def _last_sale(self, text: str) -> Request:
        """Return the request 0250, or 0280 for the last multi-code sale."""
        fields = _LAST_SALE.fullmatch(text)
        multicode = text.startswith("0280")
        self_service = bool(fields and fields[2]) and not multicode
        layout = _Layout("0260", self_service, "" if multicode else None)
        return LastSaleAsked(self._answer(layout))

    def _refused(self, text: str) -> Request:
        """Return the answer to what a kiosk can't do, each in the form that the SDKs expect."""
        match text[:4]:
            case "0260" | "0290" if text[4:6] == "|0":  # list the sales on the terminal's printer
                return RegisterRequest()
            case "0260" | "0290" as command:  # send the sales: the list ends after two empty ones
                blanks = "|" * (18 if command == "0260" else 20)
                last = f"{command[:3]}1|{_NOT_SUPPORTED}{blanks}"
                return RegisterRequest((last, last))
            case "0700":
                return RegisterRequest((f"0710|{_NOT_SUPPORTED}|0|0|",))
            case "1200":  # a refund is made in the account and not by a register
                operation = _OPERATION.fullmatch(text)
                number = operation[1] if operation else ""
                return RegisterRequest((self._line("1210", _NO_REFUND, "", number),))
            case command if re.fullmatch("[0-9]{4}", command):
                answer = self._line(f"{int(command) + 10:04}"[-4:], _NOT_SUPPORTED)
                return UnknownRequest(_("the register sends a command that is not known"), answer)
            case _:
                return UnknownRequest(_("the register sends a command that is not known"))

    def _progress(self, self_service: bool) -> str:
        """Return the message 0900."""
        return f"0900|{_OPERATE}" if self_service else self._line("0900", _WAITING)

    def _answer(self, layout: _Layout) -> Answer:
        return partial(self._told, layout)

    def _told(self, layout: _Layout, result: Result | None) -> str:
        """Return the answer that tells a result, or that there is none."""
        if result is None:
            return self._failed(layout, _NO_SALE, "")
        code = _CODES[result.outcome]
        if result.outcome is not Outcome.PAID:
            return self._failed(layout, code, result.ticket)
        authorization = re.sub("[^0-9A-Za-z]", "", result.reference)[-6:].rjust(6, "0")
        operation = re.sub("[^0-9]", "", result.reference)[-6:]
        amount = f"{result.amount.amount.to_integral_value():f}"
        return self._described(layout, code, result.ticket, authorization, amount, operation, "DB")

    def _failed(self, layout: _Layout, code: str, ticket: str) -> str:
        """Return the answer of a sale that was not paid."""
        return self._described(layout, code, ticket, " " * 6, "0", "", "")

    def _described(self, layout: _Layout, code: str, *fields: str) -> str:
        """Return the answer with these fields: ticket, authorization, amount, operation, kind."""
        ticket, authorization, amount, operation, kind = fields
        shop = [layout.command, code, self.commerce, self.terminal]
        sale = [ticket, authorization, amount]
        if not layout.self_service:
            sale += ["0", "", "", operation, kind, *_BLANKS]
            if layout.commerce is not None:
                sale += ["0", layout.commerce]  # change, the sale's shop
            return "|".join(shop + sale) + "|"
        sale += ["", operation, kind, *[""] * 5]  # last digits; dates, account, brand
        if layout.commerce is not None:
            shop[2] = layout.commerce if layout.commerce.strip("0") else self.commerce
            sale.append(self.commerce)
        return "|".join(shop + sale + [""] * 5) + "|"  # the receipt to print, four of instalments

    def _line(self, command: str, code: str, *fields: str) -> str:
        return "|".join((command, code, self.commerce, self.terminal, *fields)) + "|"


# Accounting date, account, card brand, date, time, employee, tip, and the receipt to print.
_BLANKS = ("", "", "", "", "", "", "0", "")

"""The dialog of a TEF manager with a program: requests and answers are files of fields. Pure.

Source: the file interface of Brazil's TEF ("IntPos.001"), as in the manual of CliSiTef: a line for
each field, ``003-000 = 1234``; the last one is ``999-999 = 0``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.base.errors import BadReading
from kiosk.base.money import Money
from kiosk.inputs.text.amounts import AmountRule
from kiosk.sale import events as on
from kiosk.sale.effects import Reply
from kiosk.sale.words import Outcome, Unknown

COMMAND, IDENTIFIER, VALUE, CURRENCY = "000-000", "001-000", "003-000", "004-000"
STATUS, NUMBER, OPERATOR, END = "009-000", "012-000", "030-000", "999-999"
APPROVED, REFUSED = "0", "FF"
LONGEST = 16_384  # bytes of a request; a real one has some hundred
_FIELD = re.compile(r"([0-9]{3}-[0-9]{3}) =(.*)")
_TEXTS: dict[Outcome | Unknown, str] = {
    Outcome.PAID: "PAGAMENTO APROVADO",
    Outcome.CANCELED: "PAGAMENTO CANCELADO",
    Outcome.EXPIRED: "TEMPO ESGOTADO",
    Unknown.UNKNOWN: "RESULTADO DESCONHECIDO",
}


@dataclass(frozen=True, slots=True)
class TefFiles:
    """What a request leads to: files to write, and an event for the sale, if any."""

    acknowledgement: bytes = b""  # IntPos.Sts
    answer: bytes = b""  # IntPos.001
    event: on.Event | None = None


class TefDialog:
    """What one program asks and is answered. ``source`` is the input's name."""

    def __init__(self, source: str, rule: AmountRule) -> None:
        self._source, self._rule = source, rule
        self._asked: tuple[str, Money] | None = None  # the sale that the program waits for
        self._last: tuple[str, Reply] | None = None

    def read(self, data: bytes) -> TefFiles:
        """Take a request, as its file has it."""
        try:
            fields = read_fields(data)
        except BadReading as fault:
            return TefFiles(event=on.ReadingRejected(str(fault), self._source))
        command, identifier = fields[COMMAND], fields[IDENTIFIER]
        acknowledged = file_of((COMMAND, command), (IDENTIFIER, identifier))
        match command:
            case "CRT":
                return self._sell(identifier, fields, acknowledged)
            case "ATV" | "CNF":  # is the manager there; the program confirms the sale
                return TefFiles(acknowledged)
            case "NCN":
                return TefFiles(acknowledged, event=self._undone())
            case _:
                reason = f"the program asks for {command[:3]!r}, which is not possible here"
                answer = _answer(command, identifier, "OPERACAO NAO SUPORTADA")
                return TefFiles(acknowledged, answer, on.ReadingUnread(reason, self._source))

    def _sell(self, identifier: str, fields: Mapping[str, str], acknowledged: bytes) -> TefFiles:
        try:
            if fields.get(CURRENCY, "0") not in ("", "0"):
                raise BadReading("the program asks for another currency")
            amount = self._rule.read(fields.get(VALUE, ""))
        except BadReading as fault:
            answer = _answer("CRT", identifier, "VALOR INVALIDO")
            event = on.ReadingRejected(str(fault), self._source)
            return TefFiles(acknowledged, answer, event)
        assert amount, "without a pattern, read returns an amount or raises"
        if self._asked == (identifier, amount):  # asked again: it is the same sale
            return TefFiles(acknowledged)
        if self._last and (self._last[0], self._last[1].amount) == (identifier, amount):
            return TefFiles(acknowledged, self.result(self._last[1]))
        self._asked = identifier, amount
        return TefFiles(acknowledged, event=on.AmountRead(amount, self._source, ticket=identifier))

    def _undone(self) -> on.Event:
        reason = "the program undoes a sale; if it is paid, refund it with: kiosk orders refund"
        return on.ReadingRejected(reason, self._source)

    def ended(self, reply: Reply) -> bytes:
        """Return the answer to the program, or nothing if it waits for another sale now."""
        if self._asked and self._asked[0] != reply.ticket:
            return b""
        self._asked, self._last = None, (reply.ticket, reply)
        return self.result(reply)

    def declined(self, ticket: str) -> bytes:
        """Return the answer that there is no sale, or nothing if it waits for another one."""
        if not self._asked or self._asked[0] != ticket:
            return b""
        self._asked = None
        return _answer("CRT", ticket, "VENDA RECUSADA")

    def result(self, reply: Reply) -> bytes:
        """Return the answer that tells how a sale ended."""
        text = _TEXTS.get(reply.outcome, "PAGAMENTO NAO APROVADO")
        if reply.outcome is not Outcome.PAID:
            return _answer("CRT", reply.ticket, text)
        digits = re.sub("[^0-9]", "", reply.amount.plain())
        number = re.sub("[^0-9]", "", reply.reference)[-12:]
        paid = ((VALUE, digits), (STATUS, APPROVED), (NUMBER, number), ("028-000", "0"))
        return file_of((COMMAND, "CRT"), (IDENTIFIER, reply.ticket), *paid, (OPERATOR, text))


def read_fields(data: bytes) -> Mapping[str, str]:
    """Return the fields of a request; raise BadReading if it is not whole or not valid."""
    lines = [line for line in data[:LONGEST].decode("latin-1").splitlines() if line.strip()]
    found = [_FIELD.fullmatch(line) for line in lines]
    fields = [(each[1], each[2].strip()) for each in found if each]
    if len(fields) < len(lines) or not fields or fields[-1] != (END, "0") or "\0" in str(fields):
        raise BadReading("the request is incomplete; send it again")
    names = dict(fields)
    if len(names) < len(fields) or not {COMMAND, IDENTIFIER} <= names.keys():
        raise BadReading("the request has a field twice, or no command; check the program")
    return names


def file_of(*fields: tuple[str, str]) -> bytes:
    """Return the file with these fields, and the one that ends it."""
    lines = (f"{name} = {value}\r\n" for name, value in (*fields, (END, "0")))
    return "".join(lines).encode("latin-1", errors="replace")


def _answer(command: str, identifier: str, text: str) -> bytes:
    """Return the answer of something that was not done."""
    refused = ((STATUS, REFUSED), ("028-000", "0"), (OPERATOR, text))
    return file_of((COMMAND, command), (IDENTIFIER, identifier), *refused)

"""The dialog of a TEF manager with a program, which asks and is answered by files. Pure.

A request is acknowledged by IntPos.Sts and then answered by IntPos.001; after the first, the
program waits without a limit. An answer has the identifier of its request. The commands are ATV (is
the manager there), CRT (sale), CNF (the program confirms the sale), NCN (it undoes the sale), CNC
(cancel an earlier sale) and ADM (menu). A paid sale is final here: the answer says that it needs no
CNF (field 729-000), and money moves back only when a person decides it.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from kiosk.base.errors import BadReading
from kiosk.base.language import _
from kiosk.base.money import Money
from kiosk.inputs.tef import tef_fields as tef
from kiosk.inputs.tef.tef_answers import (
    EndedTefSale,
    TefSale,
    acknowledged,
    number_of,
    refused,
    result,
)
from kiosk.inputs.text.amounts import AmountRule
from kiosk.inputs.transport.stream_input import ProtocolAnswer
from kiosk.sale import events as on
from kiosk.sale.effects import Reply
from kiosk.sale.words import Outcome, Sale, Unknown

SAME_SALE = 3600.0  # seconds after its end; some programs make the identifier of the time of day

_log = logging.getLogger(__name__)

Output = list[on.Event | ProtocolAnswer]


class TefDialog:
    """What one program asks and is answered. ``source`` is the input's name."""

    def __init__(self, source: str, rule: AmountRule, wall_clock: Callable[[], float]) -> None:
        self._source, self._rule, self._wall_clock = source, rule, wall_clock
        self._asked: TefSale | None = None
        self._last: EndedTefSale | None = None
        self._number = 0  # of the newest sale; it makes its ticket unique

    @property
    def waited_for(self) -> bool:
        """Whether the program waits for the result of a sale."""
        return self._asked is not None

    def opened(self, now: float) -> None:
        """Begin: the folders were opened. The last sale before a restart counts as ended now."""
        if self._last and self._last.at == math.inf:
            self._last = replace(self._last, at=now)

    def read(self, data: bytes, now: float) -> Output:
        """Take a request, as its file has it; return what to write and to deliver, in order."""
        try:
            fields = tef.read_fields(data)
        except BadReading as fault:
            return [self._rejected(str(fault))]
        command = fields[tef.COMMAND]
        match command:
            case "CRT":
                return [acknowledged(fields), *self._sale(fields, now)]
            case "ATV" | "CNF":
                return [acknowledged(fields)]
            case "NCN":
                return self._undo(fields)
            case _:
                text = "CANCELE NO APP DO MERCADO PAGO" if command == "CNC" else "NAO DISPONIVEL"
                reason = _(
                    "the program asks for {command!r}, which is not possible here",
                    command=command[:3],
                )
                unread = on.ReadingUnread(reason, self._source)
                return [acknowledged(fields), refused(fields, text), unread]

    def resume(self, data: bytes, now: float) -> Output:
        """Take a request for a sale that had no answer when the input stopped.

        The program may be waiting for the answer since then.
        """
        try:
            fields = tef.read_fields(data)
            amount = self._amount(fields)
        except BadReading as fault:
            return [self._rejected(str(fault))]
        known = self._known(fields, amount, now)
        if known is not None:
            return known
        reason = _("the kiosk was interrupted before it could sell; send the total again")
        return [refused(fields, "INTERROMPIDO: TENTE DE NOVO"), self._rejected(reason)]

    def sale_ended(self, reply: Reply, now: float) -> Output:
        """AnswerFile the program, if it still waits for this sale."""
        told = on.ResultDelivered(reply.reference, reply.outcome)
        if self._last and reply.reference == self._last.reference:
            self._last = replace(self._last, outcome=reply.outcome)  # told when asked again
            return [told]
        if not self._asked or reply.ticket != self._asked.ticket:
            return [told]  # the program has given this sale up
        self._last = EndedTefSale(self._asked, reply.reference, reply.outcome, now)
        self._asked = None
        return [result(self._last, self._last.asked.fields, self._wall_clock()), told]

    def declined(self, ticket: str) -> Output:
        """Tell the program that there is no sale for this request; it may ask again."""
        if not self._asked or self._asked.ticket != ticket:
            return []
        asked, self._asked = self._asked, None
        return [refused(asked.fields, "VENDA RECUSADA")]

    def remember(self, last: Sale, outcome: Outcome | Unknown | None) -> None:
        """Remember the last sale before a restart; without an outcome, wait for its end."""
        number, _, identifier = last.ticket.partition(":")
        self._number = int(number) if number.isdecimal() else 0
        fields = {tef.COMMAND: "CRT", tef.IDENTIFIER: identifier}
        asked = TefSale(identifier, last.amount, last.ticket, fields)
        if outcome is None:
            self._asked = asked
        else:
            self._last = EndedTefSale(asked, last.reference, outcome, math.inf)

    def _sale(self, fields: Mapping[str, str], now: float) -> Output:
        try:
            amount = self._amount(fields)
        except BadReading as fault:
            return [refused(fields, "VALOR OU MOEDA INVALIDA"), self._rejected(str(fault))]
        known = self._known(fields, amount, now)
        if known is not None:
            return known
        self._number += 1
        identifier = fields[tef.IDENTIFIER]
        self._asked = TefSale(identifier, amount, f"{self._number}:{identifier}", fields)
        read = on.AmountRead(amount, self._source, ticket=self._asked.ticket)
        return [on.ReadingBegan(self._source), read]

    def _known(self, fields: Mapping[str, str], amount: Money, now: float) -> Output | None:
        """Return the answer if this is the sale in progress or the last one; None for a new one."""
        identifier, last = fields[tef.IDENTIFIER], self._last
        if self._asked and self._asked.is_asked_again(identifier, amount):
            self._asked = replace(self._asked, fields=fields)
            return []
        if last and last.asked.is_asked_again(identifier, amount) and now - last.at < SAME_SALE:
            return [result(last, fields, self._wall_clock())]
        return None

    def _amount(self, fields: Mapping[str, str]) -> Money:
        """Return the amount of a sale; raise BadReading."""
        if fields.get(tef.CURRENCY, "") not in ("", "0"):
            raise BadReading(_("the program asks for another currency"))
        value = fields.get(tef.VALUE, "")
        try:
            amount = self._rule.read(value)
        except BadReading as fault:
            raise BadReading(
                _("the value {value!r} of the program: {fault}", value=value[:20], fault=fault)
            ) from None
        assert amount, "without a pattern, read returns an amount or raises"
        return amount

    def _undo(self, fields: Mapping[str, str]) -> Output:
        """Cancel the sale in progress. A paid one stays paid until a person refunds it."""
        named = {fields.get(tef.NUMBER), fields.get(tef.CONTROL)}
        last = self._last
        if self._asked and not (last and named & {number_of(last), last.reference}):
            return [acknowledged(fields), on.CancelPressed(self._source)]
        if not last or last.outcome is not Outcome.PAID:
            return [acknowledged(fields)]
        reason = _(
            "the program undoes the paid sale {reference}; refund it with: kiosk orders refund",
            reference=last.reference,
        )
        _log.warning("%s: %s", self._source, reason)
        text = (tef.OPERATOR, "VENDA PAGA: ESTORNE NO APP")
        return [acknowledged(fields, text), self._rejected(reason)]

    def _rejected(self, reason: str) -> on.ReadingRejected:
        return on.ReadingRejected(reason, self._source)

"""What a TEF manager answers: the files of a sale's result, of a refusal, of an acknowledgement."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import field

from kiosk.base.frozen import frozen
from kiosk.base.money import Money
from kiosk.inputs.tef import tef_fields as tef
from kiosk.inputs.transport.stream_input import ProtocolAnswer
from kiosk.sale.words import Outcome, Unknown

APPROVED, REFUSED = "0", "FF"
NO_CONFIRMATION, DIGITAL_WALLET = "1", "8"
_TEXTS: dict[Outcome | Unknown, str] = {
    Outcome.PAID: "PAGAMENTO APROVADO",
    Outcome.CANCELED: "PAGAMENTO CANCELADO",
    Outcome.EXPIRED: "TEMPO ESGOTADO",
    Unknown.UNKNOWN: "RESULTADO DESCONHECIDO: VERIFIQUE",
}


class ReceivedFile(ProtocolAnswer):
    """What is written to IntPos.Sts."""


class AnswerFile(ProtocolAnswer):
    """What is written to IntPos.001."""


@frozen
class TefSale:
    """A sale that the program waits for. ``fields`` is its request."""

    identifier: str
    amount: Money
    ticket: str
    fields: Mapping[str, str] = field(default_factory=dict, compare=False)

    def is_asked_again(self, identifier: str, amount: Money) -> bool:
        """Return whether a request with this identifier and amount is for the same sale."""
        return (self.identifier, self.amount) == (identifier, amount)


@frozen
class EndedTefSale:
    """The last sale that ended. ``at`` is when, in seconds of the event loop's clock."""

    asked: TefSale
    reference: str
    outcome: Outcome | Unknown
    at: float


def result(last: EndedTefSale, fields: Mapping[str, str], wall_clock: float) -> AnswerFile:
    """Return the answer that tells how a sale ended."""
    text = _TEXTS.get(last.outcome, "PAGAMENTO NAO APROVADO")
    if last.outcome is not Outcome.PAID:
        return refused(fields, text)
    digits = re.sub("[^0-9]", "", last.asked.amount.plain())
    day, clock = time.strftime("%d%m%Y %H%M%S", time.localtime(wall_clock)).split()
    return AnswerFile(
        tef.file_of(
            *_echoed(fields),
            (tef.VALUE, fields.get(tef.VALUE) or digits),
            (tef.CURRENCY, "0"),
            (tef.STATUS, APPROVED),
            (tef.NETWORK, "MERCADO PAGO"),
            (tef.NUMBER, number_of(last)),
            (tef.AUTHORIZATION, number_of(last)[-6:]),
            (tef.DAY, day),
            (tef.TIME, clock),
            (tef.CONTROL, last.reference),
            (tef.RECEIPT_LINES, "0"),
            (tef.OPERATOR, text),
            (tef.CONFIRMATION, NO_CONFIRMATION),
            (tef.WALLET, DIGITAL_WALLET),
        )
    )


def number_of(sale: EndedTefSale) -> str:
    """Return the number of the transaction (NSU)."""
    return re.sub("[^0-9]", "", sale.reference)[-12:]


def _echoed(fields: Mapping[str, str]) -> list[tuple[str, str]]:
    names = (tef.COMMAND, tef.IDENTIFIER, tef.DOCUMENT)
    return [(name, fields[name]) for name in names if name in fields]


def acknowledged(fields: Mapping[str, str], *more: tuple[str, str]) -> ReceivedFile:
    """Return the file that acknowledges a request."""
    return ReceivedFile(tef.file_of(*_echoed(fields)[:2], *more))


def refused(fields: Mapping[str, str], text: str) -> AnswerFile:
    """Return the answer of something that was not done."""
    status = ((tef.STATUS, REFUSED), (tef.RECEIPT_LINES, "0"), (tef.OPERATOR, text))
    return AnswerFile(tef.file_of(*_echoed(fields), *status))

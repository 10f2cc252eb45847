"""A register whose requests and answers are described in the settings."""

from __future__ import annotations

from kiosk.base.money import CURRENCIES, Money
from kiosk.inputs.ecr.frames import FrameFormat
from kiosk.inputs.transport.stream_input import ProtocolAnswer
from kiosk.sale.effects import Reply
from kiosk.sale.events import AmountRead, ReadingRejected
from kiosk.sale.words import Outcome
from tests.inputs.ecr.transbank_register import ACK, BEGAN, ecr_settings

GENERIC = {
    "sale": r"S;(?P<amount>[^;]*);(?P<ticket>\d*)",
    "last": "L",
    "number": {"implied_decimals": "2"},
    "paid": "P;{amount};{ticket};{reference}",
    "failed": "F;{outcome};{ticket}",
    "check_etx": "no",
    "check_start": "127",
}


def test_a_generic_register() -> None:
    pos = ecr_settings(generic=GENERIC).terminal("pos", CURRENCIES["ARS"])
    check = FrameFormat(start=127, etx=False)
    amount = Money.of("12.50", "ARS")
    assert pos.feed(check.frame(b"S;1250;7"), 0.0) == [
        ACK,
        BEGAN,
        AmountRead(amount, "pos", ticket="1:7"),
    ]
    told = pos.sale_ended(Reply("pos", "n7", amount, Outcome.PAID, "1:7"), 9.0)
    assert told == [ProtocolAnswer(check.frame(b"P;12.50;7;n7"))]
    pos.feed(b"\x06", 9.1)
    assert pos.feed(check.frame(b"L"), 10.0) == [
        ACK,
        ProtocolAnswer(check.frame(b"P;12.50;7;n7")),
    ]
    pos.feed(b"\x06", 10.1)
    heard, rejected = pos.feed(check.frame(b"S;1.250;8"), 50.0)
    assert heard == ACK
    assert isinstance(rejected, ReadingRejected)

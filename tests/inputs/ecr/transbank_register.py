"""A register with Transbank's protocol: what it sends, and what it gets back."""

from __future__ import annotations

from typing import Any

from kiosk.base.money import CURRENCIES, Money
from kiosk.inputs.ecr.frames import FrameFormat
from kiosk.inputs.ecr.terminal import Terminal
from kiosk.inputs.ecr_terminal import EcrTerminalSettings
from kiosk.inputs.transport.stream_input import ProtocolAnswer
from kiosk.sale.effects import Reply
from kiosk.sale.events import AmountRead, ReadingBegan
from kiosk.sale.words import Outcome, Unknown

CLP = CURRENCIES["CLP"]
ACK, NAK = ProtocolAnswer(b"\x06"), ProtocolAnswer(b"\x15")
BEGAN = ReadingBegan("pos")
SHOP = {"commerce": "597029414300", "terminal": "75001637"}


def ecr_settings(port: str = "/dev/ttyUSB0", **more: Any) -> EcrTerminalSettings:
    fields = {"driver": "ecr_terminal", "port": port, "name": "pos"}
    profile = {} if "generic" in more else {"transbank": SHOP}
    return EcrTerminalSettings.model_validate(fields | profile | more)


def terminal(**more: Any) -> Terminal:
    return ecr_settings(**more).terminal("pos", CLP)


def asks(text: str) -> bytes:
    return FrameFormat().frame(text.encode())


def answers(text: str) -> ProtocolAnswer:
    return ProtocolAnswer(FrameFormat().frame(text.encode()))


def read(pesos: str, ticket: str = "1:000123") -> AmountRead:
    return AmountRead(Money.of(pesos, "CLP"), "pos", ticket=ticket)


def ended(
    pesos: str,
    outcome: Outcome | Unknown = Outcome.PAID,
    reference: str = "counter-1-7",
    ticket: str = "1:000123",
) -> Reply:
    return Reply("pos", reference, Money.of(pesos, "CLP"), outcome, ticket)


SALE = asks("0200|5000|000123|||0|")


def approved(ticket: str, pesos: str, command: str = "0210") -> ProtocolAnswer:
    sale = f"{ticket}|nter17|{pesos}|0|||17|DB|||||||0||"
    return answers(f"{command}|00|597029414300|75001637|{sale}")


def declined(code: str, ticket: str, command: str = "0210") -> ProtocolAnswer:
    return answers(f"{command}|{code}|597029414300|75001637|{ticket}|      |0|0|||||||||||0||")

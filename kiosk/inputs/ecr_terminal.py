"""The input ``ecr_terminal``: the kiosk acts as a payment terminal that a register commands.

The best connection, where the register supports it: the register sends amount and ticket, and waits
for the result.
"""

from __future__ import annotations

import logging
from typing import Annotated, Literal, Self

import anyio
from pydantic import AfterValidator, Field, model_validator

from kiosk.base.errors import DeviceGone
from kiosk.base.language import _
from kiosk.base.money import Currency, NumberFormat
from kiosk.base.outbox import Outbox
from kiosk.base.retry import keep_open
from kiosk.base.settings import Duration, NumberSettings, Settings, Whole, YesNo
from kiosk.inputs.common.connections import SerialInputSettings
from kiosk.inputs.common.counters import ReadingCounter, ReadingCounts
from kiosk.inputs.common.limits import LimitSettings
from kiosk.inputs.common.replies import template
from kiosk.inputs.common.reports import connection_of, in_place_of_older
from kiosk.inputs.ecr.frames import FrameFormat
from kiosk.inputs.ecr.generic import Generic
from kiosk.inputs.ecr.requests import Profile, Result
from kiosk.inputs.ecr.terminal import Terminal, TerminalTiming
from kiosk.inputs.ecr.transbank import Transbank
from kiosk.inputs.text.amounts import AmountRule
from kiosk.inputs.text.regular_expressions import checked, compiled
from kiosk.inputs.transport.serial_port import SerialPortSettings
from kiosk.inputs.transport.stream_input import ClosableStream, StreamReader
from kiosk.sale.effects import Reply
from kiosk.sale.events import Deliver
from kiosk.sale.words import Outcome, Sale, Unknown

_log = logging.getLogger(__name__)


def _wording(text: str) -> str:
    return template(text, "amount", "reference", "outcome", "ticket")


def _sale_pattern(pattern: str) -> str:
    return checked(pattern, "amount")


Wording = Annotated[str, AfterValidator(_wording)]
CommerceCode = Annotated[str, Field(pattern="^[0-9]{12}$")]


class TransbankSettings(Settings):
    """Transbank's POS Integrado or POS Autoservicio (Chile): how the terminal identifies itself."""

    commerce: str = Field(
        "000000000000", pattern="^[0-9]{12}$", description="The code of the shop: 12 digits."
    )
    terminal: str = Field(
        "KIOSK001",
        pattern="^[0-9A-Za-z]{8}$",
        description="The identifier of the terminal: 8 letters or digits.",
    )

    multicode: list[CommerceCode] = Field(
        [],
        description=(
            "The shops for which the kiosk accepts multi-code sales (command 0270); its account "
            "gets the money. A sale for another shop is refused. Default: every shop is accepted."
        ),
    )

    def profile(self, amounts: AmountRule) -> Profile:
        """Return the profile for these settings."""
        return Transbank(amounts, self.commerce, self.terminal, frozenset(self.multicode))

    def frame_format(self) -> FrameFormat:
        """Return what is around the data of a frame."""
        return FrameFormat()


class GenericSettings(Settings):
    """A register whose requests and answers, between STX and ETX, are described here."""

    sale: Annotated[str, AfterValidator(_sale_pattern)] = Field(
        max_length=256,
        description=(
            "A Python regular expression for the whole request of a sale, with a group named "
            "amount and, if the register numbers its sales, a group named ticket."
        ),
    )
    last: Annotated[str, AfterValidator(checked)] = Field(
        "",
        max_length=256,
        description=(
            "A Python regular expression for the request of the last sale's result. Default: the "
            "register has no such request."
        ),
    )
    number: NumberSettings = Field(description="The number format of the register.")
    paid: Wording = Field(
        description=(
            "What is sent when the sale is paid. It may contain {amount}, {reference}, {outcome} "
            "and {ticket}."
        )
    )
    failed: Wording = Field(description="What is sent when the sale ended in any other way.")
    check: Literal["xor", "sum", "none"] = Field(
        "xor",
        description=(
            "What follows ETX: xor for a byte with the exclusive or of the frame, sum for its sum "
            "in four hexadecimal digits, or none."
        ),
    )
    check_start: Whole = Field(0, ge=0, le=255, description="The initial value of the check.")
    check_stx: YesNo = Field(False, description="Whether the check includes STX.")
    check_etx: YesNo = Field(True, description="Whether the check includes ETX.")
    length: Literal["none", "binary", "bcd", "digits"] = Field(
        "none",
        description=(
            "How the length of the data is written between STX and the data: binary (the high byte "
            "first), bcd (two digits in a byte), digits of text, or none."
        ),
    )
    length_bytes: Whole = Field(2, ge=1, le=4, description="How many bytes the length has.")
    marks: YesNo = Field(
        True,
        description=(
            "Whether STX and ETX are around the data. Without them, the length of at least two "
            "bytes tells where a request ends."
        ),
    )

    @model_validator(mode="after")
    def _has_an_end(self) -> Self:
        if not self.marks and (self.length == "none" or self.length_bytes < 2):
            raise ValueError(_("marks: no needs a length of at least two bytes; set length"))
        return self

    def profile(self, amounts: AmountRule) -> Profile:
        """Return the profile for these settings."""
        last = compiled(self.last) if self.last else None
        return Generic(amounts, compiled(self.sale), last, self._word)

    def frame_format(self) -> FrameFormat:
        """Return what is around the data of a frame."""
        check = self.check, self.check_start, self.check_stx, self.check_etx
        return FrameFormat(*check, self.length, self.length_bytes, self.marks)

    def _word(self, result: Result) -> str:
        text = self.paid if result.outcome is Outcome.PAID else self.failed
        return text.format(
            amount=result.amount.plain(),
            reference=result.reference,
            outcome=result.outcome.value,
            ticket=result.ticket,
        )


class EcrTerminalSettings(LimitSettings, SerialInputSettings):
    """A register that commands the kiosk, as it commands a payment terminal."""

    driver: Literal["ecr_terminal"] = Field(
        "ecr_terminal", description="The kiosk acts as a payment terminal."
    )
    baud: Whole = Field(115200, ge=50, le=4_000_000, description="Bits per second.")
    transbank: TransbankSettings | None = Field(
        None, description="The register uses Transbank's POS Integrado or POS Autoservicio."
    )
    generic: GenericSettings | None = Field(
        None, description="The register uses another protocol, which is described here."
    )
    gap: Duration = Field(
        0.5,
        ge=0.05,
        le=10,
        description="An unfinished request counts as cut off after this silence.",
    )
    resend: Duration = Field(
        30,
        ge=0,
        le=600,
        description=(
            "The same request again within this time after its answer is answered in the same "
            "way, and starts no new sale."
        ),
    )
    progress: Duration = Field(
        20,
        ge=1,
        le=600,
        description="How often a register that asks for it is told that its sale is in progress.",
    )

    @model_validator(mode="after")
    def _has_one_profile(self) -> Self:
        if bool(self.transbank) == bool(self.generic):
            raise ValueError(_("write the section of one profile: either transbank or generic"))
        return self

    def open(self, currency: Currency) -> EcrTerminal:
        """Return the input. Its port is opened by ``run``."""
        return EcrTerminal(self.source, self, self.terminal(self.source, currency))

    def terminal(self, source: str, currency: Currency) -> Terminal:
        """Return the pure part of the input."""
        chosen = self.transbank or self.generic
        assert chosen
        number = self.generic.number.format() if self.generic else NumberFormat()
        amounts = AmountRule(number, currency, least=self.min, most=self.max)
        timing = TerminalTiming(self.gap, self.resend, self.progress)
        return Terminal(source, chosen.profile(amounts), chosen.frame_format(), timing)


class EcrTerminal:
    """An input that answers each request for a sale. See ``AnsweringInput``."""

    def __init__(self, name: str, port: SerialPortSettings, terminal: Terminal) -> None:
        self.name = name
        self._port, self._terminal = port, terminal
        self._counter = ReadingCounter(name)
        self._ended: Outbox[Reply | str] = Outbox()  # results, and tickets that were declined

    @property
    def counts(self) -> ReadingCounts:
        """How the readings went, since the daemon started."""
        return self._counter.counts

    async def run(self, deliver: Deliver) -> None:
        """Answer the register, until canceled."""

        async def use(port: ClosableStream) -> None:
            reader = StreamReader(port, self._terminal, self._counter, deliver)
            async with anyio.create_task_group() as group:
                group.start_soon(self._send_results, reader)
                await reader.run()

        await keep_open(self.name, self._port.open_port, use, connection_of(self.name, deliver))

    def reply(self, result: Reply) -> None:
        """Queue the result for the register, also while it is unplugged."""
        if dropped := self._ended.put(in_place_of_older(self._ended, result)):
            which = dropped.reference if isinstance(dropped, Reply) else dropped
            _log.warning(
                "%s: too many replies wait; the one for the sale %s is dropped", self.name, which
            )

    def decline(self, ticket: str) -> None:
        """Queue for the register that there is no sale for its request."""
        self._ended.put(ticket)

    def remember(self, last: Sale, outcome: Outcome | Unknown | None) -> None:
        """Remember the last sale before a restart."""
        self._terminal.remember(last, outcome)

    async def _send_results(self, reader: StreamReader) -> None:
        while True:
            ended, now = await self._ended.first(), anyio.current_time()
            if isinstance(ended, Reply):
                output = self._terminal.sale_ended(ended, now)
            else:
                output = self._terminal.declined(ended, now)
            self._ended.remove(ended)
            try:
                await reader.take(output)
            except DeviceGone:
                return  # receiving fails too; the register will ask again

"""The input ``escpos_printer``: the kiosk acts as a receipt printer, on a cable or the network.

For point-of-sale programs that can print a copy on a second printer. Nothing is printed, and the
program is not told whether the sale was paid.
"""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from typing import Literal, Self

import anyio
from pydantic import Field, field_validator, model_validator

from kiosk.base.language import _
from kiosk.base.money import Currency
from kiosk.base.outbox import Outbox
from kiosk.base.parts import WiredPart
from kiosk.base.permissions import Permissions
from kiosk.base.ports import checked_port
from kiosk.base.retry import keep_open
from kiosk.base.settings import Duration, PortFile
from kiosk.inputs import Input
from kiosk.inputs.common.connections import SerialInputSettings, network_parts
from kiosk.inputs.common.counters import ReadingCounter, ReadingCounts
from kiosk.inputs.common.repeats import RepeatFilter
from kiosk.inputs.common.reports import connection_of, report
from kiosk.inputs.escpos.printed_receipt import SeveralTotals
from kiosk.inputs.escpos.printer_languages import PRINTER_LANGUAGES
from kiosk.inputs.escpos.receipt_decoder import ReceiptDecoder, ReceiptRule
from kiosk.inputs.text.totals import TotalSettings, Words
from kiosk.inputs.transport.sockets import Connection, ListeningSocket, listen_tcp
from kiosk.inputs.transport.stream_input import StreamInput, StreamReader, no_wording
from kiosk.sale.effects import Reply
from kiosk.sale.events import Deliver, ResultDelivered

PORT = 9100  # the TCP port of printers
_NO_SALE = (
    "ANULADO", "ANULADA", "ANULACION", "CANCELADO", "CANCELADA", "CANCELAMENTO", "ESTORNO",
    "NOTA DE CREDITO", "NOTA DE DEVOLUCION", "COMPROBANTE DE DEVOLUCION", "REIMPRESION",
    "REIMPRESSAO", "CIERRE", "ARQUEO", "FECHAMENTO", "INFORME", "REPORTE", "RELATORIO", "LEITURA",
    "REDUCAO",
)  # fmt: skip


class EscposPrinterSettings(TotalSettings, SerialInputSettings):
    """A program that prints its receipts on the kiosk, as on an ESC/POS printer."""

    driver: Literal["escpos_printer"] = Field(
        "escpos_printer",
        description="The kiosk acts as a receipt printer that understands ESC/POS.",
    )
    port: PortFile = Field(
        "",
        pattern="^(/.*)?$",
        description=(
            "The device file of the port that the register prints to. For the network, write "
            "listen instead."
        ),
    )
    listen: str = Field(
        "",
        description=(
            "The address of this computer, with the port if that is not 9100, that programs in the "
            "network print to: 192.168.1.20 or 192.168.1.20:9101. Any program in this network can "
            "start sales, so use a network of the shop only."
        ),
    )
    language: Literal["epson", "bematech", "daruma", "star"] = Field(
        "epson",
        description=(
            "The command language of the printer that the register's program prints for. A Nitere "
            "takes bematech. Elgin, Control iD, Citizen and most others take epson."
        ),
    )
    several_totals: SeveralTotals = Field(
        "refuse",
        description=(
            "What to do with a receipt that has lines with different totals: refuse it, or take "
            "the first, the last or the largest of them."
        ),
    )
    no_sale: Words = Field(
        _NO_SALE,
        description=(
            "A receipt with one of these words alone on a line is not a sale: it was voided, it is "
            "printed again, or it is a report of the register. Words such as TICKET or CAJA, and "
            "numbers, can be beside it."
        ),
    )
    encoding: Literal["cp437", "cp850", "cp858", "cp860", "cp1252"] = Field(
        "cp437", description="The code page of receipts that do not select one."
    )
    idle: Duration = Field(
        2, ge=0.2, le=60, description="The silence that ends a receipt, if no cut command does."
    )
    repeat_within: Duration = Field(
        10,
        ge=0,
        le=600,
        description=(
            "The same total again within this time is a copy, and is ignored. 0 s: never ignore it."
        ),
    )

    @field_validator("listen")
    @classmethod
    def _is_an_address(cls, listen: str) -> str:
        if listen:
            _address(listen)
        return listen

    @model_validator(mode="after")
    def _has_one_port(self) -> Self:
        if bool(self.port) == bool(self.listen):
            raise ValueError(
                _("write either port, for a cable, or listen, for the network, and not both")
            )
        return self

    def permissions(self) -> Permissions:
        """Return what the input needs of the system."""
        if self.listen:
            return Permissions(listens=frozenset({_address(self.listen)[1]}))
        return super().permissions()

    def parts(self) -> tuple[WiredPart, ...]:
        """Return the parts to connect, with their wires."""
        if self.listen:
            return network_parts(self.source, self.listen)
        return super().parts()

    def open_socket(self) -> ListeningSocket:
        """Listen for programs in the network. Raises DeviceGone."""
        return listen_tcp(*_address(self.listen))

    def open(self, currency: Currency) -> Input:
        """Return the input. Its port or socket is opened by ``run``."""
        name = self.source
        if self.listen:
            return NetworkPrinter(self, name, currency)
        decoder = self.decoder(name, currency, RepeatFilter(self.repeat_within), joins_late=True)
        return StreamInput(name, self.open_port, decoder, no_wording)

    def decoder(
        self, source: str, currency: Currency, repeats: RepeatFilter, *, joins_late: bool
    ) -> ReceiptDecoder:
        """Return the pure part of the input."""
        language = PRINTER_LANGUAGES[self.language]
        rule = ReceiptRule(
            self.rule(currency), language, self.encoding, self.several_totals, self.no_sale
        )
        return ReceiptDecoder(source, rule, idle=self.idle, repeats=repeats, joins_late=joins_late)


class NetworkPrinter:
    """A printer on TCP. Many programs connect again for each receipt. See ``Input``."""

    def __init__(self, settings: EscposPrinterSettings, name: str, currency: Currency) -> None:
        self.name = name
        self._settings, self._currency = settings, currency
        self._repeats = RepeatFilter(settings.repeat_within)
        self._counter = ReadingCounter(name)
        self._delivered: Outbox[ResultDelivered] = Outbox()

    @property
    def counts(self) -> ReadingCounts:
        """How the readings went, since the daemon started."""
        return replace(self._counter.counts, repeated=self._repeats.count)

    async def run(self, deliver: Deliver) -> None:
        """Read what is printed, until canceled."""

        async def handle(stream: Connection) -> None:
            decoder = self._settings.decoder(
                self.name, self._currency, self._repeats, joins_late=False
            )
            await StreamReader(stream, decoder, self._counter, deliver).run()

        async def use(listening: ListeningSocket) -> None:
            await listening.serve(handle)

        async with anyio.create_task_group() as group:
            group.start_soon(report, self._delivered, deliver)
            await keep_open(
                self.name, self._settings.open_socket, use, connection_of(self.name, deliver)
            )

    def reply(self, result: Reply) -> None:
        """Report the result as delivered: a printer cannot tell it to the program."""
        self._repeats.forget()
        self._delivered.put(ResultDelivered(result.reference, result.outcome))


def _address(text: str) -> tuple[str, int]:
    """Return address and port of ``192.168.1.20``, ``192.168.1.20:9100`` or ``[fd00::1]:9100``."""
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]") or (":" in host and not host.endswith("]")):
        host, port = text, str(PORT)
    try:
        address = ipaddress.ip_address(host.strip("[]"))
        number = int(port)
    except ValueError:
        raise ValueError(
            _(
                "{text!r} is not a valid address; write it like 192.168.1.20 or "
                "192.168.1.20:{port}",
                text=text,
                port=PORT,
            )
        ) from None
    if address.is_unspecified:
        raise ValueError(
            _("{text!r} listens to every network; write the address of this computer", text=text)
        )
    return str(address), checked_port(number)

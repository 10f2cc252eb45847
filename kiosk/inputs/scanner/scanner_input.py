"""What all scanners are, whatever they hang on: codes in, the counter's events out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import anyio
import anyio.to_thread
from pydantic import Field

from kiosk.base.errors import BadReading, DeviceGone
from kiosk.base.money import Currency
from kiosk.base.permissions import NOTHING, Permissions, files
from kiosk.base.retry import keep_open
from kiosk.base.settings import Duration, Whole
from kiosk.inputs import InputSettings
from kiosk.inputs.codes.meaning import Codes
from kiosk.inputs.codes.settings import CodesSettings
from kiosk.inputs.common.counters import ReadingCounts
from kiosk.inputs.common.outbox import Outbox, report
from kiosk.inputs.scanner.price_list import PriceList, UsedTickets
from kiosk.inputs.scanner.scan_decoder import Hygiene, ScanDecoder, TicketRead
from kiosk.inputs.scanner.scan_framer import ScanFramer, Suffix
from kiosk.sale.effects import Reply
from kiosk.sale.events import AmountRead, Deliver, Event, ReadingRejected, ResultDelivered

Piece = tuple[str, float]  # characters, and the loop-clock second at which they were sent


class ScannerDevice(Protocol):
    """An open scanner. What befalls it is told as DeviceGone."""

    def reading(self) -> AbstractAsyncContextManager[None]:
        """Be ready to receive meanwhile."""
        ...

    async def receive(self) -> Sequence[Piece]:
        """Return what was sent next."""
        ...

    def close(self) -> None:
        """Let go of the device."""
        ...


class ScannerSettings(InputSettings):
    """What all scanners have in common."""

    suffix: Suffix = Field(
        "enter",
        description=(
            "What the scanner sends after each code: enter (also CR or LF), tab, or none; with "
            "none a code ends by silence, and a torn code can't be told from a short one."
        ),
    )
    prefix: str = Field(
        "", max_length=8, description="What the scanner sends before each code, if anything."
    )
    gs_character: str = Field(
        "",
        max_length=1,
        description="The character that the scanner sends for the separator of GS1 codes, if any.",
    )
    longest_code: Whole = Field(
        512, ge=16, le=4096, description="The most characters a code may have; more is noise."
    )
    echo_within: Duration = Field(
        0.3,
        ge=0,
        le=10,
        description="The same code again within this time was read twice, and counts once.",
    )
    repeat_within: Duration = Field(
        3,
        ge=0,
        le=60,
        description="The same again, for codes that carry the whole amount of a sale.",
    )
    codes: CodesSettings = Field(
        CodesSettings(), description="What the codes of this scanner may be."
    )

    def permissions(self) -> Permissions:
        """Return what all scanners need: where the used ones of signed amounts are kept."""
        return files(self.codes.signed.used_file) if self.codes.signed else NOTHING

    def hygiene(self) -> Hygiene:
        """Return what one scan leaves behind for the next."""
        repeat_within = max(self.echo_within, self.repeat_within)
        return Hygiene(self.prefix, self.gs_character, self.echo_within, repeat_within)


class Scanner:
    """A scanner as an input: see ``kiosk.inputs.Input``. It has no replies to give."""

    def __init__(
        self,
        settings: ScannerSettings,
        gap: float,
        currency: Currency,
        open_device: Callable[[], ScannerDevice],
    ) -> None:
        """``gap`` is the silence, in seconds, that no code of this scanner survives."""
        self.name = settings.name or str(getattr(settings, "driver", "scanner"))
        self._open_device, self.gap = open_device, gap
        self._price_list = PriceList(settings.codes.catalogue, currency)
        self._told: Outbox[ResultDelivered] = Outbox()
        signed = settings.codes.signed
        self._tickets = UsedTickets(signed.used_file) if signed else None
        codes = _codes(settings.codes, currency, self._price_list)
        framer = ScanFramer(suffix=settings.suffix, gap=gap, longest=settings.longest_code)
        self.decoder = ScanDecoder(self.name, framer, codes.read, settings.hygiene())

    @property
    def counts(self) -> ReadingCounts:
        """How the readings went, since the daemon started."""
        return self.decoder.counts

    async def run(self, deliver: Deliver) -> None:
        """Deliver what is scanned, for ever."""

        async def use(device: ScannerDevice) -> None:
            async with device.reading():
                await self._read(device, deliver)

        async with anyio.create_task_group() as group:
            group.start_soon(report, self._told, deliver)
            group.start_soon(self._price_list.keep)
            await keep_open(self.name, self._open_device, use)

    def reply(self, result: Reply) -> None:
        """Say that the result was told: a scanner tells nothing."""
        self.decoder.settled()
        self._told.put(ResultDelivered(result.reference))

    async def _read(self, device: ScannerDevice, deliver: Deliver) -> None:
        wait_until = math.inf
        try:
            while True:
                pieces: Sequence[Piece] = ()
                with anyio.CancelScope(deadline=wait_until):
                    pieces = await device.receive()
                now = anyio.current_time()
                for text, at in pieces or [("", now)]:
                    await self._pass_on(self.decoder.feed(text, at, now), deliver)
                # Silence counts from here, not from the last key: more may be on its way to us.
                wait_until = (
                    anyio.current_time() + self.gap if self.decoder.unfinished else math.inf
                )
        except DeviceGone:
            await self._pass_on(self.decoder.unplugged(anyio.current_time()), deliver)
            raise

    async def _pass_on(self, events: Sequence[Event | TicketRead], deliver: Deliver) -> None:
        for event in events:
            await deliver(await self._redeemed(event) if isinstance(event, TicketRead) else event)

    async def _redeemed(self, read: TicketRead) -> Event:
        """Use a signed amount up, on disk, before it counts."""
        assert self._tickets, "without the setting signed none is read"
        try:
            unused = await anyio.to_thread.run_sync(self._tickets.spend, read.ticket.serial)
        except BadReading as fault:
            return ReadingRejected(str(fault), read.source)
        if not unused:
            return ReadingRejected("this code was used already; print another", read.source)
        return AmountRead(read.ticket.amount, read.source)


def _codes(settings: CodesSettings, currency: Currency, price_list: PriceList) -> Codes:
    return Codes(
        currency,
        price_list.find,
        tuple(label.label() for label in settings.labels),
        settings.gs1,
        settings.gln,
        settings.control,
        settings.signed.key() if settings.signed else None,
        settings.plain.format() if settings.plain else None,
        settings.min,
        settings.max,
    )

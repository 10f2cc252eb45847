"""A scanner as an input, whatever its connection: characters in, events of the sale out."""

from __future__ import annotations

import math
import string
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Any, Protocol, Self

import anyio
from pydantic import Field, model_validator

from kiosk.base.environment import Offload, OneThread
from kiosk.base.errors import BadReading, DeviceGone
from kiosk.base.language import _
from kiosk.base.money import Currency
from kiosk.base.outbox import Outbox
from kiosk.base.permissions import LOW_PRIORITY, NOTHING, Permissions, files
from kiosk.base.retry import keep_open
from kiosk.base.settings import Duration, Whole
from kiosk.inputs import InputSettings
from kiosk.inputs.codes.meaning import CodeReader
from kiosk.inputs.codes.settings import CodesSettings
from kiosk.inputs.common.counters import ReadingCounts
from kiosk.inputs.common.reports import connection_of, report
from kiosk.inputs.scanner.code_framer import CodeFramer, Suffix
from kiosk.inputs.scanner.price_list import Load, PriceList
from kiosk.inputs.scanner.price_list_reader import load_in_process
from kiosk.inputs.scanner.scan_decoder import ScanDecoder, ScanOptions, SignedAmountRead
from kiosk.inputs.scanner.used_serials import UsedSerials
from kiosk.inputs.text.control_names import Characters
from kiosk.sale.effects import Reply
from kiosk.sale.events import AmountRead, Deliver, Event, ReadingRejected, ResultDelivered

TimedCharacters = tuple[str, float]  # when they were sent is in seconds of the loop's clock


class ScannerDevice(Protocol):
    """An open scanner. Every failure is raised as DeviceGone."""

    def reading(self) -> AbstractAsyncContextManager[None]:
        """Return a context in which ``receive`` may be called."""
        ...

    async def receive(self) -> Sequence[TimedCharacters]:
        """Wait for the next characters and return them."""
        ...

    def close(self) -> None:
        """Close the device."""
        ...


class ScannerSettings(InputSettings):
    """What all scanners have in common."""

    suffix: Suffix = Field(
        "enter",
        description=(
            "What the scanner sends after each code: enter (also CR or LF), tab, or none. With "
            "none, a pause ends the code, so the kiosk can't detect a code that was cut off: a "
            "pause within a scan may leave a short code of the price list. Only long codes are "
            "safe with none. A mark such as * is the same as ends_with."
        ),
    )
    prefix: str = Field(
        "", max_length=8, description="What the scanner sends before each code, if anything."
    )
    begins_with: Characters = Field(
        "",
        description=(
            "What is before every code, if anything: STX, SOH, or characters such as *. A code "
            "without it is rejected, because its beginning was lost."
        ),
    )
    ends_with: Characters = Field(
        "",
        description=(
            "What ends every code, if it is not a key of suffix: ETX, CR LF, DC3 DC3, or "
            "characters such as *."
        ),
    )
    gs_character: str = Field(
        "",
        max_length=1,
        description="The character that the scanner sends as the separator of GS1 codes, if any.",
    )
    longest_code: Whole = Field(
        512, ge=16, le=4096, description="The maximum length of a code; a longer one is rejected."
    )
    echo_within: Duration = Field(
        0.3,
        ge=0,
        le=10,
        description="The same code again within this time is the same scan, and counts once.",
    )
    repeat_within: Duration = Field(
        3,
        ge=0,
        le=60,
        description="As echo_within, for codes that contain the whole amount of a sale.",
    )
    codes: CodesSettings = Field(CodesSettings(), description="Which codes this scanner may read.")

    @property
    def delivers_amounts(self) -> bool:
        """Return whether some code is an amount or an item."""
        codes = self.codes
        known = codes.labels or codes.catalogue or codes.signed or codes.plain
        return bool(known) or codes.gs1 != "off"

    def with_last_good_list(self, folder: Path) -> Self:
        """Return it with a place for the last good price list, if it has a list without one."""
        old = self.codes.catalogue
        if not old:
            return self
        beside = folder / f"{self.name}.prices.good"
        catalogue = old.model_copy(update={"last_good": old.last_good or beside})
        codes = self.codes.model_copy(update={"catalogue": catalogue})
        return self.model_copy(update={"codes": codes})

    @model_validator(mode="before")
    @classmethod
    def _take_a_mark_as_the_end(cls, fields: Any) -> Any:
        suffix = fields.get("suffix") if isinstance(fields, dict) else None
        if isinstance(suffix, str) and suffix in string.punctuation and len(suffix) == 1:
            return {**fields, "suffix": "enter", "ends_with": fields.get("ends_with", suffix)}
        return fields

    def new_thread(self) -> Offload:
        """Return where the serials of signed amounts are written."""
        return OneThread()

    def list_loader(self) -> Load:
        """Return what loads the price list."""
        return load_in_process

    def permissions(self) -> Permissions:
        """Return what all scanners need: write access to the files that they keep.

        A price list is read at low priority.
        """
        catalogue, signed = self.codes.catalogue, self.codes.signed
        kept = files(
            catalogue.last_good if catalogue else None, signed.used_file if signed else None
        )
        return kept | (LOW_PRIORITY if catalogue else NOTHING)

    def scan_options(self) -> ScanOptions:
        """Return what the scanner adds to codes, and which scans count once."""
        repeat_within = max(self.echo_within, self.repeat_within)
        return ScanOptions(self.prefix, self.gs_character, self.echo_within, repeat_within)


class Scanner:
    """A scanner as an input: see ``kiosk.inputs.Input``. It can't show replies."""

    def __init__(
        self,
        settings: ScannerSettings,
        gap: float,
        currency: Currency,
        open_device: Callable[[], ScannerDevice],
    ) -> None:
        """``gap`` is the silence, in seconds, after which a code has ended or was cut off."""
        self.name = settings.source
        self._open_device, self.gap = open_device, gap
        self._price_list = PriceList(settings.codes.catalogue, currency, settings.list_loader())
        self._thread = settings.new_thread()
        self._results: Outbox[ResultDelivered] = Outbox()
        signed = settings.codes.signed
        self._used_serials = UsedSerials(signed.used_file) if signed else None
        codes = _code_reader(settings.codes, currency, self._price_list)
        framer = CodeFramer(
            suffix=settings.suffix,
            gap=gap,
            longest=settings.longest_code,
            begins_with=settings.begins_with,
            ends_with=settings.ends_with,
        )
        self.decoder = ScanDecoder(self.name, framer, codes.read, settings.scan_options())

    @property
    def counts(self) -> ReadingCounts:
        """The counters of the readings since the daemon started."""
        return self.decoder.counts

    def load_price_list(self) -> None:
        """Load the price list now; ``run`` does it by itself. Raises ConfigError."""
        self._price_list.load_now()

    async def run(self, deliver: Deliver) -> None:
        """Deliver what is scanned, for ever."""

        async def use(device: ScannerDevice) -> None:
            async with device.reading():
                await self._read(device, deliver)

        async with anyio.create_task_group() as group:
            group.start_soon(report, self._results, deliver)
            group.start_soon(self._price_list.run)
            await keep_open(self.name, self._open_device, use, connection_of(self.name, deliver))

    def reply(self, result: Reply) -> None:
        """Report the result as delivered at once: a scanner can't show it."""
        self.decoder.sale_ended()
        self._results.put(ResultDelivered(result.reference, result.outcome))

    async def _read(self, device: ScannerDevice, deliver: Deliver) -> None:
        wait_until = math.inf
        try:
            while True:
                pieces: Sequence[TimedCharacters] = ()
                with anyio.CancelScope(deadline=wait_until):
                    pieces = await device.receive()
                now = anyio.current_time()
                for text, at in pieces or [("", now)]:
                    await self._deliver_all(self.decoder.feed(text, at, now), deliver)
                # Count the silence from here, not from the last key: more keys may be on their way.
                wait_until = (
                    anyio.current_time() + self.gap if self.decoder.unfinished else math.inf
                )
        except DeviceGone:
            await self._deliver_all(self.decoder.unplugged(anyio.current_time()), deliver)
            raise

    async def _deliver_all(
        self, events: Sequence[Event | SignedAmountRead], deliver: Deliver
    ) -> None:
        for event in events:
            if isinstance(event, SignedAmountRead):
                await deliver(await self._use_up(event))
            else:
                await deliver(event)

    async def _use_up(self, read: SignedAmountRead) -> Event:
        """Record the serial of a signed amount on disk before the amount is sold."""
        assert self._used_serials, "without the setting signed, no signed amount is read"
        serial = read.signed.serial
        try:
            is_new = await self._thread(partial(self._used_serials.mark_used, serial))
        except BadReading as fault:
            return ReadingRejected(str(fault), read.source)
        if not is_new:
            return ReadingRejected(_("this code was already used; print another"), read.source)
        return AmountRead(read.signed.amount, read.source)


def _code_reader(settings: CodesSettings, currency: Currency, price_list: PriceList) -> CodeReader:
    return CodeReader(
        currency,
        price_list.find,
        tuple(label.label_pattern() for label in settings.labels),
        settings.gs1,
        settings.gln,
        settings.control,
        settings.signed.key() if settings.signed else None,
        settings.plain.format() if settings.plain else None,
        settings.min,
        settings.max,
        price_list.why_missing,
    )

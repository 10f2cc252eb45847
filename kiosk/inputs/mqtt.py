"""The input ``mqtt``: another computer of the chain sends amounts, through the broker of ``fleet``.

The messages and the connection are in ``kiosk/fleet``. This is what they have in common with any
register: an amount is read, counted and delivered, and its result goes back. Each amount has a
number of its sender's, which is the ticket of the reading. The journal holds it: it is sold once.
"""

from __future__ import annotations

from typing import Literal

import anyio
from pydantic import Field

from kiosk.base.errors import BadReading
from kiosk.base.money import Currency, NumberFormat
from kiosk.base.outbox import Outbox
from kiosk.base.parts import WiredPart
from kiosk.base.permissions import Permissions
from kiosk.inputs import InputSettings
from kiosk.inputs.common.connections import network_parts
from kiosk.inputs.common.counters import ReadingCounter, ReadingCounts
from kiosk.inputs.common.limits import LimitSettings
from kiosk.inputs.common.reports import in_place_of_older
from kiosk.inputs.text.amounts import AmountRule
from kiosk.sale.effects import Reply
from kiosk.sale.events import (
    AmountRead,
    Deliver,
    InputLost,
    InputOpened,
    ReadingBegan,
    ReadingRejected,
    ResultDelivered,
)
from kiosk.sale.words import Outcome, Sale, Unknown

FORGOTTEN_AFTER = 3600.0  # seconds; long before, an amount is sold or declined


class MqttSettings(LimitSettings, InputSettings):
    """Another computer of the chain that sends amounts through the broker of ``fleet``."""

    driver: Literal["mqtt"] = Field(
        "mqtt",
        description=(
            "A computer of the chain sends amounts to the topic in/amount. It needs the section "
            "fleet."
        ),
    )

    def permissions(self) -> Permissions:
        """Return what the input needs of the system: nothing."""
        return Permissions()

    def parts(self) -> tuple[WiredPart, ...]:
        """Return the part, which has no wires."""
        return network_parts(self.source, "in/amount")

    def open(self, currency: Currency) -> MqttInput:
        """Return the input. The link to the broker uses it."""
        rule = AmountRule(NumberFormat(decimal="."), currency, least=self.min, most=self.max)
        return MqttInput(self.source, rule)


class MqttInput:
    """An input that the link to the broker feeds. See ``AnsweringInput``."""

    def __init__(self, name: str, rule: AmountRule) -> None:
        self.name, self._rule = name, rule
        self._counter = ReadingCounter(name)
        self._delivered_at: dict[str, float] = {}  # by amount_id; neither sold nor declined yet
        self._ended: Outbox[Reply | str] = Outbox()  # results, and amounts that were declined
        self._events: Outbox[InputOpened | InputLost | ResultDelivered] = Outbox()
        self._deliver: Deliver | None = None

    @property
    def counts(self) -> ReadingCounts:
        """How the readings went, since the daemon started."""
        return self._counter.counts

    @property
    def currency(self) -> str:
        """The code of the currency that it sells in."""
        return self._rule.currency.code

    async def run(self, deliver: Deliver) -> None:
        """Deliver what the link says, until canceled."""
        self._deliver = deliver
        try:
            while True:
                event = await self._events.first()
                self._events.remove(event)
                await deliver(event)
        finally:
            self._deliver = None

    # --- what the counter says ---

    def reply(self, result: Reply) -> None:
        """Queue the result for the sender, also while there is no connection."""
        self._ended.put(in_place_of_older(self._ended, result))

    def decline(self, ticket: str) -> None:
        """Queue for the sender that there is no sale for its amount."""
        self.opened(ticket)
        self._ended.put(ticket)

    def remember(self, last: Sale, outcome: Outcome | Unknown | None) -> None:
        """Do nothing: the journal is asked about each amount."""

    # --- what the link says ---

    def connection(self, problem: str) -> None:
        """Note that the broker is connected, or why it is not."""
        self._events.put(InputLost(self.name, problem) if problem else InputOpened(self.name))

    async def sell(self, amount_id: str, amount: str) -> Literal["", "amount", "busy"]:
        """Deliver an amount, as a plain decimal; return why that is not done, or an empty text."""
        try:
            money = self._rule.read(amount)
        except BadReading as fault:
            await self.reject(str(fault))
            return "amount"
        assert money, "without a pattern, read returns an amount or raises"
        if self._deliver is None:
            return "busy"
        now = self._delivered_at[amount_id] = anyio.current_time()
        read = AmountRead(money, self.name, ticket=amount_id, amount_id=amount_id)
        self._counter.passes(read, now)
        try:
            await self._deliver(ReadingBegan(self.name))
            await self._deliver(read)
        except BaseException:  # the link ends at this moment: the amount did not arrive
            self.opened(amount_id)
            raise
        return ""

    async def reject(self, reason: str) -> None:
        """Deliver that an amount is rejected. Where there are many, they are only counted."""
        event = ReadingRejected(reason, self.name)
        if self._counter.passes(event, anyio.current_time()) and self._deliver:
            await self._deliver(event)

    def waiting(self) -> tuple[str, ...]:
        """Return the amounts that were delivered, and are neither sold nor declined yet."""
        oldest = anyio.current_time() - FORGOTTEN_AFTER
        self._delivered_at = {it: at for it, at in self._delivered_at.items() if at > oldest}
        return tuple(self._delivered_at)

    def opened(self, amount_id: str) -> None:
        """Note that this amount does not wait any more: the journal has a sale for it."""
        self._delivered_at.pop(amount_id, None)

    async def next_ended(self) -> Reply | str:
        """Wait for a result, or for an amount that was declined. It stays until it is told."""
        return await self._ended.first()

    def told(self, ended: Reply | str) -> None:
        """Note that the sender has this."""
        self._ended.remove(ended)
        if isinstance(ended, Reply):
            self._events.put(ResultDelivered(ended.reference, ended.outcome))

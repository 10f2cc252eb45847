"""The topic ``sale``: each sale that has ended, told until the broker has it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, NoReturn, Protocol, TypeVar

import anyio

from kiosk.base.errors import JournalFailed
from kiosk.fleet.mqtt.client import Client
from kiosk.fleet.mqtt.vocabulary import MqttMessage
from kiosk.fleet.payloads import EndedSale
from kiosk.fleet.state_topic import Status
from kiosk.journal import DaemonJournal, EndToTell

KEPT_FOR = 604_800  # seconds for which the broker keeps it for a reader that is away: a week
AT_ONCE = 50  # ends that are read from the journal together
LONGEST_GAP = 300.0  # seconds between two looks into the journal
AGAIN_AFTER = 30.0  # seconds until the journal is tried again

T = TypeVar("T")

log = logging.getLogger("kiosk.fleet")


class AskJournal(Protocol):
    """Asks the journal in its own thread."""

    def __call__(self, question: Callable[[DaemonJournal], T], /) -> Awaitable[T]:
        """Return what ``question`` returns about the journal, or raise its JournalFailed."""
        ...


class SaleTopic:
    """Publishes the ends of sales, one after the other, and moves the journal's cursor."""

    def __init__(self, topic: str, status: Status, ask: AskJournal) -> None:
        self._topic, self._status, self._ask = topic, status, ask

    async def begin(self) -> None:
        """Let the journal count the ends from now on, whether the broker is there or not."""
        while True:
            with suppress(JournalFailed):
                await self._ask(lambda journal: journal.ends_to_tell(0))
                return
            await anyio.sleep(AGAIN_AFTER)

    async def run(self, client: Client) -> NoReturn:
        """Publish all that wait now, and at each change of the counter, for ever."""
        known: dict[str, Any] | None = None
        while True:
            with anyio.move_on_after(
                LONGEST_GAP
            ):  # a refund may be seen while nothing else changes
                known = await self._status.next(known)
            try:
                while ends := await self._ask(lambda journal: journal.ends_to_tell(AT_ONCE)):
                    for end in ends:
                        await self._tell(client, end)
            except JournalFailed as failure:
                log.warning("%s; ended sales are published later", failure)
                await anyio.sleep(AGAIN_AFTER)
                known = None

    async def _tell(self, client: Client, end: EndToTell) -> None:
        if message := self._message(end):
            await client.publish(message)
        with anyio.CancelScope(shield=True):  # or it would be told again
            await self._ask(lambda journal: journal.broker_has(end.number))

    def _message(self, end: EndToTell) -> MqttMessage | None:
        """Return the message; None if the sale has no outcome any more, or can't be read."""
        row = end.row
        if row is None or row.outcome is None or row.ended_at is None:
            return None
        payload = EndedSale(
            reference=row.sale.reference,
            order_id=row.sale.order_id or None,
            amount=row.sale.amount.plain(),
            currency=row.sale.amount.currency.code,
            outcome=row.outcome,
            source=row.sale.source,
            created_at=row.created_at,
            ended_at=row.ended_at,
            late=end.late,
        )
        return MqttMessage(self._topic, payload.encoded(), expires_after=KEPT_FOR)

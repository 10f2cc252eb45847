"""The topics ``in/amount`` and ``out/amount``: totals to be paid, and what became of each.

An amount has the number that its sender gave it, its ``id``. It is sold once, whatever is repeated,
late or lost: the journal holds the number with the sale, and a number that is known is answered
with the present result of that sale.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any, Literal, NoReturn, Protocol

import anyio
from pydantic import ValidationError

from kiosk.base.errors import JournalFailed
from kiosk.base.frozen import frozen
from kiosk.base.language import _, mark
from kiosk.base.outbox import Outbox
from kiosk.fleet.mqtt.client import Client
from kiosk.fleet.mqtt.vocabulary import MessageRefused, MqttMessage
from kiosk.fleet.payloads import AmountAnswer, AmountRequest, IdOnly, Reason
from kiosk.fleet.return_address import ReturnAddresses
from kiosk.fleet.sale_topic import AskJournal
from kiosk.fleet.state_topic import Status
from kiosk.journal import SoldAmount
from kiosk.sale.effects import Reply
from kiosk.sale.events import TOO_OLD

KEPT_FOR = 60  # seconds for which the broker keeps an answer
SHORTEST_GAP = 1.0  # seconds between two amounts that are delivered
MOST_WAITING = 8  # amounts
MOST_ANSWERS = 64
AHEAD = 10.0  # seconds by which the sender's clock may be ahead of the service's

log = logging.getLogger("kiosk.fleet")

_CLOCK = mark("the clocks of sender and kiosk differ; set both by the network")
_UNREADABLE = mark("the amount can't be read; see the manual page: MQTT topics")
_CURRENCY = mark("the amount is in another currency than kiosk.currency")


class AmountInput(Protocol):
    """The input that delivers the amounts: ``kiosk.inputs.mqtt`` is one."""

    @property
    def currency(self) -> str:
        """The code of the currency that it sells in."""
        ...

    async def sell(self, amount_id: str, amount: str) -> Literal["", "amount", "busy"]:
        """Deliver an amount; return why that is not done, or an empty text."""
        ...

    async def reject(self, reason: str) -> None:
        """Deliver that an amount is rejected."""
        ...

    def waiting(self) -> tuple[str, ...]:
        """Return the amounts that were delivered, and are neither sold nor declined yet."""
        ...

    def opened(self, amount_id: str) -> None:
        """Note that the journal has a sale for this amount."""
        ...

    async def next_ended(self) -> Reply | str:
        """Wait for a result, or for an amount that was declined. It stays until it is told."""
        ...

    def told(self, ended: Reply | str) -> None:
        """Note that the sender has this."""
        ...


@frozen
class UnreadableAmount:
    """A message that can't be read; its ``id`` is empty if not even that can be read."""

    id: str


@frozen
class AmountRules:
    """``kept_for``: the age in seconds up to which an amount is sold; ``now`` is the right time."""

    kept_for: float
    now: Callable[[], float | None]

    def doubt(self, request: AmountRequest, currency: str) -> tuple[Reason, str] | None:
        """Return why this amount must not be sold, as a word and as a sentence; None if it may."""
        now = self.now()
        age = None if now is None else now - request.at.timestamp()
        if age is None or age < -AHEAD:
            return "clock", _(_CLOCK)
        if age > self.kept_for:
            return "too_old", TOO_OLD
        if request.currency != currency:
            return "currency", _(_CURRENCY)
        return None


class AmountTopic:
    """Takes amounts one after the other, and publishes what became of them."""

    def __init__(
        self, topic: str, till: AmountInput, status: Status, ask: AskJournal, rules: AmountRules
    ) -> None:
        self._till, self._status, self._ask, self._rules = till, status, ask, rules
        self._requests: Outbox[AmountRequest | UnreadableAmount] = Outbox(MOST_WAITING)
        self._answers: Outbox[AmountAnswer] = Outbox(MOST_ANSWERS)
        self._addresses = ReturnAddresses(topic, KEPT_FOR)

    def take(self, message: MqttMessage) -> None:
        """Note an amount. One that can't be taken is answered, as far as there is room for that."""
        if self._answers.full:
            return
        request = _read(message.payload)
        if request.id:
            self._addresses.note(request.id, message)
        if not self._requests.full:
            self._requests.put(request)
        elif request.id:
            self._answers.put(_rejected(request.id, "busy"))

    async def work(self) -> NoReturn:
        """Deliver the amounts that may be sold, and answer the others, for ever."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._tell_opened)
            while True:
                request = await self._requests.first()
                self._requests.remove(request)
                if isinstance(request, UnreadableAmount):
                    await self._refuse_unreadable(request)
                elif answer := await self._answer(request):
                    self._answers.put(answer)
                else:
                    await anyio.sleep(SHORTEST_GAP)
        raise AssertionError("it works for ever")

    async def run(self, client: Client) -> NoReturn:
        """Publish answers and results, as long as the connection lasts."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._publish_results, client)
            while True:
                answer = await self._answers.first()
                await self._publish(client, answer)
                self._answers.remove(answer)
        raise AssertionError("it publishes for ever")

    async def _refuse_unreadable(self, request: UnreadableAmount) -> None:
        await self._till.reject(_(_UNREADABLE))
        if request.id:
            self._answers.put(_rejected(request.id, "unreadable"))

    async def _answer(self, request: AmountRequest) -> AmountAnswer | None:
        """Return the answer, or None if the amount was delivered: the answer comes later."""
        if request.id in self._till.waiting():
            return AmountAnswer(id=request.id, result="open")
        try:
            sold = await self._ask(lambda journal: journal.sale_of_amount(request.id))
        except JournalFailed:
            return _rejected(request.id, "journal")
        if sold:
            return _present(request, sold)
        if doubt := self._rules.doubt(request, self._till.currency):
            await self._till.reject(doubt[1])
            return _rejected(request.id, doubt[0])
        reason = await self._till.sell(request.id, request.amount)
        return _rejected(request.id, reason) if reason else None

    async def _tell_opened(self) -> NoReturn:
        """Answer each delivered amount as soon as the journal has a sale for it."""
        known: dict[str, Any] | None = None
        while True:
            known = await self._status.next(known)
            for amount_id in self._till.waiting():
                if sold := await self._sold(amount_id):
                    self._till.opened(amount_id)
                    self._answers.put(_result(amount_id, sold))

    async def _publish_results(self, client: Client) -> NoReturn:
        while True:
            ended = await self._till.next_ended()
            if answer := await self._end(ended):
                await self._publish(client, answer)
            self._till.told(ended)

    async def _end(self, ended: Reply | str) -> AmountAnswer | None:
        """Return the answer; None if the sale came from an earlier input of the same name."""
        if isinstance(ended, str):  # the journal may hold a sale that nobody could pay
            sold = await self._sold(ended)
            return _result(ended, sold) if sold else _rejected(ended, "busy")
        with suppress(ValidationError):
            return AmountAnswer(
                id=ended.ticket, result=ended.outcome.value, reference=ended.reference
            )
        return None

    async def _sold(self, amount_id: str) -> SoldAmount | None:
        with suppress(JournalFailed):
            return await self._ask(lambda journal: journal.sale_of_amount(amount_id))
        return None

    async def _publish(self, client: Client, answer: AmountAnswer) -> None:
        """Publish to the sender's response topic; if the broker refuses that, to our own topic."""
        asked_for, own = self._addresses.messages(answer.id, answer.encoded())
        try:
            await client.publish(asked_for)
        except MessageRefused as refused:
            log.warning("%s", refused)
            if asked_for.topic != own.topic:
                with suppress(MessageRefused):
                    await client.publish(own)


def _read(payload: bytes) -> AmountRequest | UnreadableAmount:
    """Return the amount. If it can't be read, return its id, or an empty id."""
    with suppress(ValidationError):
        return AmountRequest.model_validate_json(payload, strict=True)
    with suppress(ValidationError):
        return UnreadableAmount(IdOnly.model_validate_json(payload, strict=True).id)
    return UnreadableAmount("")


def _present(request: AmountRequest, sold: SoldAmount) -> AmountAnswer:
    """Return the present result of the sale, or a rejection if it has another amount."""
    ours = sold.amount
    if ours and (ours.amount, ours.currency.code) != (Decimal(request.amount), request.currency):
        return _rejected(request.id, "other_amount", sold.reference)
    return _result(request.id, sold)


def _result(amount_id: str, sold: SoldAmount) -> AmountAnswer:
    result = sold.result.value if sold.result else "open"
    return AmountAnswer(id=amount_id, result=result, reference=sold.reference)


def _rejected(amount_id: str, reason: Reason, reference: str | None = None) -> AmountAnswer:
    return AmountAnswer(id=amount_id, result="rejected", reason=reason, reference=reference)

"""The topics ``in/ask`` and ``out/answer``: questions about the counter, which change nothing."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, NoReturn, Protocol, TypeVar

import anyio
from pydantic import ValidationError

from kiosk.base.errors import KioskError
from kiosk.base.outbox import Outbox
from kiosk.fleet.mqtt.client import Client
from kiosk.fleet.mqtt.vocabulary import MessageRefused, MqttMessage
from kiosk.fleet.payloads import QUESTIONS, FleetAnswer, FleetQuestion
from kiosk.fleet.return_address import ReturnAddresses
from kiosk.fleet.state_topic import Status
from kiosk.journal import Journal, SaleRecord

KEPT_FOR = 60  # seconds for which the broker keeps an answer
MOST_WAITING = 8  # questions
PAGE = 100  # sales in an answer
LARGEST = 60_000  # bytes of an answer; a broker takes 65,536 with what is around them
_OWN = {"parts", "pid"}  # what the status file has for this computer only

T = TypeVar("T")

log = logging.getLogger("kiosk.fleet")


class ReadJournal(Protocol):
    """Asks the journal in another thread than that of the sales, and without writing."""

    def __call__(self, question: Callable[[Journal], T], /) -> Awaitable[T]:
        """Return what ``question`` returns about the journal, or raise its JournalFailed."""
        ...


Examine = Callable[[], Awaitable[list[dict[str, str]]]]  # raises KioskError


class AskTopic:
    """Answers questions one after the other; an examination of the box runs beside them."""

    def __init__(
        self,
        topic: str,
        status: Status,
        read: ReadJournal,
        examine: Examine,
        wall_clock: Callable[[], float],
    ) -> None:
        self._status, self._read, self._examine = status, read, examine
        self._wall = wall_clock
        self._questions: Outbox[FleetQuestion] = Outbox(MOST_WAITING)
        self._answers: Outbox[FleetAnswer] = Outbox(MOST_WAITING)
        self._addresses = ReturnAddresses(topic, KEPT_FOR)
        self._examines = False

    def take(self, message: MqttMessage) -> None:
        """Note a question; one that can't be read is ignored."""
        try:
            question = FleetQuestion.model_validate_json(message.payload, strict=True)
        except ValidationError:
            log.debug("a question can't be read: %r", message.payload[:80])
            return
        if self._questions.full:
            return  # too many questions wait: this one gets no answer
        self._addresses.note(question.id, message)
        self._questions.put(question)

    async def work(self) -> NoReturn:
        """Find the answers, for ever."""
        async with anyio.create_task_group() as tasks:
            while True:
                question = await self._questions.first()
                self._questions.remove(question)
                if question.ask != "doctor":
                    await self._answer(question)
                elif self._examines:
                    self._refuse(question, "another examination is running; ask in a minute")
                else:
                    self._examines = True
                    tasks.start_soon(self._answer, question)
        raise AssertionError("it works for ever")

    async def run(self, client: Client) -> NoReturn:
        """Publish the answers, each once, as long as the connection lasts."""
        while True:
            answer = await self._answers.first()
            self._answers.remove(answer)  # a question may be asked again
            asked_for, own = self._addresses.messages(answer.id, answer.encoded())
            try:
                await client.publish(asked_for)
            except MessageRefused:
                with suppress(MessageRefused):
                    await client.publish(own)

    async def _answer(self, question: FleetQuestion) -> None:
        try:
            said = await self._say(question)
        except KioskError as error:
            self._refuse(question, str(error))
            return
        answer = FleetAnswer(id=question.id, ask=question.ask, answer=said)
        if len(answer.encoded()) > LARGEST:
            self._refuse(question, "the answer is too long for a message")
        else:
            self._answers.put(answer)

    async def _say(self, question: FleetQuestion) -> dict[str, Any]:
        match question.ask:
            case "status":
                status = await self._status.next(None)
                return {name: value for name, value in status.items() if name not in _OWN}
            case "last":
                return await self._read(_newest_result)
            case "sales":
                day = question.day or datetime.fromtimestamp(self._wall(), UTC).astimezone().date()
                return await self._read(lambda journal: _sales(journal, day, question.skip))
            case "doctor":
                try:
                    return {"findings": await self._examine()}
                finally:
                    self._examines = False
        raise KioskError(f"there is no such question; ask one of {', '.join(QUESTIONS)}")

    def _refuse(self, question: FleetQuestion, error: str) -> None:
        self._answers.put(FleetAnswer(id=question.id, ask=question.ask, error=error))


def _newest_result(journal: Journal) -> dict[str, Any]:
    """Return the newest sale that has a result."""
    found = journal.last_result()
    row = journal.row(found[0].reference) if found else None
    return _fields(row) if isinstance(row, SaleRecord) else {}


def _sales(journal: Journal, day: date, skip: int) -> dict[str, Any]:
    rows = [*islice(journal.select(day, oldest_first=True), skip, skip + PAGE + 1)]
    return {"sales": [_fields(row) for row in rows[:PAGE]], "more": len(rows) > PAGE}


def _fields(row: SaleRecord) -> dict[str, Any]:
    """Return what others may know of a sale: nothing about its payer."""
    fields = {
        "reference": row.sale.reference,
        "order_id": row.sale.order_id or None,
        "amount": row.sale.amount.plain(),
        "currency": row.sale.amount.currency.code,
        "outcome": row.outcome,
        "source": row.sale.source,
        "created_at": row.created_at,
        "ended_at": row.ended_at,
    }
    return {name: value for name, value in fields.items() if value is not None}

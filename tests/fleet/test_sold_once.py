"""An id sells once: whatever is repeated, late or lost, with broker and kiosk failing at random."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import anyio
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.fleet.link import LONGEST_PAUSE
from kiosk.sale.effects import ResultTold, reply_to
from kiosk.sale.events import AmountRead, ResultDelivered
from kiosk.sale.words import Outcome, Sale
from tests.fleet.counter import Counter, play
from tests.fleet.test_amounts import IN, answers, request
from tests.support.examples import examples

IDS = ("n1", "n2", "n3")


class Shop:
    """A back office that repeats itself, a counter with one sale at a time, and bad luck."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.delivered: list[AmountRead] = []  # what the counter has to sell or to decline
        self.at_counter: Sale | None = None
        self._seen = 0

    async def sends(self, amount_id: str, age: float = 0.0) -> None:
        lost = anyio.ClosedResourceError, anyio.BrokenResourceError
        with suppress(*lost):  # no kiosk may be there to take it
            await self.counter.broker.publish(IN, request(amount_id, age=age))

    async def sends_late(self, amount_id: str) -> None:
        await self.sends(amount_id, age=3600.0)

    async def waits(self, _: str) -> None:
        await anyio.sleep(90)

    async def loses_the_broker(self, _: str) -> None:
        await self.counter.broker.drop()

    async def loses_an_acknowledgement(self, _: str) -> None:
        self.counter.broker.acknowledges = not self.counter.broker.acknowledges

    async def loses_power(self, _: str) -> None:
        """Forget what is not in the journal; then tell the results that nobody may know."""
        self.delivered, self._seen = [], 0
        self.counter.readings.clear()
        await self.counter.restarts()
        for each in self.counter.journal.untold():
            self.counter.till.reply(reply_to(each.sale, each.outcome))

    async def takes_the_next_amount(self, _: str) -> None:
        if not self.delivered:
            return
        read = self.delivered.pop(0)
        if self.at_counter:
            self.counter.till.decline(read.ticket)
        else:
            self.at_counter = self.counter.opens(read)  # fails if the journal knows the id

    async def ends_the_sale(self, amount_id: str) -> None:
        if self.at_counter:
            outcome = Outcome.EXPIRED if amount_id == "n3" else Outcome.PAID
            self.counter.ends(self.at_counter, outcome)
        self.at_counter = None

    async def settles(self) -> None:
        """Let the counter have taken note of what its input has delivered."""
        await anyio.sleep(0.2)
        readings, self._seen = self.counter.readings[self._seen :], len(self.counter.readings)
        for event in readings:
            if isinstance(event, AmountRead):
                assert event.ticket not in {each.ticket for each in self.delivered}
                assert self.counter.journal.sale_of_amount(event.ticket) is None
                self.delivered.append(event)
            if isinstance(event, ResultDelivered):
                self.counter.journal.remember(ResultTold(event.reference, event.outcome))


Act = Callable[[Shop, str], Coroutine[Any, Any, None]]
ACTS: tuple[Act, ...] = (
    Shop.sends,
    Shop.sends,
    Shop.sends_late,
    Shop.waits,
    Shop.loses_the_broker,
    Shop.loses_an_acknowledgement,
    Shop.loses_power,
    Shop.takes_the_next_amount,
    Shop.takes_the_next_amount,
    Shop.ends_the_sale,
)


@settings(max_examples=examples(60))
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(IDS)), max_size=25))
def test_an_id_sells_once(acts: list[tuple[Act, str]]) -> None:
    async def told(counter: Counter) -> None:
        counter.is_now("idle")
        counter.start()
        await anyio.sleep(2)
        shop = Shop(counter)
        for act, amount_id in acts:
            await act(shop, amount_id)
            await shop.settles()
        counter.broker.acknowledges = True
        await shop.ends_the_sale("n1")
        await anyio.sleep(LONGEST_PAUSE + 60)
        await shop.settles()
        assert counter.journal.untold() == (), "each result was told"
        for sold in counter.journal.sales():
            before = len(answers(counter, sold.sale.ticket))
            await shop.sends(sold.sale.ticket)
            await anyio.sleep(15)
            last = answers(counter, sold.sale.ticket)[before:]
            assert last[-1:] == [(str(sold.outcome), None, sold.sale.reference)]
        tickets = [each.sale.ticket for each in counter.journal.sales()]
        assert len(tickets) == len(set(tickets))

    play(told)

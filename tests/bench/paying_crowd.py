"""The world of a thousand counters: registers, payers, Mercado Pago's notices, and its fake service.

The service is the simulator on HTTP, and counts what it is asked. Each counter gets an amount from the
broker; a payer pays its order after a time of a seeded crowd. A hint goes out with each payment, as
the relay sends it when the notice is there. All of that is in this process, so a hint and the look
that follows it are timed by one clock.
"""

from __future__ import annotations

import json
import math
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from kiosk.base.http_server import LOOPBACK, listen
from kiosk.fleet.broker import Broker
from kiosk.fleet.mqtt.client import Client, connected
from kiosk.fleet.mqtt.vocabulary import Login, MqttMessage
from kiosk.fleet.payloads import AmountRequest, Hint
from kiosk.sale.hints import MOST
from kiosk.simulator.faults.fault_rules import Faults
from kiosk.simulator.service.api import create_app
from kiosk.simulator.service.api_server import serve
from kiosk.simulator.service.messages import ApiAnswer, Operation
from kiosk.simulator.service.order_book import OrderBook
from kiosk.simulator.service.request_log import RequestEntry, RequestLog
from tests.bench.whole_counters import COUNTERS, whole_counters
from tests.simulation.stage import scratch

TOPIC = "kiosk/v1/shop1/c{number}/in/{name}"


class PayingCrowd:
    """What happened: requests by their operation, and the seconds from each hint to its look."""

    def __init__(self, paid_after: Sequence[float], *, hints: bool) -> None:
        """``paid_after``: the seconds of each payer; infinity for one who never pays."""
        self.requests: Counter[str] = Counter()
        self.waits: list[float] = []
        self.paid = 0
        self._paid_after, self._hints = paid_after, hints
        self._book = OrderBook(Random(1))
        self._hinted: dict[str, float] = {}  # by order

    async def sells(self, broker: Broker, every: float, seconds: float) -> None:
        """Let a counter get an amount ``every`` so many seconds; watch for ``seconds``."""
        async with AsyncExitStack() as stack:
            folder = stack.enter_context(TemporaryDirectory(dir=scratch()))
            stream = await stack.enter_async_context(await broker.open())
            login = Login("bench", b"x" * 32, session_kept=0)
            client = await stack.enter_async_context(connected(stream, login, _ignore))
            tasks = await stack.enter_async_context(anyio.create_task_group())
            service = self._serve(tasks, client)
            trust = MOST if self._hints else 0
            started = whole_counters(Path(folder), service, broker, trust)
            await anyio.to_thread.run_sync(stack.enter_context(started))
            self.requests.clear()
            with anyio.move_on_after(seconds):
                await self._key_amounts(client, every)
                await anyio.sleep_forever()
            tasks.cancel_scope.cancel()

    def _serve(self, tasks: TaskGroup, client: Client) -> str:
        """Start the service; return its address."""

        def answered(entry: RequestEntry, answer: ApiAnswer | None) -> None:
            if entry.operation == Operation.CREATE and answer and answer.status == 201:
                order = json.loads(answer.body)
                tasks.start_soon(self._pay, client, order["id"], order["external_reference"])

        log, rng = RequestLog(self._asked, answered), Random(1)
        app, listener = create_app(self._book, Faults(), time.time, rng, log), listen(0)
        tasks.start_soon(serve, app, listener)
        return f"http://{LOOPBACK}:{listener.getsockname()[1]}"

    def _asked(self, entry: RequestEntry, _: ApiAnswer | None) -> None:
        """Count a request when it is there; the first look after a hint is the one that it caused."""
        self.requests[entry.operation] += 1
        if entry.operation == Operation.GET:
            hinted = self._hinted.pop(entry.path.rpartition("/")[2], None)
            if hinted is not None:
                self.waits.append(time.perf_counter() - hinted)

    async def _pay(self, client: Client, order: str, reference: str) -> None:
        """Pay when the payer does."""
        number = int(reference.partition("-")[0].removeprefix("c"))
        if self._paid_after[number] == math.inf:
            return
        await anyio.sleep(self._paid_after[number])
        self._book.pay(order, time.time())
        self.paid += 1
        if self._hints:
            self._hinted[order] = time.perf_counter()
            hint = Hint(order=order, reference=reference)
            topic = TOPIC.format(number=number, name="hint")
            await client.publish(MqttMessage(topic, hint.encoded()))

    async def _key_amounts(self, client: Client, every: float) -> None:
        begun = anyio.current_time()
        for number in range(COUNTERS):
            await anyio.sleep_until(begun + number * every)
            at = datetime.fromtimestamp(time.time(), UTC)
            amount = AmountRequest(id=f"bench-{number}", amount="22.50", currency="ARS", at=at)
            topic = TOPIC.format(number=number, name="amount")
            await client.publish(MqttMessage(topic, amount.encoded()))


async def _ignore(_: MqttMessage) -> None:
    """Nothing comes."""

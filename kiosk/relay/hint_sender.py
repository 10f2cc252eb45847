"""Publishes hints: to each counter at most one in a second, and then the newest."""

from __future__ import annotations

import logging
from typing import NoReturn

import anyio
from anyio.abc import TaskGroup

from kiosk.fleet.mqtt.client import Client
from kiosk.fleet.mqtt.vocabulary import MessageRefused, MqttMessage
from kiosk.fleet.payloads import Hint
from kiosk.relay.notice_sorter import CounterHint
from kiosk.relay.relay_metrics import RelayMetrics

GAP = 1.0  # seconds between two hints to one counter
KEPT_FOR = 60  # seconds; a hint that is older helps nobody: the counter has looked
MOST_WAITING = 10_000  # counters

log = logging.getLogger("kiosk.relay")


class HintSender:
    """Takes hints at any time, and publishes them while the broker is connected."""

    def __init__(self, metrics: RelayMetrics) -> None:
        self._metrics = metrics
        self._waiting: dict[str, tuple[float, Hint]] = {}  # by counter; when it came
        self._busy: set[str] = set()  # counters whose hints are being published
        self._came = anyio.Event()

    def put(self, found: CounterHint) -> None:
        """Take a hint; it replaces one that waits for the same counter. Never waits."""
        if found.counter not in self._waiting and len(self._waiting) >= MOST_WAITING:
            self._metrics.hint("full")
            return
        self._waiting[found.counter] = anyio.current_time(), found.hint
        self._came.set()

    async def run(self, client: Client) -> NoReturn:
        """Publish, as long as the connection lasts; raises BrokerFault."""
        self._busy.clear()
        async with anyio.create_task_group() as tasks:
            while True:
                self._came = anyio.Event()
                self._start(tasks, client)
                await self._came.wait()
        raise AssertionError("hints are sent for ever")

    def _start(self, tasks: TaskGroup, client: Client) -> None:
        for counter in self._waiting.keys() - self._busy:
            self._busy.add(counter)
            tasks.start_soon(self._publish, client, counter)

    async def _publish(self, client: Client, counter: str) -> None:
        """Publish what waits for a counter, at most once a second, until nothing waits."""
        while counter in self._waiting:
            came, hint = self._waiting.pop(counter)
            if anyio.current_time() - came > KEPT_FOR:
                self._metrics.hint("expired")
                continue
            topic = f"kiosk/v1/{counter}/in/hint"
            try:
                await client.publish(MqttMessage(topic, hint.encoded(), expires_after=KEPT_FOR))
            except MessageRefused as refusal:
                self._metrics.hint("refused")
                log.warning("%s", refusal)
            else:
                self._metrics.hint("sent")
            await anyio.sleep(GAP)
        self._busy.remove(counter)

"""The topic ``in/hint``: something may have happened to an order. It only ever causes a look."""

from __future__ import annotations

import logging
from typing import NoReturn

import anyio
from pydantic import ValidationError

from kiosk.fleet.mqtt.vocabulary import MqttMessage
from kiosk.fleet.payloads import Hint
from kiosk.sale.events import Deliver, LinkChanged, OrderHinted

SHORTEST_GAP = 1.0  # seconds between two deliveries
MOST_WAITING = 8  # hints; a counter has one order, so the newest are the ones that count

log = logging.getLogger("kiosk.fleet")


class HintTopic:
    """Delivers hints to the counter. Many at once cause no more than one delivery a second."""

    def __init__(self, deliver: Deliver) -> None:
        self._deliver = deliver
        self._waiting: dict[OrderHinted, None] = {}
        self._link = self._told = LinkChanged(connected=False)
        self._came = anyio.Event()

    def link_is(self, connected: bool) -> None:
        """Note that the broker is connected, so hints can come, or that it is not. Never waits."""
        self._link = LinkChanged(connected)
        self._came.set()

    def take(self, message: MqttMessage) -> None:
        """Note a hint; one that can't be read is ignored. Never waits."""
        try:
            hint = Hint.model_validate_json(message.payload)
        except ValidationError:
            log.debug("a hint can't be read: %r", message.payload[:80])
            return
        event = OrderHinted(hint.reference or "", hint.order or "")
        if event == OrderHinted():
            return
        self._waiting[event] = None
        while len(self._waiting) > MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]
        self._came.set()

    async def run(self) -> NoReturn:
        """Deliver what waits, at most once a second, for ever."""
        while True:
            await self._came.wait()
            waiting, self._waiting, self._came = self._waiting, {}, anyio.Event()
            if self._link != self._told:
                self._told = self._link
                await self._deliver(self._told)
            for event in waiting:
                await self._deliver(event)
            await anyio.sleep(SHORTEST_GAP)

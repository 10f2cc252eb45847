"""The topic ``state``: what the counter does now. It is retained, so a new reader knows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, Protocol

import anyio

from kiosk.base.version import kiosk_version
from kiosk.fleet.mqtt.client import Client
from kiosk.fleet.mqtt.vocabulary import MqttMessage
from kiosk.fleet.payloads import Goodbye, Lost, Payload, State, time_text

SHORTEST_GAP = 1.0  # seconds between two messages


class Status(Protocol):
    """The live state of the daemon, as its status file has it."""

    async def next(self, known: dict[str, Any] | None) -> dict[str, Any]:
        """Wait until it is another one than the known one, and return it."""
        ...


class StateTopic:
    """Publishes each change of the state, and what a reader sees when the kiosk is gone."""

    def __init__(
        self,
        topic: str,
        status: Status,
        boot: str,
        wall_clock: Callable[[], float],
        linked_input: str = "",
    ) -> None:
        """``linked_input`` gets its amounts over this link, so its loss is not reported."""
        self._linked_input = linked_input
        self._topic, self._status, self._boot, self._wall = topic, status, boot, wall_clock
        self._version = kiosk_version()  # once: it is read from a file
        self._seq = 0
        self._state, self._since = "", ""

    async def run(self, client: Client) -> NoReturn:
        """Publish the state now and at each change, at most once a second."""
        known: dict[str, Any] | None = None
        published: dict[str, Any] = {}
        while True:
            known = await self._status.next(known)
            if (facts := self._facts(known)) != published:
                await client.publish(self._message(self._now(facts)))
                published = facts
            await anyio.sleep(SHORTEST_GAP)

    def will(self) -> MqttMessage:
        """Return what the broker publishes when it misses the kiosk."""
        return self._message(Lost(boot=self._boot))

    def goodbye(self) -> MqttMessage:
        """Return the last message of a kiosk that is stopped."""
        return self._message(Goodbye(boot=self._boot, seq=self._next(), at=self._time()))

    def _facts(self, status: dict[str, Any]) -> dict[str, Any]:
        """Return what makes a state another one than that before."""
        if status["state"] != self._state:
            self._state, self._since = status["state"], self._time()
        out_of_order = [f"{part}: {why}" for part, why in status["health"].items() if why != "ok"]
        out_of_order += [
            f"{name}: {each['why']}"
            for name, each in status.get("inputs", {}).items()
            if not each["connected"] and name != self._linked_input
        ]
        return {
            "state": status["state"],
            "reference": status["reference"] or None,
            "order": status.get("order"),
            "problems": [*out_of_order, *status.get("problems", ())],
            "since": self._since,
        }

    def _now(self, facts: dict[str, Any]) -> State:
        return State(
            **facts, version=self._version, boot=self._boot, seq=self._next(), at=self._time()
        )

    def _next(self) -> int:
        self._seq += 1
        return self._seq - 1

    def _time(self) -> str:
        return time_text(self._wall())

    def _message(self, payload: Payload) -> MqttMessage:
        return MqttMessage(self._topic, payload.encoded(), retain=True)

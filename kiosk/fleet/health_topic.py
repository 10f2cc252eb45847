"""The topic ``health``: how the counter's computer is, each five minutes."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from math import ceil
from pathlib import Path
from typing import Any, NoReturn

import anyio

from kiosk.base.environment import Environment
from kiosk.base.errors import JournalFailed
from kiosk.base.frozen import frozen
from kiosk.box.power import power
from kiosk.box.storage import free_bytes
from kiosk.box.system import System
from kiosk.fleet.ask_topic import ReadJournal
from kiosk.fleet.health_payload import CallTimes, Health, UpdateState
from kiosk.fleet.mqtt.client import Client
from kiosk.fleet.mqtt.vocabulary import MqttMessage
from kiosk.fleet.payloads import time_text
from kiosk.fleet.state_topic import Status

EVERY, PART = 300.0, 0.1  # seconds, and the part by which it may be more or less
KEPT_FOR = 900  # seconds for which the broker keeps it: then nobody takes it for the present
# What the installer decides by, and what it leaves: see scripts/installer/paths.sh.
_MACHINE = "/etc/machine-id"
_REFUSED = "/opt/kiosk/refused"  # "release 1.5.0-0a1b2c3d: why"; removed when an update works
_TEMPERATURE = "/sys/class/thermal/thermal_zone0/temp"  # thousandths of °C


@frozen
class UpdateFacts:
    """``ring``: 0 to 99; an update for a share of 10 is taken by those below 10. None: unknown.

    ``refused``: the version that did not work here; empty if there is none.
    """

    ring: int | None
    refused: str


def update_facts(system: System) -> UpdateFacts:
    """Read what the installer has left."""
    machine = system.read(_MACHINE)
    ring = int(hashlib.sha256(machine.encode()).hexdigest(), 16) % 100 if machine else None
    refused = re.match(r"release (\S{1,80})-[0-9a-f]{8}: ", system.read(_REFUSED))
    return UpdateFacts(ring, refused[1] if refused else "")


@frozen
class BoxHealth:
    """What is known of the computer. ``None``: it does not tell."""

    temp_c: float | None
    undervoltage: bool | None
    disk_free: int | None
    wall: float  # its clock, Unix seconds
    updates: UpdateFacts

    @classmethod
    def of(cls, system: System, journal: Path) -> BoxHealth:
        """Look at the computer; it reads files."""
        temperature = system.read(_TEMPERATURE)
        supply = power(system)
        low = supply.low_now if supply.low_since_start is None else supply.low_since_start
        known = temperature.lstrip("-").isdecimal()
        return cls(
            round(int(temperature) / 1000, 1) if known else None,
            low,
            free_bytes(system.path(journal)),
            system.now(),
            update_facts(system),
        )


class HealthTopic:
    """Publishes the health at once, and then each five minutes, more or less."""

    def __init__(
        self,
        topic: str,
        boot: str,
        status: Status,
        read: ReadJournal,
        look: Callable[[], Awaitable[BoxHealth]],
        environment: Environment,
        took: Collection[float] = (),
    ) -> None:
        """``took``: the seconds until each of the service's latest answers."""
        self._topic, self._boot, self._status = topic, boot, status
        self._read, self._look, self._environment = read, look, environment
        self._took = took
        self._begun = anyio.current_time()
        self._seq = 0
        self._newest: int | None = None  # number of the newest sale at the start

    async def work(self) -> None:
        """Note which sales there were at the start."""
        with suppress(JournalFailed):
            self._newest = await self._read(lambda journal: journal.newest_number())

    async def run(self, client: Client) -> NoReturn:
        """Publish, as long as the connection lasts."""
        while True:
            health = await self._health()
            self._seq += 1
            await client.publish(
                MqttMessage(self._topic, health.encoded(), retain=True, expires_after=KEPT_FOR)
            )
            await anyio.sleep(EVERY * random.uniform(1 - PART, 1 + PART))  # noqa: S311

    async def _health(self) -> Health:
        box, status = await self._look(), await self._status.next(None)
        right = self._environment.service_time()
        return Health(
            boot=self._boot,
            seq=self._seq,
            at=time_text(self._environment.wall_clock()),
            uptime_s=int(anyio.current_time() - self._begun),
            temp_c=box.temp_c,
            undervoltage=box.undervoltage,
            disk_free=box.disk_free,
            clock_skew_s=None if right is None else round(box.wall - right, 1) + 0.0,  # no -0.0
            api_ms=_times(sorted(self._took)),
            sales=await self._sales(),
            panel=status["health"].get("panel", "ok"),
            inputs={name: _state_of(it) for name, it in status.get("inputs", {}).items()},
            update=_update(box.updates),
        )

    async def _sales(self) -> dict[str, int]:
        with suppress(JournalFailed):
            if (newest := self._newest) is not None:
                return await self._read(lambda journal: journal.outcomes_after(newest))
        return {}


def _times(took: Sequence[float]) -> CallTimes | None:
    """Return the median and the 99th percentile, by the nearest rank, of sorted seconds."""
    if not took:
        return None
    p50, p99 = (round(1000 * took[ceil(len(took) * part) - 1]) for part in (0.5, 0.99))
    return CallTimes(p50=p50, p99=p99)


def _state_of(status: dict[str, Any]) -> str:
    """Return ``ok``, or why the input is not connected."""
    return "ok" if status["connected"] else str(status["why"])


def _update(facts: UpdateFacts) -> UpdateState | None:
    """Return what is known of updates, if anything."""
    told = UpdateState(ring=facts.ring, trial_failed=facts.refused or None)
    return None if told == UpdateState() else told

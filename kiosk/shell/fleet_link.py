"""The fleet link of one kiosk: what the broker's topics are told, and whom they tell."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, NoReturn

import anyio

from kiosk.base.environment import Environment
from kiosk.base.secret import SecretSettings
from kiosk.fleet.amount_topic import AmountRules, AmountTopic
from kiosk.fleet.broker import Broker
from kiosk.fleet.hint_topic import HintTopic
from kiosk.fleet.link import Link, Publishes, Takes
from kiosk.fleet.sale_topic import SaleTopic
from kiosk.fleet.state_topic import StateTopic, Status
from kiosk.inputs import Input
from kiosk.inputs.mqtt import MqttInput
from kiosk.sale.events import Deliver
from kiosk.shell.journal_writer import JournalWriter


class FleetLink:
    """Connects the kiosk ``client_id``, which is SHOP/NAME, with the broker."""

    def __init__(
        self,
        client_id: str,
        status: Status,
        journal: JournalWriter,
        deliver: Deliver,
        environment: Environment,
        inputs: Iterable[Input] = (),
        amount_kept_for: float = 0.0,
    ) -> None:
        """``inputs`` may have one that takes amounts; they are sold up to ``amount_kept_for``."""
        root = f"kiosk/v1/{client_id}"
        self._client_id, self._open = client_id, environment.broker
        self._hints = HintTopic(deliver)
        self._state = StateTopic(
            f"{root}/state", status, secrets.token_hex(4), environment.wall_clock
        )
        self._publishes: list[Publishes] = [SaleTopic(f"{root}/sale", status, journal.ask)]
        self._works: list[Callable[[], Coroutine[Any, Any, NoReturn]]] = [self._hints.run]
        self._takes: dict[str, Takes] = {f"{root}/in/hint": self._hints}
        self._till = next((it for it in inputs if isinstance(it, MqttInput)), None)
        if self._till:
            rules = AmountRules(amount_kept_for, environment.service_time)
            parts = self._till, status, journal.ask, rules
            amounts = self._takes[f"{root}/in/amount"] = AmountTopic(f"{root}/out/amount", *parts)
            self._publishes.append(amounts)
            self._works.append(amounts.work)

    async def run(
        self,
        broker: Broker,
        password: SecretSettings,
        report: Callable[[str], None],
    ) -> NoReturn:
        """Keep the connection, until cancelled. ``report`` gets why the broker is away."""

        def note(problem: str) -> None:
            self._hints.link_is(connected=not problem)
            if self._till:
                self._till.connection(problem)
            report(problem)

        link = Link(self._client_id, self._state, tuple(self._publishes), self._takes, note)
        async with anyio.create_task_group() as tasks:
            for work in self._works:
                tasks.start_soon(work)
            await link.run(
                self._open or broker.open,
                lambda: password.read(os.environ).get_secret_value().encode(),
            )
        raise AssertionError("a link runs for ever")

"""The fleet link of one kiosk: what the broker's topics are told, and whom they tell."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from typing import NoReturn

import anyio

from kiosk.base.environment import Environment
from kiosk.base.secret import SecretSettings
from kiosk.fleet.broker import Broker
from kiosk.fleet.hint_topic import HintTopic
from kiosk.fleet.link import Link
from kiosk.fleet.sale_topic import SaleTopic
from kiosk.fleet.state_topic import StateTopic, Status
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
    ) -> None:
        root = f"kiosk/v1/{client_id}"
        self._client_id, self._open = client_id, environment.broker
        self._hints = HintTopic(deliver)
        self._state = StateTopic(
            f"{root}/state", status, secrets.token_hex(4), environment.wall_clock
        )
        self._sales = SaleTopic(f"{root}/sale", status, journal.ask)
        self._takes = {f"{root}/in/hint": self._hints}

    async def run(
        self,
        broker: Broker,
        password: SecretSettings,
        report: Callable[[str], None],
    ) -> NoReturn:
        """Keep the connection, until cancelled. ``report`` gets why the broker is away."""

        def note(problem: str) -> None:
            self._hints.link_is(connected=not problem)
            report(problem)

        link = Link(self._client_id, self._state, (self._sales,), self._takes, note)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._hints.run)
            await link.run(
                self._open or broker.open,
                lambda: password.read(os.environ).get_secret_value().encode(),
            )
        raise AssertionError("a link runs for ever")

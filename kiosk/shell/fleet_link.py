"""The fleet link of one kiosk: what the broker's topics are told, and whom they tell."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Collection, Coroutine, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import anyio

from kiosk.base.environment import Environment
from kiosk.base.frozen import frozen
from kiosk.base.secret import SecretSettings
from kiosk.box.system import System
from kiosk.fleet.amount_topic import AmountRules, AmountTopic
from kiosk.fleet.ask_topic import AskTopic, Examine
from kiosk.fleet.broker import Broker
from kiosk.fleet.health_topic import BoxHealth, HealthTopic
from kiosk.fleet.hint_topic import HintTopic
from kiosk.fleet.home_assistant import HomeAssistantTopic
from kiosk.fleet.link import Link, Publishes, Takes
from kiosk.fleet.sale_topic import SaleTopic
from kiosk.fleet.state_topic import StateTopic, Status
from kiosk.inputs import Input
from kiosk.inputs.mqtt import MqttInput
from kiosk.journal import Journal
from kiosk.sale.events import Deliver
from kiosk.shell.journal_writer import JournalWriter

T = TypeVar("T")


@frozen
class LinkedInputs:
    """The inputs of the kiosk, and the age in seconds up to which it sells an amount."""

    inputs: Iterable[Input]
    amount_kept_for: float

    def taking_amounts(self) -> MqttInput | None:
        """Return the input that takes amounts from the broker, if there is one."""
        return next((each for each in self.inputs if isinstance(each, MqttInput)), None)


@frozen
class LinkedBox:
    """The computer of the kiosk: what it is asked, and what it tells of itself."""

    journal: Path
    examine: Examine
    system: System = System()
    home_assistant: str = ""  # its discovery prefix
    took: Collection[float] = ()  # seconds until each of the service's latest answers


class FleetLink:
    """Connects the kiosk ``client_id``, which is SHOP/NAME, with the broker."""

    def __init__(
        self,
        client_id: str,
        status: Status,
        journal: JournalWriter,
        deliver: Deliver,
        environment: Environment,
        tills: LinkedInputs | None = None,
        box: LinkedBox | None = None,
    ) -> None:
        """Without ``tills`` no amounts are taken, without ``box`` no questions."""
        boot = secrets.token_hex(4)
        root = f"kiosk/v1/{client_id}"
        self._client_id, self._open = client_id, environment.broker
        self._hints = HintTopic(deliver)
        self._till = tills.taking_amounts() if tills else None
        linked_input = self._till.name if self._till else ""
        self._state = StateTopic(
            f"{root}/state", status, boot, environment.wall_clock, linked_input
        )
        sales = SaleTopic(f"{root}/sale", status, journal.ask)
        self._publishes: list[Publishes] = [sales]
        self._works: list[Callable[[], Coroutine[Any, Any, None]]] = [self._hints.run, sales.begin]
        self._takes: dict[str, Takes] = {f"{root}/in/hint": self._hints}
        if tills and self._till:
            rules = AmountRules(tills.amount_kept_for, environment.service_time)
            parts = self._till, status, journal.ask, rules
            amounts = self._takes[f"{root}/in/amount"] = AmountTopic(f"{root}/out/amount", *parts)
            self._publishes.append(amounts)
            self._works.append(amounts.work)
        if box:
            self._tell_of(box, root, boot, status, environment)

    def _tell_of(
        self, box: LinkedBox, root: str, boot: str, status: Status, environment: Environment
    ) -> None:
        """Answer questions, and tell of the computer's health."""
        thread = environment.new_thread()

        async def read(question: Callable[[Journal], T]) -> T:
            return await thread(lambda: _ask(box.journal, question))

        async def look() -> BoxHealth:
            return await thread(lambda: BoxHealth.of(box.system, box.journal))

        asks = AskTopic(f"{root}/out/answer", status, read, box.examine, environment.wall_clock)
        health = HealthTopic(f"{root}/health", boot, status, read, look, environment, box.took)
        file = box.journal.with_name("home-assistant-topic")
        home = HomeAssistantTopic(self._client_id, box.home_assistant, file, thread)
        self._takes[f"{root}/in/ask"] = asks
        self._publishes += [asks, health, home]
        self._works += [asks.work, health.work]

    async def run(
        self,
        broker: Broker,
        password: SecretSettings,
        report: Callable[[str], None],
    ) -> NoReturn:
        """Keep the connection, until canceled. ``report`` gets what is wrong, or an empty text."""

        def note(problem: str) -> None:
            self._hints.link_is(connected=not problem)
            if self._till:
                self._till.connection(problem)

        parts = self._state, tuple(self._publishes), self._takes
        link = Link(self._client_id, *parts, note, report)
        async with anyio.create_task_group() as tasks:
            for work in self._works:
                tasks.start_soon(work)
            await link.run(
                self._open or broker.open,
                lambda: password.read(os.environ).get_secret_value().encode(),
            )
        raise AssertionError("a link runs for ever")


def _ask(journal: Path, question: Callable[[Journal], T]) -> T:
    """Ask the journal beside its writer, so that no sale waits. Raises JournalFailed."""
    with closing(Journal.open_read_only(journal)) as opened:
        return question(opened)

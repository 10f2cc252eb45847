"""The counter: open the devices, then event → sale → effects, for ever.

What happens next is decided in ``kiosk.sale``; here it is carried out.
"""

from __future__ import annotations

from contextlib import aclosing

import anyio

from kiosk.base.environment import Environment
from kiosk.base.errors import JournalFailed
from kiosk.base.money import CURRENCIES
from kiosk.config import Config
from kiosk.inputs.common.counters import counts_by_input
from kiosk.inputs.common.results import tell
from kiosk.journal import Journal
from kiosk.sale import effects as do
from kiosk.sale import events as on
from kiosk.sale.effects import Effect, SaleOpened, Show, Signal, say_out_of_service
from kiosk.sale.events import Event
from kiosk.sale.machine import Machine
from kiosk.sale.phases import Counter
from kiosk.sale.words import Fault
from kiosk.service import narration
from kiosk.service.status_file import StatusFile
from kiosk.service.watchdog import watch
from kiosk.shell.event_queue import EventQueue
from kiosk.shell.input_supervisor import InputSupervisor
from kiosk.shell.journal_writer import JournalWriter
from kiosk.shell.panel_worker import PanelWorker
from kiosk.shell.service_calls import ServiceCalls
from kiosk.signals.player import Player


class Kiosk:
    """One counter and its devices: hears the events, and performs the machine's effects."""

    def __init__(
        self,
        config: Config,
        environment: Environment,
        journal: Journal,
        events: EventQueue,
        supervisor: InputSupervisor,
    ) -> None:
        """Make it by a configuration, touching no hardware yet; raises ConfigError."""
        shop, sale = config.kiosk, config.sale
        currency = CURRENCIES[shop.currency]
        prefix = f"{shop.name}-{environment.nonce()}"
        self.policy = sale.policy(prefix=prefix, needs_qr=config.orders.needs_qr)
        self.machine, self.counter = Machine(self.policy), Counter()
        self.journal, self.record = journal, JournalWriter(journal, environment.new_thread())
        self.orders = config.orders.open(
            expires_after=sale.expires_after, currency=shop.currency, environment=environment
        )
        self.events, self.supervisor = events, supervisor
        self.supervised = supervisor.prepare(config.inputs, currency)
        self.inputs = {each.device.name: each.device for each in self.supervised}
        self.display = PanelWorker(
            config.display,
            language=shop.language,
            shop=shop.name,
            offload=environment.new_thread(),
            deliver=events.deliver,
        )
        self.player = Player(config.signals, clock=environment.wall_clock)
        self.status = StatusFile(config.service.status_file, lambda: counts_by_input(self.inputs))
        self._said: dict[type, Show | Signal] = {}  # what is being said in each channel

    async def serve(self) -> None:
        """Start the devices, settle what is open, then sell, until another kiosk may take over."""
        async with aclosing(self.orders), anyio.create_task_group() as tasks:
            self.calls = ServiceCalls(self.orders, self.record, self.events.deliver, tasks)
            self.status.write(self.counter.status())
            tasks.start_soon(self.display.run)
            tasks.start_soon(self.player.run)
            informed = await self.supervisor.run_only(self.supervised, self.journal.latest)
            untold = (it for it in self.journal.untold() if it[0].source not in informed)
            await self.take(on.Started(self.journal.unsettled(), tuple(untold)))
            parts = (self.calls, self.record, self.display)
            tasks.start_soon(watch, parts, self.display.startup_done)
            while not self.hands_over_at(event := await self.next_event()):
                await self.take(event)
            tasks.cancel_scope.cancel()

    def hands_over_at(self, event: Event) -> bool:
        """Whether another kiosk waits to take over, and nothing would get lost between the two."""
        requested = isinstance(event, on.HandoverRequested)
        return requested and self.counter.at_rest and self.events.quiet

    async def next_event(self) -> Event:
        """Wait for an event, or for the moment that the machine asked to be woken at."""
        with anyio.CancelScope(deadline=self.counter.wake):
            since, event = await self.events.next()
            waited = anyio.current_time() - since
            if isinstance(event, on.Sellable) and waited > self.policy.amount_kept_for:
                if isinstance(event, on.AmountRead) and event.ticket:
                    tell(self.inputs, do.Decline(event.source, event.ticket))
                return on.ReadingRejected("the amount came too long ago", event.source)
            return event
        return on.TimePassed()

    async def take(self, event: Event) -> None:
        """Let the machine take its step, and do what it asks for, in order."""
        narration.event(event, self.counter.sale)
        self.counter, effects = self.machine.step(self.counter, event, anyio.current_time())
        try:
            for effect in effects:
                narration.effect(effect)
                await self.perform(effect)
        except JournalFailed as failure:  # an intent that is not written is not acted on
            await self.take(on.DeviceFailed(Fault.JOURNAL, str(failure)))
        self.status.write(self.counter.status())

    async def perform(self, effect: Effect) -> None:
        """Do one thing. Only the journal is waited for."""
        match effect:
            case do.Remember(SaleOpened() as fact):
                await self.record.intend(fact, self.orders.request(fact.sale))
            case do.Remember(fact):
                if await self.record.insist(fact, self.journal_in_trouble):
                    self.say(*self._said.values())
            case Show() | Signal():
                self._said[type(effect)] = effect
                self.say(effect)
            case do.Reply() | do.Decline():
                tell(self.inputs, effect)
            case do.WarmConnection():
                self.calls.warm()
            case call:
                self.calls.start(call)

    def say(self, *words: Show | Signal) -> None:
        """Put it on the panel, and play it."""
        for word in words:
            if isinstance(word, Show):
                self.display.show(word)
            else:
                self.player.play(word.name)

    def journal_in_trouble(self) -> None:
        """Say so: until it is mended the counter can't go on."""
        self.say(*say_out_of_service(Fault.JOURNAL))
        self.status.write(self.counter.status(broken=Fault.JOURNAL))

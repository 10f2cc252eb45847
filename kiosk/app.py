"""One counter: passes each event to the sale machine, and performs the effects that it returns."""

from __future__ import annotations

from contextlib import aclosing

import anyio

from kiosk.base.environment import Environment
from kiosk.base.errors import JournalFailed
from kiosk.base.money import CURRENCIES
from kiosk.config import Config
from kiosk.inputs.common.results import tell
from kiosk.journal import DaemonJournal
from kiosk.sale import effects as do
from kiosk.sale import events as on
from kiosk.sale.effects import Effect, SaleOpened, Show, Signal, say_out_of_service
from kiosk.sale.machine import Machine
from kiosk.sale.phases import Counter
from kiosk.sale.words import Fault
from kiosk.service.sale_log import EventLog, log_unsold
from kiosk.service.status_file import StatusFile
from kiosk.service.watchdog import watch
from kiosk.shell.event_queue import EventQueue
from kiosk.shell.input_supervisor import InputSupervisor
from kiosk.shell.journal_writer import JournalWriter, found_at_start
from kiosk.shell.look_learner import LookLearner
from kiosk.shell.panel_worker import PanelWorker
from kiosk.shell.service_calls import ServiceCalls
from kiosk.signals.channels import SignalChannels


class Kiosk:
    """One counter with its devices: takes each event, and performs the machine's effects."""

    def __init__(
        self,
        config: Config,
        environment: Environment,
        journal: DaemonJournal,
        events: EventQueue,
        supervisor: InputSupervisor,
    ) -> None:
        """Make its parts by a configuration, without opening a device; raises ConfigError."""
        self.config, kiosk, sale = config, config.kiosk, config.sale
        self.policy = sale.policy(f"{kiosk.name}-{environment.nonce()}", config.orders)
        self.journal, self.writer = journal, JournalWriter(journal, environment.new_thread())
        self.machine, self.counter = LookLearner(Machine(self.policy), self.writer), Counter()
        self.orders = config.orders.open(
            expires_after=sale.expires_after, currency=kiosk.currency, environment=environment
        )
        self.tasks, self.log = anyio.create_task_group(), EventLog()
        parts = self.orders, self.writer, events.deliver, self.tasks
        self.calls = ServiceCalls(*parts, printed_code=config.orders.printed_code)
        self.events, self.supervisor, report = events, supervisor, supervisor.report
        self.supervised = supervisor.prepare(config.inputs, currency := CURRENCIES[kiosk.currency])
        self.inputs = {each.device.name: each.device for each in self.supervised}
        self.display = PanelWorker(
            config.display,
            language=kiosk.language,
            shop=kiosk.shop,
            offload=environment.new_thread(),
            deliver=events.deliver,
            on_problem=lambda reason: self.status.report("display", reason),
        )
        self.status = StatusFile(config.service.status_file, lambda: report.fields(self.inputs))
        tools = environment, self.writer, self.status.report, self.display.startup_done
        self.signals = SignalChannels(config.signals, kiosk.language, currency, *tools)
        self.shown: dict[type, Show | Signal] = {}  # the latest on the panel and in the lamps

    async def serve(self) -> None:
        """Start the devices, settle the open sales, then sell, until another kiosk may start."""
        async with aclosing(self.orders), self.tasks:
            self.status.write(self.counter.status())
            for part in (self.machine, self.status, self.display, self.signals):
                self.tasks.start_soon(part.run)
            informed = await self.supervisor.run_only(self.supervised, self.journal.latest)
            await self.take(found_at_start(self.journal, informed))
            parts = (self.calls, self.writer, self.display)
            self.tasks.start_soon(watch, parts, self.display.startup_done)
            while not self.ends_with(event := await self.next_event()):
                await self.take(event)
            self.tasks.cancel_scope.cancel()

    def ends_with(self, event: on.Event) -> bool:
        """Whether another kiosk waits to start, and no sale and no reading would be lost."""
        return type(event) is on.HandoverRequested and self.counter.at_rest and self.events.quiet

    async def next_event(self) -> on.Event:
        """Wait for an event, or for the moment at which the machine must be woken."""
        with anyio.CancelScope(deadline=self.counter.wake):
            since, event = await self.events.next()
            waited = anyio.current_time() - since
            if isinstance(event, on.Sellable) and waited > self.policy.amount_kept_for:
                if isinstance(event, on.AmountRead) and event.ticket:
                    tell(self.inputs, do.Decline(event.source, event.ticket))
                return on.ReadingRejected(on.TOO_OLD, event.source)
            return event
        return on.TimePassed()

    async def take(self, event: on.Event) -> None:
        """Let the machine take one step, and perform its effects in order. Then write about it."""
        before = self.counter
        self.counter, effects = self.machine.step(before, event, anyio.current_time())
        try:
            with self.log.afterwards(event, before.sale) as performed:
                for effect in effects:
                    performed.append(effect)
                    await self.perform(effect)
            log_unsold(before.waiting_amount, self.counter.waiting_amount, effects)
        except JournalFailed as failure:  # the effects after a failed write are not performed
            await self.take(on.DeviceFailed(Fault.JOURNAL, str(failure)))
        if isinstance(event, on.InputChange) and Show in self.shown:
            self.show(self.shown[Show])
        if isinstance(event, on.LastPressed):
            self.signals.repeat()
        looked = isinstance(event, on.TimePassed | on.OrderSeen | on.QrShown)
        if not (looked and self.counter.has_status_of(before)):
            self.status.update(self.counter.status)

    async def perform(self, effect: Effect) -> None:
        """Carry out one effect. Only writing to the journal is waited for."""
        match effect:
            case do.Remember(SaleOpened() as fact):
                await self.writer.write_intent(fact, self.orders.request(fact.sale))
            case do.Remember(fact):
                if await self.writer.write_until_done(fact, self.show_journal_fault):
                    self.show(*self.shown.values())
                    self.status.update(self.counter.status)
            case Show() | Signal():
                self.shown[type(effect)] = effect
                self.show(effect)
            case do.Reply() | do.Decline():
                self.status.write(self.counter.status())  # before any register knows it
                tell(self.inputs, effect)
            case call:
                self.calls.start(call)

    def show(self, *effects: Show | Signal) -> None:
        """Put screens on the panel, play signals, and say what is to be said."""
        for effect in effects:
            self.signals.play(effect)
            if isinstance(effect, Show):
                self.display.show(effect, marked=self.supervisor.report.any_lost(self.inputs))

    def show_journal_fault(self) -> None:
        """Show that the counter can't go on until the journal can be written."""
        self.show(*say_out_of_service(Fault.JOURNAL))
        self.status.update(lambda: self.counter.status(broken=Fault.JOURNAL))

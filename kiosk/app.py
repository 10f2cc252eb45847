"""The counter: open the devices, then event → sale → effects, for ever.

``run`` is the daemon. What happens next is decided in ``kiosk.sale``; here it is carried out.
"""

from __future__ import annotations

from contextlib import aclosing, closing

import anyio

from kiosk.calls import Calls
from kiosk.config import Config
from kiosk.display.worker import Display
from kiosk.errors import JournalFailed
from kiosk.inputs.answering import remind, tell
from kiosk.inputs.tally import counts
from kiosk.journal import Journal
from kiosk.money import CURRENCIES
from kiosk.record import Recorder
from kiosk.sale import effects as do
from kiosk.sale import events as on
from kiosk.sale.effects import Effect, SaleOpened, Show, Signal
from kiosk.sale.events import Event
from kiosk.sale.machine import Machine
from kiosk.sale.phases import Counter
from kiosk.sale.turn import say_out_of_service
from kiosk.sale.words import Fault
from kiosk.service import narrate
from kiosk.service.notify import notify
from kiosk.service.status import StatusFile
from kiosk.service.watchdog import watch
from kiosk.signals.player import Player
from kiosk.world import World


async def run(config: Config, world: World) -> None:
    """Run the counter until it is cancelled; raises JournalFailed when there can be no journal."""
    with closing(Journal.open(config.journal.path, world.wall, config.journal.keep)) as journal:
        kiosk = Kiosk(config, world, journal)
        with closing(kiosk.status):
            await kiosk.serve()


class Kiosk:
    """One counter and its devices: hears the events, and performs the machine's effects."""

    def __init__(self, config: Config, world: World, journal: Journal) -> None:
        shop, sale = config.kiosk, config.sale
        currency = CURRENCIES[shop.currency]
        prefix = f"{shop.name}-{world.nonce()}"
        self.policy = sale.policy(prefix=prefix, needs_qr=config.orders.needs_qr)
        self.machine, self.counter = Machine(self.policy), Counter()
        self.journal, self.record = journal, Recorder(journal, world.thread())
        self.orders = config.orders.open(
            expires_after=sale.expires_after, currency=shop.currency, world=world
        )
        self.inputs = {device.name: device.open(currency) for device in config.inputs}
        self.display = Display(
            config.display,
            language=shop.language,
            shop=shop.name,
            offload=world.thread(),
            deliver=self.deliver,
        )
        self.player = Player(config.signals, clock=world.wall)
        self.status = StatusFile(config.service.status_file, lambda: counts(self.inputs))
        self._said: dict[type, Show | Signal] = {}  # what is being said in each channel
        self._send, self._heard = anyio.create_memory_object_stream[tuple[float, Event]](100)

    async def serve(self) -> None:
        """Start the devices, settle what is open, then sell."""
        async with (
            aclosing(self.orders),
            self._send,
            self._heard,
            anyio.create_task_group() as tasks,
        ):
            self.calls = Calls(self.orders, self.record, self.deliver, tasks)
            self.status.write(self.counter.status())
            tasks.start_soon(self.display.run)
            tasks.start_soon(self.player.run)
            remind(self.inputs, self.journal.latest)
            for device in self.inputs.values():
                tasks.start_soon(device.run, self.deliver)
            await self.take(on.Started(self.journal.unsettled(), self.journal.untold()))
            notify("READY=1")
            parts = (self.calls, self.record, self.display)
            tasks.start_soon(watch, parts, lambda: self.counter.state)
            while True:
                await self.take(await self.next_event())

    async def deliver(self, event: Event) -> None:
        """Queue what has happened; devices and calls end here."""
        await self._send.send((anyio.current_time(), event))

    async def next_event(self) -> Event:
        """Wait for an event, or for the moment that the machine asked to be woken at."""
        with anyio.CancelScope(deadline=self.counter.wake):
            since, event = await self._heard.receive()
            waited = anyio.current_time() - since
            if isinstance(event, on.Sellable) and waited > self.policy.amount_kept_for:
                if isinstance(event, on.AmountRead) and event.ticket:
                    tell(self.inputs, do.Decline(event.source, event.ticket))
                return on.ReadingRejected("the amount came too long ago", event.source)
            return event
        return on.TimePassed()

    async def take(self, event: Event) -> None:
        """Let the machine take its step, and do what it asks for, in order."""
        narrate.event(event, self.counter.sale)
        self.counter, effects = self.machine.step(self.counter, event, anyio.current_time())
        try:
            for effect in effects:
                narrate.effect(effect)
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

"""A whole counter in memory: the daemon's own code, its devices and its journal.

Real: ``kiosk.app``, the sale, the orders client, the display worker and its drawing, the signals,
SQLite. Simulated: the network (``wire``), the disk's flushes, the register, the faults of the panel
and the lamps, the power.
"""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Literal, TypeVar

import anyio
import trio
import trio.testing
from PIL import Image

from kiosk.app import Kiosk
from kiosk.base.environment import Clock, Environment
from kiosk.base.errors import DeviceGone, JournalFailed
from kiosk.base.money import CURRENCIES, Currency, Money
from kiosk.base.outbox import Outbox
from kiosk.config import Config
from kiosk.config.fleet_settings import PasswordSettings
from kiosk.config.sale_settings import SaleSettings
from kiosk.config.sections import KioskSettings
from kiosk.display import Panel, PanelSettings, Viewer
from kiosk.fleet.broker import Broker
from kiosk.handover import Handover
from kiosk.inputs import Input, InputSettings
from kiosk.inputs.common.reports import in_place_of_older
from kiosk.inputs.mqtt import MqttSettings
from kiosk.inputs.serial_line import SerialLineSettings
from kiosk.journal import EndToTell, Journal, JournalSettings
from kiosk.orders.mercadopago import MercadoPagoSettings
from kiosk.sale.effects import Fact, Reply, Show
from kiosk.sale.events import (
    AmountRead,
    CancelPressed,
    Deliver,
    Event,
    ReadingRejected,
    ResultDelivered,
)
from kiosk.sale.words import Outcome, Screen, Unknown
from kiosk.service.settings import ServiceSettings
from kiosk.shell.event_queue import EventQueue, open_event_queue
from kiosk.shell.fleet_link import FleetLink, LinkedInputs
from kiosk.shell.input_supervisor import InputSupervisor, supervised_inputs
from kiosk.signals import Lamp, SignalsSettings
from kiosk.signals.fake import FakeLamps, SignalRecord
from kiosk.signals.voice.sentences import Sentence, written
from kiosk.signals.voice.settings import VoiceSettings
from kiosk.signals.voice.speaker import Speaker
from kiosk.simulator.scenario.mains import Mains, PowerCut, PoweredJournal
from kiosk.simulator.scenario.virtual_time import wall_clock
from kiosk.simulator.service.order import Order
from kiosk.simulator.service.order_book import OrderBook
from kiosk.simulator.service.orders_service import OrdersService
from tests.simulation.chain import NAME, Chain
from tests.simulation.oddities import Oddities
from tests.simulation.wire import Weather, Wire, promise

T = TypeVar("T")
POS = "COUNTER1"
NOWHERE, PASSWORD = Broker("127.0.0.1", 1883, False, ""), PasswordSettings(env="PATH")
OFFICE = "oficina"  # the input that gets amounts from the chain
ACCOUNT = {"driver": "mercadopago", "token": {"env": "PATH"}, "external_pos_id": POS}


class PanelHangs(Exception):
    """The panel's call does not return."""


class CountedMains(Mains):
    """The power of one run of the daemon.

    ``turns_left``: the power is cut after this many steps of the event loop, so at any await.
    ``writes_left``: the power is cut soon after this many facts are written.
    """

    def __init__(self, turns_left: int | None = None, writes_left: int | None = None) -> None:
        super().__init__()
        self.turns_left, self.writes_left = turns_left, writes_left


# --- the devices ---------------------------------------------------------------------------------


LINES = SerialLineSettings.model_validate(
    {
        "driver": "serial_line",
        "port": "/dev/ttyUSB0",
        "number": {"decimal": ",", "thousands": "."},
        "amount": r"TOTAL\s+\$?\s*(?P<amount>\S+)",
        "reply": {"paid": "PAID {amount} {reference}", "failed": "FAIL {outcome} {reference}"},
    }
)


class Fuse(trio.abc.Instrument):
    """Counts the steps of the event loop, and cuts the power after the last one."""

    def __init__(self, mains: CountedMains) -> None:
        self._mains = mains

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        mains = self._mains
        if mains.turns_left is None or not mains.on:
            return
        mains.turns_left -= 1
        if mains.turns_left < 0:
            mains.on = False
            trio.lowlevel.current_trio_token().run_sync_soon(Stage.current.scope.cancel)


READINGS = (AmountRead, CancelPressed, ReadingRejected)


class Register:
    """A cash register with a cancel button: real bytes, without a cable."""

    name = "caja"

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._deliver: Deliver | None = None
        self._decoder = LINES.decoder(self.name, CURRENCIES["ARS"])
        self._pending: Outbox[Reply] = Outbox()

    async def run(self, deliver: Deliver) -> None:
        self._stage.register = self
        self._deliver = deliver
        while True:
            await self._pending.first()
            await trio.sleep(0.1)
            await self._stage.plugged_in.wait()
            self._stage.mains.check()
            reply = await self._pending.first()
            self._pending.remove(reply)
            self._stage.told(reply, LINES.reply.text_for(reply))
            await deliver(ResultDelivered(reply.reference, reply.outcome))

    def reply(self, result: Reply) -> None:
        self._decoder.sale_ended()
        self._pending.put(in_place_of_older(self._pending, result))

    async def sends(self, data: bytes) -> None:
        """Send bytes to the kiosk."""
        self._stage.note(f"wire > {' / '.join(data.decode().splitlines())}")
        for event in self._decoder.feed(data, trio.current_time()):
            await self.says(event)

    async def says(self, event: Event) -> None:
        """Deliver an event to the kiosk, unless the register is unplugged."""
        if self._stage.plugged_in.is_set() and self._deliver and self._stage.mains.on:
            await self._deliver(event)
            self._stage.read += isinstance(event, READINGS)


class RegisterSettings(InputSettings):
    driver: Literal["register"] = "register"
    cable: int = 0  # with another one, the register is another input

    def open(self, currency: Currency) -> Input:
        return Register(Stage.current)


class Glass:
    """A panel that may fail or hang."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._mains = stage, stage.mains
        self._check()

    def _check(self) -> None:
        self._mains.check()
        if self._stage.panel_hangs:
            raise PanelHangs
        if self._stage.panel_broken:
            raise DeviceGone("the panel does not answer")

    def show(self, image: Image.Image, viewer: Viewer = Viewer.CAMERA) -> None:
        self._check()
        trio.lowlevel.current_trio_token().run_sync_soon(self._stage.look_at_panel)

    def restore(self) -> None:
        self._check()

    def close(self) -> None:
        if self._mains.on:
            self._check()


class GlassSettings(PanelSettings):
    driver: Literal["glass"] = "glass"
    size: tuple[int, int] = (128, 64)

    @property
    def pixels(self) -> tuple[int, int]:
        return self.size

    @property
    def redraw_every(self) -> float:
        return 3600.0

    def open(self) -> Panel:
        return Glass(Stage.current)


class StageLamps(FakeLamps):
    """Lamps that can fail."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(SignalRecord(None, trio.current_time))
        self._stage = stage
        self._check()

    def _check(self) -> None:
        if self._stage.lamps_broken:
            raise DeviceGone("the lamps do not answer")

    def begin(self, signal: Screen) -> None:
        self._check()
        self._stage.note(f"lamps: {signal}")

    def light(self, lamp: Lamp, level: float) -> None:
        self._check()


class StageSpeaker:
    """A voice that is heard on the stage. It takes as long as a real one."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def check(self) -> None:
        """Do nothing: it works."""

    async def say(self, said: Sentence) -> None:
        self._stage.mains.check()
        self._stage.hear(written(said))
        await trio.sleep(3)


class LampsSettings(SignalsSettings):
    driver: Literal["lamps"] = "lamps"

    def open(self, clock: Callable[[], float]) -> StageLamps:
        return StageLamps(Stage.current)

    def speaker(self, language: str, currency: Currency, environment: Environment) -> Speaker:
        return StageSpeaker(Stage.current)


class Disk:
    """The disk of the journal. A power cut removes what was committed without a flush."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "journal.sqlite3"
        self._flushed = folder / "flushed"
        self.full = False

    def power_cut(self, journal: Journal) -> None:
        loyal = journal._db.execute("PRAGMA synchronous").fetchone()[0] >= 2
        wal = journal._db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        journal.close()
        if not (loyal and wal) and self._flushed.exists():
            for file in self.path.parent.glob("journal.sqlite3*"):
                file.unlink()
            shutil.copy(self._flushed, self.path)

    def powered(self) -> None:
        """Keep a copy: what is in the file now has been flushed."""
        if self.path.exists():
            shutil.copy(self.path, self._flushed)


class StageJournal(PoweredJournal):
    """The real journal, on a disk that can be full and a computer that can lose its power."""

    disk: Disk
    mains: CountedMains

    def remember(self, fact: Fact, request: bytes = b"") -> None:
        super().remember(fact, request)
        if self.mains.writes_left is not None:
            self.mains.writes_left -= 1
            if self.mains.writes_left == 0:
                self.mains.turns_left = Stage.current.rng.randint(0, 12)

    def begin_saying(self, reference: str, screen: Screen) -> bool:
        self.touch()
        Stage.current.begun = reference, screen
        return super().begin_saying(reference, screen)

    def ends_to_tell(self, most: int) -> tuple[EndToTell, ...]:
        self.mains.check()
        return super().ends_to_tell(most)

    def broker_has(self, number: int) -> None:
        self.touch()
        super().broker_has(number)

    def touch(self) -> None:
        super().touch()
        if self.disk.full:
            raise JournalFailed("the journal: database or disk is full")


class WatchedKiosk(Kiosk):
    """The daemon, with a check after every step."""

    journal: StageJournal
    after_step: Callable[[], None]

    async def take(self, event: Event) -> None:
        Stage.current.taken += isinstance(event, READINGS) and event.source != OFFICE
        await super().take(event)
        self.after_step()

    async def serve(self) -> None:
        await super().serve()
        promise(not self.journal.unsettled(), "it gave way in the middle of a sale")


# --- the stage -----------------------------------------------------------------------------------


class Stage:
    """The counter, its people and the service, for one story or day."""

    current: Stage

    def __init__(self, folder: Path, rng: Random, backstage: trio.Nursery) -> None:
        Stage.current = self
        self.rng, self._backstage = rng, backstage
        self.book = OrderBook(Random(rng.random()))
        self.weather = Weather()
        self.wire = Wire(
            OrdersService(self.book), self.weather, rng, self.service_clock, backstage, self.note
        )
        self.oddities = Oddities(rng, self.book)
        self.wire.spoil = self.oddities.spoil
        self.folder, self.disk, self.mains = folder, Disk(folder), CountedMains()
        self.panel_broken = self.panel_hangs = self.lamps_broken = False
        self.panel, self._on_panel = GlassSettings(), ""
        self.clock_error = 0.0  # seconds by which the counter's clock is wrong
        self.told_of: defaultdict[str, list[Outcome | Unknown]] = defaultdict(list)
        self._told_by: set[tuple[Register, str, Outcome | Unknown]] = set()
        self.qr_shown: set[str] = set()  # every QR that was ever on the panel
        self.read = self.taken = 0  # readings since the start, and those that the counter took
        self.plugged_in = trio.Event()  # the register
        self.plug_in()
        self.cable = 0
        self.play: list[str] = []  # what happened, as lines of text
        self.boots, self.power_since = 0, 0.0  # starts; the second at which power came or went
        self.handover: Handover | None = None
        self.register = Register(self)
        self.sale = SaleSettings(expires_after=60.0)
        self.mode = "dynamic"  # which QR the payer scans
        self.after_step: Callable[[], None] = lambda: None
        self.on_told: Callable[[str, Outcome | Unknown], None] = lambda *_: None
        self.voice: VoiceSettings | None = None
        self.chain: Chain | None = None
        # What the journal knows that it begins to be said; and all that was heard.
        self.begun, self.heard = ("", Screen.IDLE), set[tuple[str, Screen]]()

    # --- time and talk ---------------------------------------------------------------------------

    def service_clock(self) -> float:
        return wall_clock()

    def wall_clock(self) -> float:
        return max(0.0, self.service_clock() + self.clock_error)

    def note(self, text: str) -> None:
        if self.play and self.play[-1].endswith(text):
            return  # the same again
        self.play.append(f"{trio.current_time():10.2f}  {text}")

    def told(self, reply: Reply, text: str) -> None:
        self.note(f"wire < {text}")
        told = (self.register, reply.reference, reply.outcome)
        promise(told not in self._told_by, f"{reply.reference} is told twice")
        self._told_by.add(told)
        self.told_of[reply.reference].append(reply.outcome)
        self.on_told(reply.reference, reply.outcome)

    def hear(self, text: str) -> None:
        """Hear the voice: each result of a sale once, after it was written, before the next sale."""
        self.note(f"voice: {text}")
        reference, screen = self.begun
        promise(self.begun not in self.heard, f"{screen} of {reference} is said twice")
        self.heard.add(self.begun)
        assert self.kiosk
        shown = self.kiosk.shown[Show]
        assert isinstance(shown, Show)
        over = {Screen.IDLE, Screen.REJECTED_INPUT, Screen.OUT_OF_SERVICE}
        promise(
            shown.screen in over or (shown.reference, shown.screen) == self.begun,
            f"the voice says {screen} of {reference}, the panel shows {shown.screen}",
        )
        if screen in (Screen.PAID, Screen.EXPIRED, Screen.CANCELED, Screen.REFUSED):
            self.on_told(reference, Outcome(screen.value))

    def look_at_panel(self) -> None:
        """Note what is on the panel, if it has changed."""
        shown = self.glass
        if shown and shown.qr_data:
            self.qr_shown.add(shown.qr_data)
        text = f"panel: {shown.screen} {shown.reason}".strip() if shown else "panel: dark"
        if text != self._on_panel:
            self._on_panel = text
            self.note(text)

    @property
    def kiosk(self) -> WatchedKiosk | None:
        serving = self.handover.serving if self.handover else None
        assert serving is None or isinstance(serving, WatchedKiosk)
        return serving

    def reachable(self) -> list[Order]:
        """Return the orders that a payer can reach: by a QR that was shown, or the printed code."""
        payable = self.book.payable(self.service_clock())
        return [it for it in payable if it.mode != "dynamic" or it.qr_data in self.qr_shown]

    def scanned(self, *, printed: bool) -> Order | None:
        """Return what a payer gets who scans the printed code or the panel, if it has a QR."""
        now = self.service_clock()
        if printed:
            return self.book.printed_order(POS, now)
        shown, orders = self.glass, self.book.orders(now)
        if shown is None or not shown.qr_data:
            return None
        return next(order for order in orders if order.qr_data == shown.qr_data)

    @property
    def glass(self) -> Show | None:
        """Return what a person sees on the panel now."""
        dark = not self.mains.on or self.panel_broken or self.kiosk is None
        return None if dark or self.kiosk is None else self.kiosk.display.shown

    # --- the power -------------------------------------------------------------------------------

    async def run(self, cut_after: int | None = None, writes: int | None = None) -> None:
        """Run the daemon until the power is cut.

        That is after this many steps of its loop, soon after this many writes, or at ``switch_off``.
        """
        self.boots += 1
        self.mains, self.register = CountedMains(cut_after, writes), Register(self)
        self.read = self.taken = 0
        self.disk.powered()
        self.note(f"--- power on, start {self.boots}")
        self.power_since = trio.current_time()
        environment = self._environment()
        journal = StageJournal.open(self.disk.path, environment.wall_clock)
        assert isinstance(journal, StageJournal)
        journal.disk, journal.mains = self.disk, self.mains
        try:
            with _fused(self.mains), trio.CancelScope() as self.scope:
                async with (
                    open_event_queue() as events,
                    supervised_inputs(events.deliver, environment.wall_clock) as supervisor,
                ):
                    parts = (environment, journal, events, supervisor)
                    self._make = partial(self._watched, *parts)
                    self.handover = Handover(
                        events, self._make(), partial(self._beside, environment)
                    )
                    await self.handover.run()
        except* PowerCut:
            pass
        finally:
            self.note("--- power off")
            self.power_since = trio.current_time()
            self.mains.on = False
            self.handover = None
            self.disk.power_cut(journal)

    def _watched(
        self,
        environment: Environment,
        journal: Journal,
        events: EventQueue,
        supervisor: InputSupervisor,
    ) -> Kiosk:
        kiosk = WatchedKiosk(self._config(), environment, journal, events, supervisor)
        kiosk.after_step = self.after_step
        return kiosk

    async def _beside(self, environment: Environment, kiosk: Kiosk) -> None:
        """Keep the link to the broker while this kiosk serves, as the daemon does."""
        if self.chain:
            parts = kiosk.status, kiosk.writer, kiosk.events.deliver, environment
            report = partial(kiosk.status.report, "fleet")
            tills = LinkedInputs(kiosk.inputs.values(), kiosk.policy.amount_kept_for)
            await FleetLink(NAME, *parts, tills).run(NOWHERE, PASSWORD, report)

    def reload(self) -> None:
        """Change the configuration, and have it read again."""
        if self.handover and self.mains.on:
            self.note("technician: reloads")
            self.handover.propose(self._make())

    def switch_off(self) -> None:
        """Cut the power now."""
        self.mains.on = False
        self.scope.cancel()

    def _environment(self) -> Environment:
        clock = Clock(self.wall_clock, anyio.current_time)
        return Environment(
            wall_clock=clock,
            on_service_time=clock.adjust_to,
            service_time=clock.service_time,
            nonce=lambda: f"{self.boots:04}",
            new_thread=lambda: partial(in_place, self),
            http_transport=self.wire,
            broker=self.chain.opener(self.mains) if self.chain else None,
        )

    def _config(self) -> Config:
        sections: dict[str, Any] = {
            "kiosk": KioskSettings(name="K", language="es", currency="ARS"),
            "inputs": (RegisterSettings(name="caja", cable=self.cable), *self._more_inputs),
            "sale": self.sale,
            "orders": MercadoPagoSettings.model_validate({**ACCOUNT, "mode": self.mode}),
            "display": self.panel,
            "signals": LampsSettings(voice=self.voice),
            "journal": JournalSettings(path=self.disk.path),
            "service": ServiceSettings(status_file=self.folder / "status.json"),
        }
        return Config.model_construct(**sections)

    @property
    def _more_inputs(self) -> tuple[InputSettings, ...]:
        return (MqttSettings(name=OFFICE),) if self.chain else ()

    def unplug(self) -> None:
        """Unplug the register's cable, unless it is unplugged already."""
        if self.plugged_in.is_set():
            self.plugged_in = trio.Event()

    def plug_in(self) -> None:
        """Plug the register's cable in."""
        self.plugged_in.set()

    # --- the people ------------------------------------------------------------------------------

    async def cashier_keys(self, amount: str) -> None:
        self.note(f"cashier: keys {amount}")
        await self.register.says(AmountRead(Money.of(amount, "ARS"), "caja"))

    async def cashier_cancels(self) -> None:
        self.note("cashier: presses cancel")
        await self.register.says(CancelPressed("caja"))

    async def noise(self) -> None:
        self.note("register: sends noise")
        await self.register.says(ReadingRejected("noise", "caja"))


async def in_place(stage: Stage, work: Callable[[], T]) -> T:
    """Do blocking work at once; the power can be cut before and after it."""
    await trio.sleep(stage.rng.choice((0.0, 0.0, 0.02)))
    try:
        result = work()
    except PanelHangs:
        await trio.sleep_forever()
    await trio.lowlevel.checkpoint()
    return result


@contextmanager
def _fused(mains: CountedMains) -> Iterator[None]:
    fuse = Fuse(mains)
    trio.lowlevel.add_instrument(fuse)
    try:
        yield
    finally:
        trio.lowlevel.remove_instrument(fuse)


def scratch() -> Path:
    """Return the folder for the simulation's files: in memory, if this computer has one."""
    shm = Path("/dev/shm")
    return shm if os.access(shm, os.W_OK) else Path("/tmp")

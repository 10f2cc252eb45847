"""The daemon: runs the kiosk of a configuration file, and reads that file again when it changes."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from threading import Lock

import anyio
import anyio.lowlevel
import anyio.to_thread
from anyio.abc import TaskGroup

from kiosk.app import Kiosk
from kiosk.base.environment import Environment
from kiosk.base.errors import ConfigError, JournalFailed, JournalRefused
from kiosk.beside import Beside
from kiosk.config import Config
from kiosk.config.fault import ConfigFault
from kiosk.config.last_sold import forget_other_account
from kiosk.config.loader import CheckedFile, check_file
from kiosk.handover import Handover
from kiosk.journal import DaemonJournal, Journal, JournalSettings
from kiosk.journal.no_journal import NoJournal
from kiosk.service import last_good, logs
from kiosk.service.notify import extend_start_timeout, ready, reloading
from kiosk.service.status_file import CONFIGURATION
from kiosk.shell.event_queue import EventQueue, open_event_queue
from kiosk.shell.input_supervisor import InputSupervisor, supervised_inputs
from kiosk.shell.request_flag import RequestFlag

OPENING_TAKES = 300.0  # seconds, for a large and damaged journal on a slow card
OPEN_AGAIN_EVERY = 5.0  # seconds between two tries to open a journal on a full or broken disk

USUAL_THRESHOLDS = (700, 10, 10)  # Python's own; `kiosk.cli` has raised the first for the start

log = logging.getLogger("kiosk.daemon")


class JournalOpener:
    """Opens the journal, or a NoJournal while that fails."""

    def __init__(self, settings: JournalSettings, wall_clock: Callable[[], float]) -> None:
        self.settings, self._wall_clock = settings, wall_clock
        self._logged = ""

    def open(self) -> DaemonJournal:
        """Open it; raises JournalRefused. A failure is logged once."""
        try:
            return Journal.open(self.settings.path, self._wall_clock, self.settings.keep)
        except JournalRefused:
            raise
        except JournalFailed as failure:
            if str(failure) != self._logged:
                log.error(
                    "%s; the kiosk is out of service until the journal can be opened", failure
                )
            self._logged = str(failure)
            return NoJournal(str(failure))


@dataclass(eq=False, repr=False)
class KioskFactory:
    """Makes the kiosks of one daemon, with the parts that they share.

    Only the configuration of the newest one is kept as the last good one.
    """

    environment: Environment
    events: EventQueue
    supervisor: InputSupervisor
    tasks: TaskGroup
    kind: Callable[[Config, Environment, DaemonJournal, EventQueue, InputSupervisor], Kiosk] = Kiosk
    newest: Kiosk | None = None
    copying: Lock = field(default_factory=Lock)

    def make(self, file: Path, checked: CheckedFile, journal: DaemonJournal) -> Kiosk:
        """Make a kiosk by a configuration; raises ConfigError.

        Before it can sell, the last good configuration of another account is deleted.
        """
        config = checked.require_config(file)
        if isinstance(journal, NoJournal):  # nothing can be sold, so nothing is read
            config = config.model_copy(update={"inputs": ()})
        kiosk = self.kind(config, self.environment, journal, self.events, self.supervisor)
        copy = last_good.beside(config.journal.path)
        with self.copying:
            if not isinstance(journal, NoJournal):
                forget_other_account(copy, checked)
            self.newest = kiosk
        if checked.problem:
            kiosk.status.report(CONFIGURATION, checked.problem)
            kiosk.display.always_marked = True
        self.tasks.start_soon(self._keep_when_ready_to_sell, kiosk, copy, checked.data)
        return kiosk

    async def _keep_when_ready_to_sell(self, kiosk: Kiosk, copy: Path, data: bytes) -> None:
        """Keep a copy of the file once the kiosk was idle: with this file it can sell."""
        await kiosk.status.reached_idle.wait()
        try:
            await self.environment.new_thread()(lambda: self._keep(kiosk, copy, data))
        except OSError as error:
            log.warning("%s: the configuration was not copied: %s", copy, error.strerror)

    def _keep(self, kiosk: Kiosk, copy: Path, data: bytes) -> None:
        """Keep the copy, unless there is a newer kiosk, which may be of another account."""
        with self.copying:
            if kiosk is self.newest:
                last_good.keep(copy, data)


class Daemon:
    """Sells by the file as it was checked at the start; ``reload`` reads it again."""

    def __init__(self, file: Path, checked: CheckedFile, environment: Environment) -> None:
        self._file, self._checked, self._environment = file, checked, environment
        settings = checked.require_config(file).journal
        self._opener = JournalOpener(settings, environment.wall_clock)
        self._journal: DaemonJournal = NoJournal("the journal is not open yet")
        self._reload = RequestFlag()

    async def run(self) -> None:
        """Sell until canceled; raises JournalRefused."""
        extend_start_timeout(OPENING_TAKES)
        self._journal = self._opener.open()
        try:
            async with (
                open_event_queue() as events,
                supervised_inputs(events.deliver, self._environment.wall_clock) as supervisor,
                anyio.create_task_group() as tasks,
            ):
                factory = KioskFactory(self._environment, events, supervisor, tasks)
                first = factory.make(self._file, self._checked, self._journal)
                beside = Beside(self._file, self._environment)
                handover = Handover(events, first, beside.run)
                tasks.start_soon(self._follow_file, factory, handover)
                if isinstance(self._journal, NoJournal):
                    tasks.start_soon(self._open_journal_later, factory, handover)
                await handover.run()
        finally:
            self._journal.close()

    def reload(self) -> None:
        """Read the file again, and use it if it has no faults."""
        self._reload.set()

    async def _follow_file(self, factory: KioskFactory, handover: Handover) -> None:
        """Read the file at each reload; a file with faults changes nothing."""
        await handover.serving.display.startup_done.wait()  # until READY there is nothing to reload
        await anyio.lowlevel.checkpoint()  # READY is sent first
        _finish_start()
        while True:
            await self._reload.wait()
            reloading()
            try:
                await self._read_again(factory, handover)
            except ConfigError as error:
                for fault in error.faults:
                    log.error("%s", fault)
                log.error("%s: not used; the kiosk keeps the configuration it has", self._file)
                handover.serving.status.add_note(
                    f"{self._file} has faults and is not used; run kiosk check"
                )
                if not handover.pending:
                    await ready()

    async def _read_again(self, factory: KioskFactory, handover: Handover) -> None:
        checked = await anyio.to_thread.run_sync(check_file, self._file, os.environ)
        config = checked.require_config(self._file)
        if isinstance(self._journal, NoJournal):
            self._opener.settings = config.journal
        elif config.journal != self._opener.settings:
            raise ConfigError(_needs_restart(checked).line(str(self._file)))
        handover.propose(factory.make(self._file, checked, self._journal))
        self._checked = checked
        logs.start(config.service.log)
        log.info("%s: will be used as soon as the counter is idle", self._file)
        handover.serving.status.add_note("a changed configuration waits until the counter is idle")

    async def _open_journal_later(self, factory: KioskFactory, handover: Handover) -> None:
        """Try again until the journal can be opened; then start a kiosk that sells."""
        while isinstance(self._journal, NoJournal):
            await anyio.sleep(OPEN_AGAIN_EVERY)
            self._journal = await anyio.to_thread.run_sync(self._opener.open)
        log.info("%s: the journal is open now", self._opener.settings.path)
        handover.propose(factory.make(self._file, self._checked, self._journal))


def _finish_start() -> None:
    """Import what only a sale needs, then let Python collect garbage as often as usual.

    The imports take the memory that the garbage of the start gives back. What is left then stays
    until the end, so it is left out of every later collection.
    """
    gc.collect()
    for module in ("kiosk.base.version", "segno"):
        import_module(module)
    sys.path_importer_cache.clear()  # the files of each folder, 200 KB: a sale imports nothing
    gc.collect()
    gc.freeze()
    gc.set_threshold(*USUAL_THRESHOLDS)


def _needs_restart(checked: CheckedFile) -> ConfigFault:
    place = checked.document.place(("journal",))
    return ConfigFault(place, "journal", "it can't change while the kiosk runs; restart the kiosk")

"""The daemon: the kiosk of a configuration file, and of that file as people change it."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import anyio
import anyio.to_thread

from kiosk.app import Kiosk
from kiosk.base.environment import Environment
from kiosk.base.errors import ConfigError, JournalFailed, JournalRefused
from kiosk.config.fault import ConfigFault
from kiosk.config.loader import CheckedFile, check_file
from kiosk.handover import Handover
from kiosk.journal import Journal
from kiosk.journal.no_journal import NoJournal
from kiosk.service import last_good, logs
from kiosk.service.notify import extend_start_timeout, ready, reloading
from kiosk.shell.event_queue import open_event_queue
from kiosk.shell.input_supervisor import supervised_inputs

OPENING_TAKES = 300.0  # seconds, for a large journal on a slow card, of which some can't be read
OPENED_AGAIN_EVERY = 5.0  # seconds between two tries at a journal on a full or broken disk

log = logging.getLogger("kiosk.daemon")


class Daemon:
    """Sells by the file as it was inspected; ``reload`` has it read again."""

    def __init__(self, file: Path, checked: CheckedFile, environment: Environment) -> None:
        self._file, self._good, self._environment = file, checked, environment
        self._settings = checked.require_config(file).journal
        self._changed = anyio.Event()
        self._trouble = ""  # what the log has heard of the journal

    async def run(self) -> None:
        """Sell until cancelled; raises JournalRefused."""
        extend_start_timeout(OPENING_TAKES)
        self._journal = self._open_or_do_without()
        try:
            async with (
                open_event_queue() as self._events,
                supervised_inputs(self._events.deliver) as self._supervisor,
                anyio.create_task_group() as self._tasks,
            ):
                self._handover = Handover(self._events, self._kiosk(self._good))
                self._tasks.start_soon(self._follow)
                if isinstance(self._journal, NoJournal):
                    self._tasks.start_soon(self._open_later)
                await self._handover.run()
        finally:
            self._journal.close()

    def reload(self) -> None:
        """Have the file read again, and taken over if it is good."""
        self._changed.set()

    def _kiosk(self, checked: CheckedFile) -> Kiosk:
        """Make the kiosk of this file; raises ConfigError."""
        config = checked.require_config(self._file)
        if isinstance(self._journal, NoJournal):  # what came in could not be sold
            config = config.model_copy(update={"inputs": ()})
        kiosk = Kiosk(config, self._environment, self._journal, self._events, self._supervisor)
        self._tasks.start_soon(self._keep_if_it_sells, kiosk, checked.data)
        return kiosk

    async def _keep_if_it_sells(self, kiosk: Kiosk, data: bytes) -> None:
        """Keep the file that all was well with; others may be only well written."""
        await kiosk.status.reached_idle.wait()
        copy = last_good.beside(self._settings.path)
        try:
            await anyio.to_thread.run_sync(last_good.keep, copy, data)
        except OSError as error:
            log.warning("%s: no copy of the configuration can be kept: %s", copy, error.strerror)

    async def _follow(self) -> None:
        """Read the file again whenever that is wanted; one with faults changes nothing."""
        await (
            self._handover.serving.display.startup_done.wait()
        )  # until READY there is nothing to reload
        while True:
            await self._changed.wait()
            self._changed = anyio.Event()
            reloading()
            try:
                await self._take_up()
            except ConfigError as error:
                for fault in error.faults:
                    log.error("%s", fault)
                log.error("%s: not taken over; the kiosk goes on as it was", self._file)
                self._remark(f"{self._file} has faults and was not taken over, see kiosk check")
                if not self._handover.pending:
                    await ready()

    async def _take_up(self) -> None:
        checked = await anyio.to_thread.run_sync(check_file, self._file, os.environ)
        config = checked.require_config(self._file)
        if isinstance(self._journal, NoJournal):
            self._settings = config.journal
        elif config.journal != self._settings:
            raise ConfigError(_needs_restart(checked).line(str(self._file)))
        self._handover.propose(self._kiosk(checked))
        self._good = checked
        logs.start(config.service.log)
        log.info("%s: is taken over as soon as the counter is at rest", self._file)
        self._remark("a changed configuration waits for the counter to be at rest")

    # --- a journal that can't be opened ---

    def _open(self) -> Journal:
        return Journal.open(self._settings.path, self._environment.wall_clock, self._settings.keep)

    def _open_or_do_without(self) -> Journal:
        try:
            return self._open()
        except JournalRefused:
            raise
        except JournalFailed as failure:
            if str(failure) != self._trouble:
                log.error("%s; the kiosk is out of service until it can be opened", failure)
            self._trouble = str(failure)
            return NoJournal(str(failure))

    async def _open_later(self) -> None:
        """Try again until the disk is well; then begin as at any other start."""
        while isinstance(self._journal, NoJournal):
            await anyio.sleep(OPENED_AGAIN_EVERY)
            self._journal = await anyio.to_thread.run_sync(self._open_or_do_without)
        log.info("%s: can be opened now", self._settings.path)
        self._handover.propose(self._kiosk(self._good))

    def _remark(self, text: str) -> None:
        self._handover.serving.status.add_note(text)


def _needs_restart(checked: CheckedFile) -> ConfigFault:
    place = checked.document.place(("journal",))
    return ConfigFault(place, "journal", "it can't change while the kiosk runs; restart the kiosk")

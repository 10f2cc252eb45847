"""``kiosk safe-mode``: the message on the panel and the lamps while the kiosk does not start.

``systemd/kiosk-failed.service`` runs it after five failed starts, and ends it before the next
attempt. It sells nothing, reads no inputs and does not write to the journal.
"""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path

import anyio

from kiosk.base.environment import Environment
from kiosk.base.errors import ConfigError, JournalFailed
from kiosk.base.language import speak
from kiosk.config import Config
from kiosk.config.last_sold import copy_for
from kiosk.config.loader import check_file
from kiosk.config.yaml_tree import Document
from kiosk.journal import Journal
from kiosk.sale.effects import Show, say_about, say_out_of_service
from kiosk.sale.events import Event
from kiosk.sale.words import Fault, Sale, Screen
from kiosk.service import logs
from kiosk.service.status_file import StatusFile
from kiosk.shell.panel_worker import PanelWorker
from kiosk.signals.player import Player

log = logging.getLogger("kiosk.safe_mode")

_WHAT_TO_DO = (
    "the kiosk did not start; `journalctl -u kiosk` says why. It is started again in some minutes; "
    "to start it at once, run: sudo systemctl restart kiosk"
)


def safe_mode(config: Path) -> None:
    """Perform ``kiosk safe-mode``."""
    speak("en")  # as the daemon does
    logs.start("info")
    log.error(_WHAT_TO_DO)
    settings = next(_usable(config), None)
    if settings is None:
        log.error("no usable configuration names the panel and the lamps; they stay off")
    anyio.run(_until_stopped, settings)


def _usable(file: Path) -> Iterator[Config]:
    """Yield the configuration, then the last one that worked. Log the faults of each."""
    copy = copy_for(Document())
    try:
        checked = check_file(file, os.environ)
        copy = copy_for(checked.document)
        yield checked.require_config(file)
    except ConfigError as error:
        _log_faults(error)
    try:
        yield check_file(copy, os.environ).require_config(copy)
    except ConfigError as error:
        _log_faults(error)


def _log_faults(error: ConfigError) -> None:
    for fault in error.faults:
        log.error("%s", fault)


async def _until_stopped(config: Config | None) -> None:
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async with anyio.create_task_group() as tasks:
            if config:
                tasks.start_soon(_show, config)
            async for _ in signals:
                tasks.cancel_scope.cancel()
                return


async def _show(config: Config) -> None:
    """Show the message, and keep it even if the panel or the lamps fail."""
    sale = _open_sale(config)
    show, played = say_out_of_service(Fault.START)
    if sale:
        show, played = say_about(Screen.CHECKING, sale)
    display = _display(config)
    display.show(show)
    player = Player(config.signals)
    player.play(played.name)
    with closing(_status(config, show)):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_run_alone, display.run)
            tasks.start_soon(_run_alone, player.run)


async def _run_alone(channel: Callable[[], Awaitable[None]]) -> None:
    """Run the panel or the lamps. If one fails, the other runs on."""
    try:
        await channel()
    except Exception:
        log.exception("the panel or the lamps can't show the message")


def _open_sale(config: Config) -> Sale | None:
    """Return the newest sale that is not settled: its payer must not pay again."""
    try:
        with closing(Journal.open_read_only(config.journal.path)) as journal:
            return next(reversed(journal.unsettled()), None)
    except JournalFailed as error:
        log.warning("can't find out whether a sale is open: %s", error)
        return None


def _display(config: Config) -> PanelWorker:
    async def ignore(_: Event) -> None:
        """Do nothing: the log has the faults of the panel, and no counter is running."""

    shop = config.kiosk
    return PanelWorker(
        config.display,
        language=shop.language,
        shop=shop.shop,
        offload=Environment().new_thread(),
        deliver=ignore,
    )


def _status(config: Config, show: Show) -> StatusFile:
    status = StatusFile(config.service.status_file)
    health = {Fault.START.value: "failed"}
    reference = show.reference or None
    status.write({"state": "out_of_service", "reference": reference, "health": health})
    return status

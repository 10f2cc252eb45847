"""``kiosk run``: the daemon."""

from __future__ import annotations

import faulthandler
import logging
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anyio

from kiosk.base.environment import Clock, Environment
from kiosk.base.errors import ConfigError, KioskError
from kiosk.base.language import speak
from kiosk.config.loader import CheckedFile, usable_file
from kiosk.service import logs
from kiosk.service.notify import notify

log = logging.getLogger("kiosk.daemon")


def run(
    config: Path,
    system_clock: Callable[[], float] = time.time,
    loop: dict[str, Any] | None = None,
) -> None:
    """Perform ``kiosk run``. A simulation has another clock, and options of anyio's event loop."""
    speak("en")  # the log is read by the kiosk's support
    faulthandler.enable()  # when the watchdog ends a hanging process, the log gets all tracebacks
    code, faults = 0, list[str]()
    try:
        checked, replaced = usable_file(config)
        logs.start(checked.require_config(config).service.log)
        for fault in replaced:
            log.error("%s", fault)
        if replaced:
            log.error("%s; the kiosk sells on by the last one that sold", checked.problem)
        clock = Clock(system_clock, anyio.current_time)
        anyio.run(_until_stopped, config, checked, clock, backend_options=loop)
    except* ConfigError as errors:
        code, faults = 2, [*_sentences(errors)]
    except* KioskError as errors:
        code, faults = 1, [*faults, *_sentences(errors)]
    if code:  # as common.fail, but without typer
        print(*faults, sep="\n", file=sys.stderr)
        sys.exit(code)


def _sentences(error: BaseException) -> Iterator[str]:
    """Yield the messages of all errors in a group, at any depth."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _sentences(inner)
    else:
        yield str(error)


async def _until_stopped(file: Path, checked: CheckedFile, clock: Clock) -> None:
    from kiosk.daemon import Daemon  # noqa: PLC0415 - the file is checked before the rest is loaded

    daemon = Daemon(file, checked, Environment(clock, clock.adjust_to, clock.service_time))
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT, signal.SIGHUP) as signals:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(daemon.run)
            async for number in signals:
                if number == signal.SIGHUP:
                    daemon.reload()
                    continue
                notify("STOPPING=1")
                tasks.cancel_scope.cancel()
                return

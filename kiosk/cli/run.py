"""``kiosk run``: the daemon."""

from __future__ import annotations

import faulthandler
import signal
from collections.abc import Iterator

import anyio

from kiosk.cli.common import DEFAULT_CONFIG, ConfigOption, fail, load_or_leave
from kiosk.clock import Clock
from kiosk.config import Config
from kiosk.errors import ConfigError, KioskError
from kiosk.service import logs
from kiosk.service.notify import notify
from kiosk.world import World


def run(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Run the counter, until SIGTERM."""
    settings = load_or_leave(config)
    faulthandler.enable()  # a hang that the watchdog ends leaves all tracebacks in the log
    logs.start(settings.service.log)
    try:
        anyio.run(_until_stopped, settings)
    except* ConfigError as errors:
        fail("\n".join(_sentences(errors)), code=2)
    except* KioskError as errors:
        fail("\n".join(_sentences(errors)))


def _sentences(error: BaseException) -> Iterator[str]:
    """Yield what the errors of a group say, however deep they lie in it."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _sentences(inner)
    else:
        yield str(error)


async def _until_stopped(settings: Config) -> None:
    from kiosk import app  # noqa: PLC0415 - the settings are checked before the rest is loaded

    clock = Clock()
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(app.run, settings, World(wall=clock, hear=clock.hear))
            async for _ in signals:
                notify("STOPPING=1")
                tasks.cancel_scope.cancel()
                return

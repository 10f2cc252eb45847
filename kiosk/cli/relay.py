"""``kiosk relay``: takes Mercado Pago's notices, and hints at the counters."""

from __future__ import annotations

import logging
import os
import signal
from pathlib import Path

import anyio
import typer

from kiosk.base.errors import ConfigError
from kiosk.base.language import _, speak
from kiosk.cli.common import fail
from kiosk.relay.relay_service import run_relay
from kiosk.relay.relay_settings import RelaySettings, load_relay
from kiosk.service import logs
from kiosk.service.notify import notify

WRONG_CONFIGURATION = 2


def relay(config: Path, check: bool) -> None:
    """Perform ``kiosk relay``."""
    if check:
        _check(config)
        return
    speak("en")  # the log is read by the kiosk's support
    logs.start("info")
    logging.getLogger("uvicorn").setLevel(logging.ERROR)  # the internet sends a lot of nonsense
    faults = list[str]()
    try:
        anyio.run(_until_stopped, load_relay(config))
    except* ConfigError as errors:
        faults = [str(error) for error in errors.exceptions]
    if faults:
        fail("\n".join(faults), WRONG_CONFIGURATION)


def _check(config: Path) -> None:
    """Say all that is wrong with the file, and with the secrets that it names."""
    try:
        settings = load_relay(config)
        for secret in (settings.password, *settings.secrets):
            secret.read(os.environ)
    except ConfigError as error:
        fail(error, WRONG_CONFIGURATION)
    typer.echo(
        _("{config}: ready to take notices at {address}", config=config, address=settings.listen)
    )


async def _until_stopped(settings: RelaySettings) -> None:
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(run_relay, settings)
            async for _number in signals:
                notify("STOPPING=1")
                tasks.cancel_scope.cancel()
                return

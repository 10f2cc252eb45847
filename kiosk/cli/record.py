"""``kiosk record``: write what a device sends, with times, to a file for ``kiosk replay``."""

from __future__ import annotations

import math
import signal
from collections.abc import Callable, Coroutine
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import IO, Any

import anyio
import typer

from kiosk.base.errors import DeviceGone
from kiosk.base.language import _, system_reason
from kiosk.base.money import CURRENCIES, Currency
from kiosk.base.settings import Settings
from kiosk.cli.common import fail, load_or_exit
from kiosk.cli.replay import chosen_input, describe
from kiosk.inputs import InputSettings
from kiosk.inputs.scanner.event_device import EventDevice, open_grabbed
from kiosk.inputs.scanner.scanner_input import ScannerSettings
from kiosk.inputs.scanner_hid import ScannerHidSettings
from kiosk.inputs.tools.playback import stream_decoder
from kiosk.inputs.tools.recording import Chunk, Press, header_line, piece_line
from kiosk.inputs.transport.serial_port import SerialPort, SerialPortSettings
from kiosk.inputs.transport.stream_input import Decoder, ProtocolAnswer
from kiosk.sale.events import ReadingBegan

Job = Callable[[IO[str]], Coroutine[Any, Any, None]]


def record(file: Path, config: Path, name: str, seconds: float) -> None:
    """Perform ``kiosk record``."""
    settings = load_or_exit(config)
    chosen = chosen_input(settings, name)
    job = _job(chosen, CURRENCIES[settings.kiosk.currency])
    with _new(file) as out:
        try:
            anyio.run(_until_stopped, seconds, job, out)
        except* DeviceGone as gone:
            if not out.tell():
                file.unlink()  # so that the next attempt can use the name
            fail(_first(gone))


def _job(chosen: InputSettings, currency: Currency) -> Job:
    """Return the function that records this input."""
    if isinstance(chosen, ScannerHidSettings):
        return partial(_record_keys, chosen)
    port: Settings = chosen
    if not (isinstance(port, SerialPortSettings) and port.port):
        fail(
            _(
                "the input {name} has no serial port to record; choose another input",
                name=chosen.name,
            ),
            code=2,
        )
    scanner = isinstance(chosen, ScannerSettings)  # a scanner needs no answers
    return partial(_record_bytes, port, None if scanner else stream_decoder(chosen, currency))


def _new(file: Path) -> IO[str]:
    try:
        return file.open("x", encoding="utf-8")
    except FileExistsError:
        fail(_("{path} exists already; choose another name", path=file), code=2)
    except OSError as fault:
        reason = system_reason(fault)
        fail(
            _("{path} can't be written ({reason}); choose another", path=file, reason=reason),
            code=2,
        )


def _first(fault: BaseException) -> BaseException:
    """Return the first fault in a group of them."""
    while isinstance(fault, BaseExceptionGroup):
        fault = fault.exceptions[0]
    return fault


async def _until_stopped(seconds: float, job: Job, out: IO[str]) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(job, out)
            with anyio.move_on_after(seconds):
                await anext(aiter(signals))
            tasks.cancel_scope.cancel()


async def _record_bytes(port: SerialPortSettings, decoder: Decoder | None, out: IO[str]) -> None:
    with closing(SerialPort(port)) as wire:
        begun = anyio.current_time()
        _write(out, header_line(f"{port.port} {port.mode}"))
        while True:
            data = b""
            with anyio.CancelScope(deadline=begun + decoder.deadline if decoder else math.inf):
                data = await wire.receive()
            now = anyio.current_time() - begun
            if data:
                _write(out, piece_line(Chunk(now, data)))
            for reading in decoder.feed(data, now) if decoder else ():
                if isinstance(reading, ProtocolAnswer):
                    await wire.send(reading.data)
                elif not isinstance(reading, ReadingBegan):
                    typer.echo(f"{now:9.3f}  {describe(reading)}")


async def _record_keys(scanner: ScannerHidSettings, out: IO[str]) -> None:
    path = scanner.path()
    with closing(EventDevice(open_grabbed(path), path)) as node:
        begun = anyio.current_time()
        _write(out, header_line(path))
        async with node.reading():
            while True:
                for event in await node.receive():
                    at = max(event.at - begun, 0.0)
                    _write(out, piece_line(Press(at, event.type, event.code, event.value)))


def _write(out: IO[str], text: str) -> None:
    out.write(text + "\n")
    out.flush()

"""``kiosk identify``: press, scan or plug, and it names the device and the lines to paste."""

from __future__ import annotations

import math
import os
import signal
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import closing
from itertools import cycle, pairwise
from pathlib import Path
from typing import Annotated, Any

import anyio
import typer
from anyio.abc import TaskGroup

from kiosk.base.errors import DeviceGone
from kiosk.cli.common import fail
from kiosk.inputs.scanner.event_device import EventDevice, explain
from kiosk.inputs.scanner.key_decoder import DOWN, EV_KEY
from kiosk.inputs.scanner.keyboard_search import keyboards
from kiosk.inputs.tools.protocol_guess import Guess, best
from kiosk.inputs.transport.serial_port import SerialPort, SerialPortSettings

BAUDS = (9600, 115200, 19200, 38400, 57600, 4800, 2400, 1200)  # the likeliest first
SILENCE = 0.7  # seconds that end what a device had to say
ENOUGH = 16_384  # bytes: a receipt with its pictures
DEV = Path("/dev")
LOOK = 0.5  # seconds between two looks at what is plugged in

Listener = Callable[[str], Coroutine[Any, Any, None]]


def identify(
    port: Annotated[
        list[str] | None,
        typer.Option(help="Listen to this serial port only, even if it is not listed; repeatable."),
    ] = None,
    seconds: Annotated[
        float, typer.Option("--for", help="Give up after these seconds; else with Ctrl-C.")
    ] = math.inf,
) -> None:
    """Find out which device is which. Stop the kiosk first. Exit 1: nothing was heard.

    Press a key, scan a code, ring up a total on the register, or plug a device in. A serial line
    that makes no sense is listened to at the next speed, so send the same a few times.
    """
    typer.echo("Press a key, scan a code, ring up a total, or plug a device in. Ctrl-C ends it.")
    if not anyio.run(_search, port or (), seconds):
        fail("nothing was heard; check the cable, and what the register's port is set to")


async def _search(ports: Sequence[str], seconds: float) -> bool:
    """Listen everywhere; return whether something was identified."""
    search = _Search()

    async def until_told_to_stop() -> None:
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            await anext(aiter(signals))
            tasks.cancel_scope.cancel()

    with anyio.move_on_after(seconds):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(until_told_to_stop)
            tasks.start_soon(search.watch, tasks, ports)
            await search.done.wait()
            tasks.cancel_scope.cancel()
    return search.done.is_set()


class _Search:
    """What is listened to, until one of them says something."""

    def __init__(self) -> None:
        self.done = anyio.Event()

    async def watch(self, tasks: TaskGroup, only: Sequence[str]) -> None:
        """Listen to each device as long as it is there; name those that are plugged in."""
        known = self._there(only)
        for device, listener in known.items():
            tasks.start_soon(listener, device)
        while True:
            await anyio.sleep(LOOK)
            there = self._there(only)
            for device in there.keys() - known.keys():
                typer.echo(f"plugged in: {lasting_name(device)}")
                tasks.start_soon(there[device], device)
            known = there

    def _there(self, only: Sequence[str]) -> dict[str, Listener]:
        there: dict[str, Listener] = dict.fromkeys(only or serial_ports(), self._serial)
        if not only:
            there |= dict.fromkeys((board.path for board in keyboards()), self._keys)
        return there

    async def _serial(self, path: str) -> None:
        try:
            for baud, following in pairwise(cycle(BAUDS)):
                with closing(SerialPort(SerialPortSettings(port=path, baud=baud))) as line:
                    data = await _burst(line)
                if found := best(data):
                    return self._say(_serial_report(path, baud, found))
                typer.echo(
                    f"{path}: {len(data)} bytes that make no sense at {baud} baud; "
                    f"now listening at {following}, please send it again"
                )
        except DeviceGone as gone:
            typer.echo(str(gone))

    async def _keys(self, path: str) -> None:
        try:
            fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as fault:
            return typer.echo(f"{path}: {explain(fault)}")
        try:
            with closing(EventDevice(fd, path)) as node:
                await _pressed(node)
            self._say(_keyboard_report(path))
        except* DeviceGone as gone:
            typer.echo(f"unplugged: {gone.exceptions[0]}")

    def _say(self, report: str) -> None:
        typer.echo(report)
        self.done.set()


async def _burst(line: SerialPort) -> bytes:
    """Return what comes until the line falls silent."""
    data = await line.receive()
    while len(data) < ENOUGH:
        more = b""
        with anyio.move_on_after(SILENCE):
            more = await line.receive()
        if not more:
            break
        data += more
    return data


async def _pressed(node: EventDevice) -> None:
    """Return when a key went down."""
    async with node.reading():
        down = False
        while not down:
            events = await node.receive()
            down = any((event.type, event.value) == (EV_KEY, DOWN) for event in events)


def _serial_report(path: str, baud: int, found: Sequence[Guess]) -> str:
    name = lasting_name(path)
    likeliest, *others = (guess.yaml(name, baud) for guess in found)
    or_else = "".join(f"\n\nor, just as likely:\n\n{lines}" for lines in others)
    return f"\n{name} speaks. Below inputs:\n\n{likeliest}{or_else}"


def _keyboard_report(path: str) -> str:
    board = next((board for board in keyboards() if board.path == path), None)
    name = board.name if board else "a keyboard"
    lines = f"  - driver: scanner_hid\n    device: {lasting_name(path)}"
    return f"\n{name} types. Below inputs:\n\n{lines}"


def serial_ports() -> list[str]:
    """Return the device files of the serial ports that are plugged in."""
    from serial.tools import list_ports  # noqa: PLC0415 - no hardware library loads before it is needed

    return sorted(port.device for port in list_ports.comports())


def lasting_name(device: str, dev: Path = DEV) -> str:
    """Return the name under by-id or by-path that udev gave the device, or else its own name.

    Adapters without a serial number have no name under by-id, or one that another adapter has too;
    by-path names the socket that they are plugged into.
    """
    return next(_links_to(Path(device), dev), device)


def _links_to(device: Path, dev: Path) -> Iterator[str]:
    for folder in ("serial/by-id", "input/by-id", "serial/by-path", "input/by-path"):
        for link in sorted((dev / folder).glob("*")):
            if link.resolve() == device.resolve():
                yield str(link)

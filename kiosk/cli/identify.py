"""``kiosk identify``: name the device that is used or plugged in, and the YAML lines for it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import closing
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any

import anyio
import typer
from anyio.abc import TaskGroup

from kiosk.base.errors import DeviceGone
from kiosk.cli.common import fail
from kiosk.inputs.scanner.event_device import EventDevice, explain
from kiosk.inputs.scanner.key_decoder import DOWN, EV_KEY
from kiosk.inputs.scanner.keyboard_search import keyboards
from kiosk.inputs.tools.proposals import proposals
from kiosk.inputs.tools.protocol_guess import Guess, best
from kiosk.inputs.transport.serial_port import SerialPort, SerialPortSettings

BAUDS = (9600, 115200, 19200, 38400, 57600, 4800, 2400, 1200)  # the most likely first
SILENCE = 0.7  # seconds without data that end a transmission
MAX_BYTES = 16_384  # a receipt with its pictures
POLL_INTERVAL = 0.5  # seconds between two lists of the devices
DEV = Path("/dev")

Listener = Callable[[str], Coroutine[Any, Any, None]]


def identify(port: list[str] | None, seconds: float) -> None:
    """Perform ``kiosk identify``."""
    typer.echo("Press a key, scan a code, ring up a total, or plug a device in. Ctrl-C stops.")
    if not anyio.run(_search, port or (), seconds):
        fail("no device sent anything; check the cable and the port settings of the register")


async def _search(ports: Sequence[str], seconds: float) -> bool:
    """Listen to all devices. Return whether one was identified."""
    search = _Search()

    async def until_stopped() -> None:
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            await anext(aiter(signals))
            tasks.cancel_scope.cancel()

    with anyio.move_on_after(seconds):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(until_stopped)
            tasks.start_soon(search.watch, tasks, ports)
            await search.done.wait()
            tasks.cancel_scope.cancel()
    return search.done.is_set()


class _Search:
    """Listens to all devices until one of them is identified."""

    def __init__(self) -> None:
        self.done = anyio.Event()

    async def watch(self, tasks: TaskGroup, only: Sequence[str]) -> None:
        """Listen to each device while it is connected. Name devices that are plugged in."""
        known = self._connected(only)
        for device, listener in known.items():
            tasks.start_soon(listener, device)
        while True:
            await anyio.sleep(POLL_INTERVAL)
            connected = self._connected(only)
            for device in connected.keys() - known.keys():
                typer.echo(f"plugged in: {lasting_name(device)}")
                tasks.start_soon(connected[device], device)
            known = connected

    def _connected(self, only: Sequence[str]) -> dict[str, Listener]:
        connected: dict[str, Listener] = dict.fromkeys(only or serial_ports(), self._serial)
        if not only:
            connected |= dict.fromkeys((board.path for board in keyboards()), self._keys)
        return connected

    async def _serial(self, path: str) -> None:
        try:
            for baud, following in pairwise(cycle(BAUDS)):
                while best(data := await self._burst(path, baud)):
                    if found := proposals(data):
                        return self._report(_serial_report(path, baud, found))
                    typer.echo(
                        f"{path}: {best(data)[0].driver} at {baud} baud, but the data has no "
                        "total; ring up a total"
                    )
                typer.echo(
                    f"{path}: {len(data)} bytes that are not readable at {baud} baud; "
                    f"now listening at {following} baud, please send the same again"
                )
        except DeviceGone as gone:
            typer.echo(str(gone))

    async def _burst(self, path: str, baud: int) -> bytes:
        with closing(SerialPort(SerialPortSettings(port=path, baud=baud))) as port:
            return await _receive_burst(port)

    async def _keys(self, path: str) -> None:
        try:
            fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as fault:
            return typer.echo(f"{path}: {explain(fault)}")
        try:
            with closing(EventDevice(fd, path)) as node:
                await _wait_for_key(node)
            self._report(_keyboard_report(path))
        except* DeviceGone as gone:
            typer.echo(f"unplugged: {gone.exceptions[0]}")

    def _report(self, report: str) -> None:
        typer.echo(report)
        self.done.set()


async def _receive_burst(port: SerialPort) -> bytes:
    """Return the bytes that come until the port is silent."""
    data = await port.receive()
    while len(data) < MAX_BYTES:
        more = b""
        with anyio.move_on_after(SILENCE):
            more = await port.receive()
        if not more:
            break
        data += more
    return data


async def _wait_for_key(node: EventDevice) -> None:
    """Return when a key was pressed."""
    async with node.reading():
        down = False
        while not down:
            events = await node.receive()
            down = any((event.type, event.value) == (EV_KEY, DOWN) for event in events)


def _serial_report(path: str, baud: int, found: Sequence[Guess]) -> str:
    name = lasting_name(path)
    likeliest, *others = (guess.yaml(name, baud) for guess in found)
    alternatives = "".join(f"\n\nor, equally likely:\n\n{lines}" for lines in others)
    return f"\n{name} sends. Write below inputs:\n\n{likeliest}{alternatives}"


def _keyboard_report(path: str) -> str:
    board = next((board for board in keyboards() if board.path == path), None)
    name = board.name if board else "a keyboard"
    lines = f"  - driver: scanner_hid\n    device: {lasting_name(path)}"
    return f"\n{name} sends keys. Write below inputs:\n\n{lines}"


def serial_ports() -> list[str]:
    """Return the device files of the connected serial ports."""
    from serial.tools import list_ports  # noqa: PLC0415 - only imported where it is used

    return sorted(port.device for port in list_ports.comports())


def lasting_name(device: str, dev: Path = DEV) -> str:
    """Return udev's name for the device under by-id or by-path, or its own name if it has none.

    An adapter without a serial number has no name under by-id, or the same name as another adapter;
    by-path names the USB socket instead.
    """
    return next(_links_to(Path(device), dev), device)


def _links_to(device: Path, dev: Path) -> Iterator[str]:
    for folder in ("serial/by-id", "input/by-id", "serial/by-path", "input/by-path"):
        for link in sorted((dev / folder).glob("*")):
            if link.resolve() == device.resolve():
                yield str(link)

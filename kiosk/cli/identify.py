"""``kiosk identify``: name the device that is used or plugged in, and the YAML lines for it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Coroutine, Sequence
from contextlib import closing
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any

import anyio
import typer
from anyio.abc import TaskGroup
from pydantic import ValidationError

from kiosk.base.errors import DeviceGone
from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.box.plugged_in import lasting_name
from kiosk.box.port_holders import HARMLESS, holders, how_to_stop
from kiosk.cli.common import fail
from kiosk.inputs.scanner.event_device import EventDevice, explain
from kiosk.inputs.scanner.key_decoder import DOWN, EV_KEY
from kiosk.inputs.scanner.keyboard_search import SYS_INPUT, keyboards
from kiosk.inputs.tools.proposals import proposals
from kiosk.inputs.tools.protocol_guess import best
from kiosk.inputs.transport.serial_port import SerialPort, SerialPortSettings

BAUDS = (9600, 115200, 19200, 38400, 57600, 4800, 2400, 1200)  # the most likely first
SILENCE = 0.7  # seconds without data that end a transmission
MAX_BYTES = 16_384  # a receipt with its pictures
_NO_VENDOR = "0000"
POLL_INTERVAL = 0.5  # seconds between two lists of the devices

Listener = Callable[[str], Coroutine[Any, Any, None]]
Sources = tuple[Sequence[str], Sequence[str]]  # serial ports, and devices that send keys


@frozen
class Identified:
    """A device that has sent something. ``entries`` are YAML lines for it, the likeliest first."""

    name: str
    entries: tuple[str, ...]

    def __str__(self) -> str:
        likeliest, *others = self.entries
        lines = [_("{name} sends. Write below inputs:", name=self.name), likeliest]
        for other in others:
            lines += [_("or, equally likely:"), other]
        return "\n" + "\n\n".join(lines)


def identify(port: list[str] | None, seconds: float) -> None:
    """Perform ``kiosk identify``."""
    _refuse_other_names(port or [])
    typer.echo(_("Press a key, scan a code, ring up a total, or plug a device in. Ctrl-C stops."))
    found = anyio.run(_search_until_stopped, lambda: (port, ()) if port else everything(), seconds)
    if not found:
        fail(_("no device sent anything; check the cable and the port settings of the register"))
    typer.echo(found)


def _refuse_other_names(ports: Sequence[str]) -> None:
    """Exit with 2 for what can't be the name of a port, such as COM3."""
    for port in ports:
        try:
            SerialPortSettings(port=port)
        except ValidationError as error:
            wrong = error.errors()[0]
            fail(f"--port: {wrong.get('ctx', {}).get('error', wrong['msg'])}", code=2)


def everything() -> Sources:
    """Return all devices that may send something."""
    return serial_ports(), [board.path for board in keyboards()]


async def _search_until_stopped(
    sources: Callable[[], Sources], seconds: float
) -> Identified | None:
    """Search; a signal ends the search."""
    found = None

    async def until_stopped() -> None:
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            await anext(aiter(signals))
            tasks.cancel_scope.cancel()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(until_stopped)
        found = await search(sources, seconds)
        tasks.cancel_scope.cancel()
    return found


async def search(sources: Callable[[], Sources], seconds: float) -> Identified | None:
    """Listen to all sources, also to those that come. Return the first one that is identified."""
    listening = _Search(sources)
    with anyio.move_on_after(seconds):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(listening.watch, tasks)
            await listening.done.wait()
            tasks.cancel_scope.cancel()
    return listening.found


class _Search:
    """Listens to all devices until one of them is identified."""

    def __init__(self, sources: Callable[[], Sources]) -> None:
        self._sources = sources
        self.done = anyio.Event()
        self.found: Identified | None = None

    async def watch(self, tasks: TaskGroup) -> None:
        """Listen to each device while it is connected. Name devices that are plugged in."""
        known = self._connected()
        for device, listener in known.items():
            tasks.start_soon(listener, device)
        while True:
            await anyio.sleep(POLL_INTERVAL)
            connected = self._connected()
            for device in connected.keys() - known.keys():
                typer.echo(_("plugged in: {name}", name=lasting_name(device)))
                tasks.start_soon(connected[device], device)
            known = connected

    def _connected(self) -> dict[str, Listener]:
        ports, boards = self._sources()
        connected: dict[str, Listener] = dict.fromkeys(ports, self._serial)
        return connected | dict.fromkeys(boards, self._keys)

    async def _serial(self, path: str) -> None:
        _say_who_has_it(path)
        try:
            for baud, following in pairwise(cycle(BAUDS)):
                while best(data := await self._burst(path, baud)):
                    if found := proposals(data):
                        name = lasting_name(path)
                        entries = (guess.yaml(name, baud) for guess in found)
                        return self._end(Identified(name, tuple(entries)))
                    typer.echo(
                        _(
                            "{path}: {driver} at {baud} baud, but the data has no total; ring up a "
                            "total",
                            path=path,
                            driver=best(data)[0].driver,
                            baud=baud,
                        )
                    )
                typer.echo(
                    _(
                        "{path}: {count} bytes that are not readable at {baud} baud; now listening "
                        "at {following} baud, please send the same again",
                        path=path,
                        count=len(data),
                        baud=baud,
                        following=following,
                    )
                )
        except DeviceGone as gone:
            typer.echo(str(gone))

    async def _burst(self, path: str, baud: int) -> bytes:
        with closing(SerialPort(SerialPortSettings(port=path, baud=baud))) as port:
            return await _receive_burst(port)

    async def _keys(self, path: str) -> None:
        _say_who_has_it(path)
        try:
            fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as fault:
            return typer.echo(f"{path}: {explain(fault)}")
        try:
            with closing(EventDevice(fd, path)) as node:
                await _wait_for_key(node)
            self._end(identified_keyboard(path))
        except* DeviceGone as gone:
            typer.echo(_("unplugged: {reason}", reason=gone.exceptions[0]))

    def _end(self, found: Identified) -> None:
        self.found = found
        self.done.set()


def _say_who_has_it(device: str) -> None:
    """Name each other program that has the device open: it may take what the device sends."""
    for holder in holders(device):
        if holder.name != HARMLESS and holder.pid != os.getpid():
            typer.echo(
                _(
                    "{device} is in use by {holder}, which may take what it sends; {fix}",
                    device=lasting_name(device),
                    holder=holder,
                    fix=how_to_stop(holder),
                )
            )


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


def identified_keyboard(path: str, system: Path = SYS_INPUT) -> Identified:
    """Return the scanner with the settings that find it again; ``system``: as /sys/class/input."""
    board = next((board for board in keyboards(system) if board.path == path), None)
    name = lasting_name(path)
    which = f"device: {name}"
    if board and name == path and board.vendor != _NO_VENDOR:  # as a scanner on Bluetooth
        which = f'match: {{vendor: "{board.vendor}", product: "{board.product}"}}'
    entry = f"  - driver: scanner_hid\n    {which}"
    return Identified(board.name if board else path, (entry,))


def serial_ports() -> list[str]:
    """Return the device files of the connected serial ports."""
    from serial.tools import list_ports  # noqa: PLC0415 - only imported where it is used

    return sorted(port.device for port in list_ports.comports())

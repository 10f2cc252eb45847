"""The daemon's socket for people's commands: a line of JSON in, a line of JSON out.

Only root and the kiosk's own user can connect. The answer is ``{"refused": ""}`` when the command
is on the disk and the sale machine knows it, else ``refused`` is a sentence for the person. Nothing
that a program sends or fails to send hurts the daemon, and no sale waits for a command.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import anyio

from kiosk.base.errors import ConfigError, DeviceGone, JournalFailed
from kiosk.base.retry import keep_open
from kiosk.inputs.transport.descriptor import DescriptorStream
from kiosk.inputs.transport.sockets import ListeningSocket, listen_unix
from kiosk.sale.events import Deliver
from kiosk.sale.words import Sale
from kiosk.shell.journal_writer import JournalWriter

if TYPE_CHECKING:
    from kiosk.shell.commands import Command

LONGEST_LINE = 16_384  # bytes
LINE_WITHIN = 10.0  # seconds from the connection to the end of the line
KNOWN_WITHIN = 20.0  # seconds; how long a command waits for the sale machine
LOOK_EVERY = 0.05  # seconds
MODE = 0o600  # to connect, a program must be able to write: the kiosk's user, and root


def beside(status_file: Path) -> Path:
    """Return the path of the socket: each status file has one beside it."""
    return status_file.with_name(f"{status_file.name}.sock")


class CounterState(Protocol):
    """What a command must know of the counter. ``kiosk.sale.phases.Counter`` is one."""

    @property
    def state(self) -> str:
        """The status file's word for the phase."""

    @property
    def sale(self) -> Sale | None:
        """The sale that is open, or whose result is on the panel."""

    @property
    def unsettled(self) -> tuple[Sale, ...]:
        """The sales that must be settled before the counter sells."""

    @property
    def set_aside(self) -> tuple[Sale, ...]:
        """The sales whose end the service did not tell in time."""

    @property
    def problems(self) -> tuple[str, ...]:
        """What people must do something about; about a sale it begins with ``sale REFERENCE: ``."""


class CommandSocket:
    """Carries out the commands while one kiosk serves."""

    def __init__(
        self,
        path: Path,
        counter: Callable[[], CounterState],
        writer: JournalWriter,
        deliver: Deliver,
    ) -> None:
        self._path, self._counter = path, counter
        self._writer, self._deliver = writer, deliver

    async def run(self) -> None:
        """Carry out commands until canceled."""

        async def use(listening: ListeningSocket) -> None:
            await listening.serve(self._answer)

        await keep_open("the socket for commands", lambda: listen_unix(self._path, MODE), use)

    async def _answer(self, program: DescriptorStream) -> None:
        """Carry out one command, and say whether it was refused."""
        from kiosk.shell.commands import read_command  # noqa: PLC0415 - commands are rare

        try:
            with anyio.fail_after(LINE_WITHIN):
                line = await _read_line(program)
            refused = await self._carry_out(read_command(line))
        except TimeoutError:
            raise DeviceGone("a program connected, and sent no command") from None
        except (ConfigError, JournalFailed) as failure:
            refused = str(failure)
        await program.send(json.dumps({"refused": refused}).encode() + b"\n")

    async def _carry_out(self, command: Command) -> str:
        """Write the command, then tell the sale machine; return why it is refused."""
        if not await _becomes(lambda: self._counter().state != "starting"):
            return "the kiosk is starting; run the command again in a minute"
        if command.kind == "decide" and self._is_at_counter(command.reference):
            return (
                f"the kiosk is still finding out how sale {command.reference} ended; run the "
                "command again when kiosk status lists it as set aside"
            )
        refused = await self._writer.ask(command.write)
        event = command.event()
        if event and not refused:
            await self._deliver(event)
        if command.kind == "decide" and not refused:
            await _becomes(lambda: not self._is_listed(command.reference))
        return refused

    def _is_at_counter(self, reference: str) -> bool:
        counter = self._counter()
        sales = (*counter.unsettled, *([counter.sale] if counter.sale else []))
        open_sale = reference in {sale.reference for sale in sales}
        return open_sale and not self._is_listed(reference)

    def _is_listed(self, reference: str) -> bool:
        """Whether the status file asks people to decide this sale."""
        counter, about = self._counter(), f"sale {reference}: "
        set_aside = reference in {sale.reference for sale in counter.set_aside}
        return set_aside or any(problem.startswith(about) for problem in counter.problems)


async def _becomes(question: Callable[[], bool]) -> bool:
    """Wait until the answer is true; return False if it was not in time."""
    with anyio.move_on_after(KNOWN_WITHIN):
        while not question():  # noqa: ASYNC110 - the counter has no event for it
            await anyio.sleep(LOOK_EVERY)
        return True
    return False


async def _read_line(program: DescriptorStream) -> bytes:
    """Return the line without its end; raises ConfigError if it is too long."""
    data = b""
    while b"\n" not in data:
        data += await program.receive()
        if len(data) > LONGEST_LINE:
            raise ConfigError(f"the command is longer than {LONGEST_LINE} bytes")
    return data.partition(b"\n")[0]

"""The real daemon as a child process. It is started again whenever it ends, as systemd does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Protocol

import anyio
from anyio.abc import Process
from anyio.streams.text import TextReceiveStream

from kiosk.simulator.twins.counter import SimulatedCounter
from kiosk.simulator.twins.daemon_control import tempo_command
from kiosk.simulator.twins.pace import Pace
from kiosk.simulator.twins.twin import KioskIsOff

LOG_LINES_KEPT = 200
RESTART_AFTER = 1.0  # seconds
STOP_WITHIN = 10.0  # seconds from SIGTERM to SIGKILL

# -P: a folder named kiosk in the person's folder must not be taken for the package.
_COMMAND = (sys.executable, "-P", "-m", "kiosk.cli.simulated_run")


class LogKeeper(Protocol):
    """Anything that keeps lines, such as a deque."""

    def append(self, line: str, /) -> None:
        """Keep a line."""
        ...

    def __iter__(self) -> Iterator[str]: ...


class DaemonProcess:
    """The daemon of a simulated counter. ``power`` switches it off and on.

    ``log`` gets its lines and a line for each time it ended. ``starts`` counts its starts.
    """

    def __init__(self, counter: SimulatedCounter, pace: Pace, log: LogKeeper | None = None) -> None:
        self._counter, self._pace = counter, pace
        self._process: Process | None = None
        self._commands = -1  # the end of the pipe that the process reads commands from
        self._has_power, self._power_cut = anyio.Event(), anyio.Event()
        self._has_power.set()
        self.log: LogKeeper = deque(maxlen=LOG_LINES_KEPT) if log is None else log
        self.starts = 0
        counter.connection = self.tell

    @property
    def running(self) -> bool:
        """Whether the process exists at this moment."""
        return self._process is not None and self._process.returncode is None

    @property
    def powered(self) -> bool:
        """Whether the plug is in. Then the process runs, or will be started again soon."""
        return self._has_power.is_set()

    async def keep_running(self, before_start: Callable[[], None] = lambda: None) -> None:
        """Run it until canceled. Then ask it to stop, and wait until it has ended.

        ``before_start`` is called before each start, so that the caller can tell what an earlier
        run left behind from what the new run does.
        """
        while True:
            await self._has_power.wait()
            self._counter.before_start()
            before_start()
            code = await self._run_once()
            if not self.powered:
                self._log_line("kiosk simulate: the daemon has no power")
                continue
            self._log_line(
                f"kiosk simulate: the daemon ended with exit code {code}; starting again"
            )
            with anyio.move_on_after(RESTART_AFTER):
                await self._power_cut.wait()

    def power(self, on: bool) -> None:
        """Pull the plug, or put it in again. Without it the process is dead and stays dead."""
        if on and not self.powered:
            self._power_cut = anyio.Event()
            self._has_power.set()
        elif not on and self.powered:
            self._has_power = anyio.Event()
            self._power_cut.set()
            self.kill()

    def kill(self) -> None:
        """Kill it at once, in the middle of its work; it starts again while it has power."""
        self._signal(signal.SIGKILL)

    def restart(self) -> None:
        """Stop it in good order; it starts again, with the counter's changed configuration."""
        self._signal(signal.SIGTERM)

    def reload(self) -> None:
        """Have it read the configuration file again, as ``systemctl reload`` does."""
        self._signal(signal.SIGHUP)

    def change_speed(self, speed: float) -> None:
        """Let the simulation's clock run so many times as fast. Raises ValueError."""
        self._pace.speed = speed
        with suppress(KioskIsOff):
            self.tell(tempo_command(self._pace.tempo))

    def tell(self, command: bytes) -> None:
        """Send the process a command. Raises KioskIsOff."""
        if not self.running:
            raise KioskIsOff
        try:
            os.write(self._commands, command)
        except OSError:
            raise KioskIsOff from None

    async def _run_once(self) -> int:
        """Start it once. Return its exit code, negative for a signal."""
        self.starts += 1
        reader, self._commands = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(self._commands, False)
        os.write(self._commands, tempo_command(self._pace.tempo))
        try:
            self._process = process = await anyio.open_process(
                [*_COMMAND, str(self._counter.config_file)],
                stdin=reader,
                stdout=None,
                stderr=subprocess.PIPE,
                env=self._counter.environ(),
                start_new_session=True,  # Ctrl-C is for this process; the daemon gets SIGTERM
            )
            os.close(reader)
            reader = -1
            return await self._until_ended(process)
        finally:
            for end in {reader, self._commands} - {-1}:
                os.close(end)
            self._commands = -1

    async def _until_ended(self, process: Process) -> int:
        if not self.powered:  # the plug was pulled in the middle of the start
            self.kill()
        try:
            await self._read_log(process)
            return await process.wait()
        finally:
            await self._stop(process)

    async def _stop(self, process: Process) -> None:
        """Ask it to end and read its last log lines. Kill it if it has not ended in time."""
        with anyio.CancelScope(shield=True):
            with anyio.move_on_after(STOP_WITHIN):
                self._signal(signal.SIGTERM)
                await self._read_log(process)
                await process.wait()
            self._signal(signal.SIGKILL)
            await process.aclose()

    def _signal(self, number: signal.Signals) -> None:
        """Send a signal to the process and to all that it has started."""
        if self._process and self.running:
            with suppress(ProcessLookupError):  # it has ended already
                os.killpg(self._process.pid, number)

    async def _read_log(self, process: Process) -> None:
        """Pass its log on, line by line, until it ends."""
        assert process.stderr
        rest = ""
        async for text in TextReceiveStream(process.stderr, errors="replace"):
            *lines, rest = (rest + text).split("\n")
            for line in lines:
                self._log_line(line)

    def _log_line(self, line: str) -> None:
        self.log.append(line)
        print(line, file=sys.stderr, flush=True)

"""The real daemon as a child process. It is started again whenever it ends, as systemd does."""

from __future__ import annotations

import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import anyio
from anyio.abc import Process
from anyio.streams.text import TextReceiveStream

LOG_LINES_KEPT = 200
RESTART_AFTER = 1.0  # seconds
STOP_WITHIN = 10.0  # seconds from SIGTERM to SIGKILL


class DaemonProcess:
    """``kiosk run`` with a configuration.

    ``log`` holds its last lines and a line for each time it ended. ``starts`` counts its starts.
    """

    def __init__(self, config: Path, environ: Mapping[str, str]) -> None:
        self._command = [sys.executable, "-m", "kiosk", "run", "--config", str(config)]
        self._environ = dict(environ)
        self._process: Process | None = None
        self.log: deque[str] = deque(maxlen=LOG_LINES_KEPT)
        self.starts = 0

    @property
    def running(self) -> bool:
        """Whether the process exists at this moment."""
        return self._process is not None and self._process.returncode is None

    async def keep_running(self, before_start: Callable[[], None]) -> None:
        """Run it until cancelled. Then ask it to stop, and wait until it has ended.

        ``before_start`` is called before each start, so that the caller can tell what an earlier
        run left behind from what the new run does.
        """
        while True:
            before_start()
            code = await self._run_once()
            self._log_line(
                f"kiosk simulate: the daemon ended with exit code {code}; starting again"
            )
            await anyio.sleep(RESTART_AFTER)

    def kill(self) -> None:
        """Kill it at once, in the middle of its work, as a power cut does."""
        if self._process:
            _send(self._process.kill)

    async def _run_once(self) -> int:
        """Start it once. Return its exit code, negative for a signal."""
        self.starts += 1
        self._process = process = await anyio.open_process(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=None,
            stderr=subprocess.PIPE,
            env=self._environ,
            start_new_session=True,  # Ctrl-C is for this process; the daemon gets SIGTERM
        )
        try:
            await self._read_log(process)
            return await process.wait()
        finally:
            await self._stop(process)

    async def _stop(self, process: Process) -> None:
        """Ask it to end and read its last log lines. Kill it if it has not ended in time."""
        with anyio.CancelScope(shield=True):
            with anyio.move_on_after(STOP_WITHIN):
                _send(process.terminate)
                await self._read_log(process)
                await process.wait()
            _send(process.kill)
            await process.aclose()

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


def _send(signal: Callable[[], None]) -> None:
    with suppress(ProcessLookupError):  # it has ended already
        signal()

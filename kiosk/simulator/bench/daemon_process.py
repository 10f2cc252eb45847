"""The real daemon as a child process, started again whenever it ends, as systemd would do it."""

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

    ``log`` holds its last lines, and what befell it; ``starts`` counts its lives.
    """

    def __init__(self, config: Path, environ: Mapping[str, str]) -> None:
        self._command = [sys.executable, "-m", "kiosk", "run", "--config", str(config)]
        self._environ = dict(environ)
        self._process: Process | None = None
        self.log: deque[str] = deque(maxlen=LOG_LINES_KEPT)
        self.starts = 0

    @property
    def running(self) -> bool:
        """Whether it is alive at this moment."""
        return self._process is not None and self._process.returncode is None

    async def keep_running(self, power_on: Callable[[], None]) -> None:
        """Run it until cancelled; then it is asked to stop, and waited for.

        ``power_on`` is called before each start, so that what an earlier life left behind can be
        told from what the new one does.
        """
        while True:
            power_on()
            code = await self._live()
            self._note(f"kiosk simulate: the daemon ended with exit code {code}; it starts again")
            await anyio.sleep(RESTART_AFTER)

    def pull_the_plug(self) -> None:
        """End it at once, in the middle of whatever it does."""
        if self._process:
            _send(self._process.kill)

    async def _live(self) -> int:
        """Start it once; return its exit code, negative for a signal."""
        self.starts += 1
        self._process = process = await anyio.open_process(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=None,
            stderr=subprocess.PIPE,
            env=self._environ,
            start_new_session=True,  # a Ctrl-C is ours; we tell the daemon by SIGTERM
        )
        try:
            await self._listen(process)
            return await process.wait()
        finally:
            await self._stop(process)

    async def _stop(self, process: Process) -> None:
        """Ask it to end, hear its last words, then make it end; nothing is left over."""
        with anyio.CancelScope(shield=True):
            with anyio.move_on_after(STOP_WITHIN):
                _send(process.terminate)
                await self._listen(process)
                await process.wait()
            _send(process.kill)
            await process.aclose()

    async def _listen(self, process: Process) -> None:
        """Pass its log on, line by line, until there is no more."""
        assert process.stderr
        rest = ""
        async for text in TextReceiveStream(process.stderr, errors="replace"):
            *lines, rest = (rest + text).split("\n")
            for line in lines:
                self._note(line)

    def _note(self, line: str) -> None:
        self.log.append(line)
        print(line, file=sys.stderr, flush=True)


def _send(signal: Callable[[], None]) -> None:
    with suppress(ProcessLookupError):  # it was faster
        signal()

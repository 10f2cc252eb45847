"""A Debian system, booted with systemd as PID 1, in which tests run commands.

    with Guest(tmp_path) as guest:              # boots in about ten seconds
        guest("systemctl", "start", "kiosk")    # runs a command as root; AssertionError if it fails
        guest.try_("false").status              # ... or look at how it ended
        guest.write("/etc/kiosk/token", "T")
        guest.read("/run/kiosk/status.json")
        guest.eventually("systemctl", "is-active", "kiosk")
        guest.share(wheels, "/wheels")          # a folder of this computer, read-only
        guest.cut_power()                       # SIGKILL for the whole machine
        guest.boot()                            # again, from the same disks
        guest.power_off()                       # shuts down properly

The root is what is kept (``disks.system()``) or the disk that is given, and what was written since:
``tmp_path/root.cow``. Further disks are /dev/ubdb and so on. What the kernel and systemd say while booting is in
``tmp_path/console``. Devices: ``tests.system.rig.board``.
"""

from __future__ import annotations

import json
import select
import shlex
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.system.rig import disks, uml


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    status: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        return self.raw.decode(errors="replace")


class Guest:
    """One virtual computer."""

    def __init__(
        self,
        folder: Path,
        root: Path | None = None,
        more_disks: Sequence[str | Path] = (),
        memory: str = "512M",
        words: Sequence[str] = (),
        lines: Callable[[], Sequence[socket.socket]] = list,
    ) -> None:
        self.console = folder / "console"
        self.disks = [f"{folder}/root.cow,{root or disks.system()}", *more_disks]
        self._shared, self._number = folder / "shared", 0
        self._shared.mkdir()
        self._lines = lines  # makes the machine's ends of ttyS1 and so on, at each boot
        self._memory, self._words = memory, [f"shared={self._shared}", *words]
        self._machine: uml.Machine | None = None

    def __enter__(self) -> Guest:
        self.boot()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut_power()

    # --- power ---

    def boot(self, within: float = 240) -> None:
        """Switch on, and wait until systemd has started everything."""
        assert self._machine is None, "it runs already"
        self._machine = uml.Machine(
            self.disks, self.console, self._memory, self._words, self._lines()
        )
        self._rest = b""
        try:
            assert "hello" in self._heard(within)
            self.try_("systemctl", "is-system-running", "--wait", within=within)
        except BaseException:
            self.cut_power()
            raise

    def cut_power(self) -> None:
        """Cut the power."""
        if machine := self._machine:
            self._machine = None
            machine.cut_power()

    def power_off(self) -> None:
        """Shut down properly."""
        machine = self._machine
        assert machine
        self("systemctl", "--no-block", "poweroff")
        machine.wait(within=180)  # systemd gives services their time
        self._machine = None

    # --- commands ---

    def try_(
        self,
        *command: str,
        given: str | bytes = b"",
        within: float = 300,
        **environ: str,
    ) -> Done:
        """Run a command as root, and return how it ended."""
        self._number += 1
        told = {name: self._shared / f"{name}-{self._number}" for name in ("in", "out", "err")}
        told["in"].write_bytes(given.encode() if isinstance(given, str) else given)
        order = {"number": self._number, "run": command, "timeout": within, "env": environ}
        assert self._machine, "it is switched off"
        self._machine.line.sendall(json.dumps(order).encode() + b"\n")
        answer = self._heard(within + 10)
        assert "fault" not in answer, f"{shlex.join(command)}: {answer['fault']}"
        done = Done(answer["status"], told["out"].read_bytes(), told["err"].read_text())
        for file in told.values():
            file.unlink()
        return done

    def __call__(
        self,
        *command: str,
        given: str | bytes = b"",
        within: float = 300,
        **environ: str,
    ) -> str:
        """Run a command as root, which must succeed, and return what it printed."""
        done = self.try_(*command, given=given, within=within, **environ)
        said = f"{shlex.join(command)} ended with {done.status}:\n{done.out}{done.err}"
        assert done.status == 0, said
        return done.out

    def shell(self, script: str, within: float = 60) -> str:
        """Run a line of shell, which must succeed."""
        return self("bash", "-euo", "pipefail", "-c", script, within=within)

    def eventually(self, *command: str, within: float = 120) -> str:
        """Run the command until it succeeds; return what it printed."""
        end = time.monotonic() + within
        while (done := self.try_(*command)).status:
            said = f"{shlex.join(command)} not within {within} s: {done.out}{done.err}"
            assert time.monotonic() < end, said
            select.select([], [], [], 0.1)
        return done.out

    def read(self, path: str) -> bytes:
        """Return what is in a file."""
        done = self.try_("cat", path)
        assert done.status == 0, done.err
        return done.raw

    def write(self, path: str, text: str | bytes) -> None:
        """Write a file, and make its folders."""
        script = 'mkdir -p "$(dirname "$0")" && cat >"$0"'
        self("sh", "-c", script, path, given=text)

    def share(self, folder: Path, at: str) -> None:
        """Mount a folder of this computer, read-only."""
        self("mkdir", "-p", at)
        self("mount", "-t", "hostfs", "none", at, "-o", f"ro,{folder.resolve()}")

    def _heard(self, within: float) -> dict[str, Any]:
        assert self._machine
        end = time.monotonic() + within
        line = self._machine.line
        while b"\n" not in self._rest:
            ready, _, _ = select.select([line], [], [], max(0.0, end - time.monotonic()))
            more = line.recv(65536) if ready else b""
            assert more, f"no answer within {within} s; on the console:\n{self._last_words()}"
            self._rest += more
        answer, self._rest = self._rest.split(b"\n", 1)
        heard: dict[str, Any] = json.loads(answer)
        return heard

    def _last_words(self) -> str:
        return self.console.read_text(errors="replace")[-3000:]

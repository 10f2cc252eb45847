"""A Debian system booted in a container, with real systemd: quick, but without devices.

Its kernel is this machine's, so a power cut here loses no written byte; the rig is for that. What
systemd can't enforce in it: DeviceAllow, MemoryMax, TasksMax, IPAddressDeny.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tests.system.rig import image

_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
}
# PID 1 of this machine need not be systemd, and its control groups may be of the old kind.
_HERE = {"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
_BOOTS_WITHIN = 300.0


def why_not() -> str | None:
    """Return the reason if no container can be booted here."""
    if shutil.which("systemd-nspawn") is None:
        return "no systemd-nspawn here: apt install systemd-container"
    return image.why_not()


class Machine:
    """A system in the folder ``root``: boot it, run commands, cut its power, boot it again."""

    def __init__(self, root: Path, *, network: bool = True, binds: tuple[str, ...] = ()) -> None:
        self.root = root
        self._options = [f"--bind-ro={bind}" for bind in binds]
        if not network:
            self._options.append("--private-network")
        self._container: subprocess.Popen[bytes] | None = None
        self._leader = 0

    def __enter__(self) -> Self:
        self.boot()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.cut()

    @property
    def console(self) -> Path:
        """What the system says while it boots."""
        return self.root.with_name(f"{self.root.name}.console")

    def boot(self) -> None:
        """Boot, and wait until systemd has started all that it starts."""
        with (
            tempfile.TemporaryDirectory() as folder,
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as telling,
        ):
            telling.bind(f"{folder}/notify")
            telling.settimeout(_BOOTS_WITHIN)
            with self.console.open("ab") as console:
                self._container = self._start(f"{folder}/notify", console)
            self._await_ready(telling)

    def run(
        self, *command: str, check: bool = True, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as root and wait for it; with ``check``, a failure raises."""
        done = subprocess.run(
            self._entered(command, environment),
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if check:
            assert done.returncode == 0, f"{' '.join(command)}: {done.returncode}\n{done.stdout}"
        return done

    def start(self, *command: str, **environment: str) -> subprocess.Popen[str]:
        """Start a command, as ``run`` does, and return at once."""
        return subprocess.Popen(
            self._entered(command, environment),
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def out(self, *command: str, **environment: str) -> str:
        """Return what a command prints, whether it fails or not."""
        return self.run(*command, check=False, **environment).stdout.strip()

    def cut(self) -> None:
        """Cut the power: kill all processes at once. Does nothing to a machine that is off."""
        if self._container is None:
            return
        if self._leader:
            os.kill(self._leader, signal.SIGKILL)
        self._container.kill()
        self._container.wait()
        self._container, self._leader = None, 0

    def _start(self, notify: str, console: IO[bytes]) -> subprocess.Popen[bytes]:
        command = ["systemd-nspawn", "--quiet", f"--directory={self.root}", "--boot"]
        command += ["--register=no", "--keep-unit", "--notify-ready=yes", "--console=pipe"]
        command += [f"--machine=kiosk-{os.getpid()}", *self._options]
        return subprocess.Popen(
            command,
            env={**os.environ, **_HERE, "NOTIFY_SOCKET": notify},
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
        )

    def _await_ready(self, telling: socket.socket) -> None:
        said: dict[str, str] = {}
        while said.get("READY") != "1":
            try:
                message = telling.recv(4096).decode()
            except TimeoutError:
                self.cut()
                raise AssertionError(f"did not boot: {self.console.read_text()[-2000:]}") from None
            said.update(re.findall(r"^(\w+)=(.*)$", message, re.MULTILINE))
            self._leader = int(said.get("X_NSPAWN_LEADER_PID", "0"))

    def _entered(self, command: tuple[str, ...], environment: dict[str, str]) -> list[str]:
        assert self._leader, "the machine is off"
        entry = ["nsenter", "--target", str(self._leader), "--all", "--", "env", "-i", "--chdir=/"]
        settings = {**_ENVIRONMENT, **environment}
        return [*entry, *(f"{key}={value}" for key, value in settings.items()), *command]

"""User-mode Linux: the kernel that is built for the booted system, and a machine that runs it.

The kernel is an ordinary program. It is built once (``kernel/build``, some minutes) and kept; see
``kernel/config`` for what is in it, ``kernel/rig_bus.c`` and ``kernel/board.dts`` for the board.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import platform
import shutil
import signal
import socket
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.system.rig.image import CACHE

_KERNEL = Path(__file__).parents[1] / "kernel"
_MEMORY = "/dev/shm"  # where the machine's memory is a file
_MEGABYTES_OF_MEMORY = 600
_TOOLS = {
    "gcc": "gcc",
    "make": "make",
    "flex": "flex",
    "bison": "bison",
    "bc": "bc",
    "xz": "xz-utils",
}


def why_not() -> str | None:
    """Return the reason if user-mode Linux can't run here."""
    if platform.machine() != "x86_64":
        return f"user-mode Linux needs x86_64, and this is {platform.machine()}"
    if (free := shutil.disk_usage(_MEMORY).free >> 20) < _MEGABYTES_OF_MEMORY:
        return (
            f"user-mode Linux needs {_MEGABYTES_OF_MEMORY} MB in {_MEMORY}, and {free} MB are free"
        )
    if _place().exists():
        return None
    if missing := [package for tool, package in _TOOLS.items() if shutil.which(tool) is None]:
        return f"building a kernel needs {', '.join(missing)}: apt install {' '.join(missing)}"
    if not list(Path("/usr/src").glob("linux-source-*.tar.xz")):
        return "no kernel source here: apt install linux-source"
    return None


def kernel() -> Path:
    """Return the folder of ``linux``, ``board.dtb`` and ``lib/modules``. Build it once."""
    place = _place()
    CACHE.mkdir(parents=True, exist_ok=True)
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            unfinished = place.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            done = subprocess.run(
                [_KERNEL / "build", unfinished], capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise RuntimeError(f"the kernel does not build: {done.stderr[-2000:]}")
            unfinished.rename(place)
    return place


def _place() -> Path:
    made_of = sorted(path for path in _KERNEL.iterdir() if path.is_file())
    key = hashlib.sha256(b"".join(path.read_bytes() for path in made_of)).hexdigest()
    return CACHE / f"uml-{key[:8]}"


def _processor() -> int:
    """Return the processor for this process's machine; each worker of pytest-xdist has its own.

    Each system call inside switches between two processes of this computer. On one processor it
    takes a fifth of the time that it takes on two.
    """
    processors = sorted(os.sched_getaffinity(0), reverse=True)
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return processors[worker % len(processors)]


class Machine:
    """A running kernel with its disks. ``line`` is the other end of its serial line ttyS0.

    ``more_lines`` are its own ends of ttyS1 and so on.

    The console goes to ``console``. A disk is a file, /dev/ubda the first; or two, as COPY,ORIGINAL:
    only the first is written to.
    """

    def __init__(
        self,
        disks: Sequence[str | Path],
        console: Path,
        memory: str = "512M",
        words: Sequence[str] = (),
        more_lines: Sequence[socket.socket] = (),
    ) -> None:
        self.line, theirs = socket.socketpair()
        place, lines = kernel(), [theirs, *more_lines]
        command = ["taskset", "--cpu-list", str(_processor())]
        command += [f"{place}/linux", f"mem={memory}", f"dtb={place}/board.dtb"]
        command += [f"ubd{number}={disk}" for number, disk in enumerate(disks)]
        command += ["root=/dev/ubda", "rw", "con=null", "ssl=null", "stderr=1", "console=stderr0"]
        command += [f"ssl{number}=fd:{line.fileno()}" for number, line in enumerate(lines)]
        command += ["console=tty0", "systemd.show_status=no", "panic=1", "umid=rig", *words]
        with ExitStack() as stack:
            log = stack.enter_context(console.open("ab"))
            for line in lines:
                stack.enter_context(line)
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[line.fileno() for line in lines],
                start_new_session=True,
                env={"TMPDIR": _MEMORY, "HOME": str(console.parent), "PATH": os.environ["PATH"]},
            )

    @property
    def alive(self) -> bool:
        """Return whether it is running."""
        return self._process.poll() is None

    def cut_power(self) -> None:
        """Kill all its processes at once; what the kernel had not written is lost."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self.wait()

    def wait(self, within: float = 60) -> None:
        """Wait until it has switched itself off."""
        try:
            self._process.wait(within)
        finally:
            self.line.close()

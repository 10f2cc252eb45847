"""The agent in the booted system: runs commands from the serial line, and answers.

A line of JSON comes, a line of JSON goes. What a command reads and prints are files in a folder
that both sides see: the line is slow. Nothing but the standard library: it runs on the guest's own
Python.
"""

import json
import os
import subprocess
import sys
import tty
from pathlib import Path
from typing import Any


def mount(folder: str) -> None:
    """Mount what the kernel's command line says is shared."""
    words = Path("/proc/cmdline").read_text().split()
    (shared,) = (word.partition("=")[2] for word in words if word.startswith("shared="))
    command = ["mount", "-t", "hostfs", "none", folder, "-o", shared]
    subprocess.run(command, check=True)


def run(order: dict[str, Any], folder: str) -> dict[str, Any]:
    """Run a command to its end, as root."""
    try:
        with (
            open(f"{folder}/in-{order['number']}", "rb") as given,
            open(f"{folder}/out-{order['number']}", "wb") as out,
            open(f"{folder}/err-{order['number']}", "wb") as err,
        ):
            done = subprocess.run(
                order["run"],
                stdin=given,
                stdout=out,
                stderr=err,
                timeout=order["timeout"],
                env={**os.environ, **order["env"]},
                check=False,
            )
    except (OSError, subprocess.TimeoutExpired) as fault:
        return {"fault": f"{type(fault).__name__}: {fault}"}
    return {"status": done.returncode}


def hold(lines: str) -> None:
    """Keep the serial lines open: UML reports interrupt errors when the last one is closed."""
    for number in range(1, 4):
        os.open(f"{lines}{number}", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)


def main(line: str, folder: str) -> None:
    """Serve for ever."""
    if not os.path.ismount(folder):
        mount(folder)
    hold(line.rstrip("0"))
    with open(line, "r+b", buffering=0) as wire:
        tty.setraw(wire.fileno())
        with open(os.dup(wire.fileno()), "rb") as orders:
            wire.write(b'{"hello": 1}\n')
            for order in orders:
                answer = json.dumps(run(json.loads(order), folder))
                wire.write(answer.encode() + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

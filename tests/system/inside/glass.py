"""A panel's other end: keeps what rig_bus recorded, and moves e-paper's BUSY line.

    glass.py RECORD [BUSY_LINE LEVEL CODE...]

After one of the command codes BUSY goes to LEVEL (1 or 0) for a moment.
"""

import struct
import sys
import threading
from pathlib import Path

_HEAD = struct.Struct("=QIHBB")  # struct heard of rig_bus.c
_MOMENT = 0.05  # seconds; real ink takes some hundreds of times as long
_LINES = Path("/sys/devices/platform/lines")


def busy(line: str, level: bool) -> None:
    """Move the line, and release it after a moment."""
    (pull,) = _LINES.glob(f"gpiochip*/sim_gpio{line}/pull")
    words = ("pull-down", "pull-up")
    pull.write_text(words[level])
    threading.Timer(_MOMENT, pull.write_text, [words[not level]]).start()


def main(record: str, line: str = "", level: str = "1", *codes: str) -> None:
    """Listen for ever."""
    commands = {bytes([int(code, 16)]) for code in codes}
    if line:
        (pull,) = _LINES.glob(f"gpiochip*/sim_gpio{line}/pull")
        pull.write_text("pull-up" if level == "0" else "pull-down")
    with open("/dev/rig_bus", "rb") as bus, open(record, "ab", buffering=0) as kept:
        while head := bus.read(_HEAD.size):
            *_, length, _place, _bus, data = _HEAD.unpack(head)
            heard = bus.read(length)
            kept.write(head + heard)
            if not data and heard in commands:
                busy(line, level == "1")


if __name__ == "__main__":
    main(*sys.argv[1:])

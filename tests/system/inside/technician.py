"""A technician at a terminal: runs a command, reads its questions, and types the answers.

    technician.py COMMAND... <STEPS

STEPS is a list in JSON, of steps with these keys: ``see``: the words that must come; ``check``: a
line of shell that must succeed then; ``type``: a line to type; ``again``: a line of shell that is
run every other second until the words of the next step come. Prints what was on the screen, and ends
with the command's exit code.
"""

import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time

_PATIENCE = 120.0  # seconds
_AGAIN = 2.0  # seconds


class Screen:
    """The terminal of the command."""

    def __init__(self, wire: int) -> None:
        self.wire, self.text, self.read = wire, "", 0
        fcntl.ioctl(wire, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))

    def wait_for(self, words: str, again: str) -> None:
        """Read until the words come."""
        end, next_time = time.monotonic() + _PATIENCE, 0.0
        while (at := self.text.find(words, self.read)) < 0:
            if again and time.monotonic() > next_time:
                subprocess.run(["sh", "-c", again], check=True)
                next_time = time.monotonic() + _AGAIN
            if time.monotonic() > end or not self.more():
                sys.exit(f"{self.text}\n--- {words!r} did not come")
        self.read = at + len(words)

    def more(self) -> bool:
        """Read what comes soon. Return whether anything may still come."""
        if select.select([self.wire], [], [], 0.2)[0]:
            try:
                data = os.read(self.wire, 65_536)
            except OSError:  # EIO: the command has ended
                return False
            self.text += data.decode(errors="replace").replace("\r\n", "\n")
        return True


def main(*command: str) -> int:
    """Do all the steps."""
    steps = json.load(sys.stdin)
    child, wire = pty.fork()
    if child == 0:
        os.execvp(command[0], command)
    screen, again = Screen(wire), ""
    for step in steps:
        screen.wait_for(step["see"], again)
        if "check" in step:
            subprocess.run(["sh", "-c", step["check"]], check=True)
        if "type" in step:
            os.write(wire, step["type"].encode() + b"\n")
        again = step.get("again", "")
    while screen.more():
        pass
    print(screen.text)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

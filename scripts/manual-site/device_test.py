"""The directive ``{device-test}``: a test of a device is run on its twin, with answers typed in."""

from __future__ import annotations

import fcntl
import os
import select
import struct
import termios
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from forked_command import PATIENCE, ForkedCommand
from kiosk_directives import WIDTH, ManualDirective
from sphinx.application import Sphinx

from kiosk.base.errors import ConfigError
from kiosk.simulator.twins.counter import SimulatedCounter
from kiosk.simulator.twins.pace import Pace
from kiosk.simulator.twins.replaced_hardware import replace_hardware
from kiosk.simulator.twins.simulation_folder import SimulationFolder

_QUESTION = "[y/n]: "
_REQUEST = "\n"  # the line that asks for a code or a total ends; the device may send


class DeviceTest(ManualDirective):
    """Tests a device of kiosk.yaml on its twin, and shows the dialog.

    The content is the dialog in English, for terminals; a build in English compares it.
    """

    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {
        "typed": directives.unchanged,  # an answer for each question; y if there are too few
        "scan": directives.unchanged,
        "key": directives.unchanged,
        "send": directives.unchanged,  # bytes, with escapes such as \r
        "exit": directives.nonnegative_int,
    }

    def run(self) -> list[nodes.Node]:
        if self.only_reads_text:
            return []
        folder = SimulationFolder(self.folder() / "twins")
        folder.devices.mkdir(parents=True, exist_ok=True)
        try:
            counter = SimulatedCounter(self.folder() / "kiosk.yaml", folder, 0, time.time)
        except ConfigError as error:
            raise self.error(str(error)) from error
        counter.before_start()
        try:
            text, code = self._dialog(counter)
        finally:
            for twin in counter.twins.values():
                twin.close()
        if code != self.options.get("exit", 0):
            raise self.error(f"kiosk test {self.argument}: exit code {code}\n{text}")
        command = f"$ sudo kiosk test {self.argument}"
        lines = [line for long in text.splitlines() for line in _wrapped(long)]
        if self.config.language == "en" and _words([command, *lines]) != _words(self.content):
            raise self.error("\n".join(["the dialog has changed:", command, *lines]))
        return [self.code("\n".join([command, *lines]), "console")]

    def _dialog(self, counter: SimulatedCounter) -> tuple[str, int]:
        """Run the test on a terminal; return what is on it, and the exit code."""
        words = ["test", self.argument, "-c", str(counter.config_file)]
        environ = counter.environ() | {"LANG": f"{self.config.language}.UTF-8", "PYTHONUTF8": "1"}
        with _on_terminal(words, counter.folder, environ) as (wire, test):
            answers = iter(self.options.get("typed", ""))
            text, read, end = "", 0, time.monotonic() + PATIENCE
            while time.monotonic() < end:
                if not select.select([wire], [], [], 1.0)[0]:
                    if text.endswith(_REQUEST) and read == 0:
                        self._send(counter)
                    continue
                try:
                    text += os.read(wire, 65_536).decode(errors="replace").replace("\r\n", "\n")
                except OSError:  # EIO: the test has ended
                    break
                if text.endswith(_QUESTION) and len(text) > read:
                    read = len(text)
                    os.write(wire, next(answers, "y").encode() + b"\n")
            return text, test.wait()

    def _send(self, counter: SimulatedCounter) -> None:
        """Let the first input send what the options say."""
        acts: dict[str, Callable[[Any, str], object]] = {
            "scan": lambda twin, code: twin.scan(code),
            "key": lambda twin, amount: twin.key(Decimal(amount)),
            "send": lambda twin, text: twin.send(text.encode().decode("unicode_escape").encode()),
        }
        twin = next(iter(counter.twins.values()))
        for name, act in acts.items():
            if name in self.options:
                act(twin, self.options[name])


@contextmanager
def _on_terminal(
    words: list[str], folder: SimulationFolder, environ: dict[str, str]
) -> Iterator[tuple[int, ForkedCommand]]:
    wire, device = os.openpty()
    fcntl.ioctl(device, termios.TIOCSWINSZ, struct.pack("HHHH", 24, WIDTH, 0, 0))
    test = ForkedCommand(
        words, folder.path, environ, device, device, lambda: replace_hardware(folder, Pace())
    )
    os.close(device)
    try:
        yield wire, test
    finally:
        test.kill()
        os.close(wire)


def _wrapped(line: str) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.wrap(
        line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _words(lines: Any) -> list[str]:
    return " ".join(lines).split()


def setup(app: Sphinx) -> dict[str, Any]:
    """Give Sphinx the directive."""
    app.add_directive("device-test", DeviceTest)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

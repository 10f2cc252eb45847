"""Commands of the kiosk, each in a copy of this process, which has imported what they need.

A page shows dozens of commands. To start Python and to import the kiosk takes much longer than to
fork a process that has done so.
"""

from __future__ import annotations

import importlib
import logging
import os
import pkgutil
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

import kiosk.cli

PATIENCE = 120  # seconds for a command; then it is killed


def import_all() -> None:
    """Import what commands need, so that no fork has to do it."""
    for module in pkgutil.walk_packages(kiosk.__path__, "kiosk."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def output_of(
    words: list[str], folder: Path, environ: Mapping[str, str], typed: str
) -> tuple[int, str]:
    """Run a command to its end; return its exit code, and all that it writes."""
    source, keyboard = os.pipe()
    screen, target = os.pipe()
    os.write(keyboard, typed.encode())
    os.close(keyboard)
    command = ForkedCommand(words, folder, environ, source, target)
    os.close(source)
    os.close(target)
    with open(screen, encoding="utf-8") as written:
        text = written.read()
    return command.wait(), text


class ForkedCommand:
    """``kiosk`` with these words, in a folder and an environment of its own.

    It reads ``source`` and writes to ``target``. ``before`` is called in the new process.
    """

    def __init__(
        self,
        words: list[str],
        folder: Path,
        environ: Mapping[str, str],
        source: int,
        target: int,
        before: Callable[[], None] = lambda: None,
    ) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        self._code: int | None = None
        self._pid = os.fork()
        if self._pid == 0:
            os._exit(_run(words, folder, environ, (source, target), before))

    def wait(self) -> int:
        """Wait for its end; return its exit code, negative for a signal."""
        if self._code is None:
            self._code = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        return self._code

    def kill(self) -> None:
        """Kill it if it has not ended."""
        if self._code is None:
            os.kill(self._pid, signal.SIGKILL)
            self.wait()


def _run(
    words: list[str],
    folder: Path,
    environ: Mapping[str, str],
    files: tuple[int, int],
    before: Callable[[], None],
) -> int:
    """Be the command; return its exit code. Never raises: the parent's work must not go on here."""
    try:
        _become(words, folder, environ, *files)
        before()
        kiosk.cli.main()
        code: object = 0
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code if isinstance(code, int) else 1


def _become(
    words: list[str], folder: Path, environ: Mapping[str, str], source: int, target: int
) -> None:
    """Take the streams, folder, environment and words of a program that has just been started."""
    os.setsid()
    signal.alarm(PATIENCE)
    for descriptor, place in ((source, 0), (target, 1), (target, 2)):
        os.dup2(descriptor, place)
    on_terminal = os.isatty(1)
    sys.stdin = open(0, encoding="utf-8", errors="surrogateescape")  # noqa: SIM115
    sys.stdout = open(1, "w", buffering=1 if on_terminal else -1, encoding="utf-8")  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace")  # noqa: SIM115
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    logging.root.handlers.clear()  # furo's colours log to the terminal
    logging.root.setLevel(logging.WARNING)
    sys.argv = ["kiosk", *words]
    sys.modules["__main__"].__package__ = None  # else the help would call it python -m sphinx

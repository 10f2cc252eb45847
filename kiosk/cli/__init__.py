"""The command ``kiosk``: what people type is in ``verbs``, what it does is in a file for each verb.

``README.md`` lists them. Exit 0: good. 1: the thing asked about is not well. 2: wrong usage or
configuration. 130: Ctrl-C.

This file imports only what Python itself has imported already, so that Ctrl-C is handled at once.
"""

# ruff: noqa: PLC0415 - only what the command needs is imported

from __future__ import annotations

import gc
import os
import signal
import sys

# httpx imports its own command line (with rich, click and pygments) and httpcore imports trio (for
# our tests) if they are installed, and both work without. None in sys.modules says that a
# module is not there: see "The module cache" in the Python reference.
LEFT_OUT: dict[str, None] = {"httpx._main": None, "trio": None}

# Where Debian has them. Otherwise Python looks up how it was built, because pydantic imports the
# module zoneinfo: 0.2 MiB.
TIME_ZONES = "/usr/share/zoneinfo"

# A start makes 300,000 objects and drops few of them, so Python does not collect garbage meanwhile.
# The daemon lets it do so again as soon as it is READY.
NEW_OBJECTS = 500_000

INTERRUPTED = 130  # the exit code that shells give to a program that Ctrl-C has ended


def main() -> None:
    """Run the command line, in the language of the person who types."""
    signal.signal(signal.SIGINT, _end)
    _make_streams_usable()
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"  # to look for them takes 5 ms
    sys.modules.update(LEFT_OUT)  # type: ignore[arg-type]
    os.environ.setdefault("PYTHONTZPATH", TIME_ZONES)
    gc.set_threshold(NEW_OBJECTS)
    match sys.argv[1:]:
        case ["run", "-c" | "--config", file]:  # as systemd starts the daemon, which needs no typer
            from kiosk.base.lazy_modules import load_when_used

            load_when_used()  # before anything imports these modules

            from pathlib import Path

            from kiosk.cli.run import run

            run(Path(file))
        case _:
            from kiosk.base.language import language_of, speak
            from kiosk.cli.verbs import app

            speak(language_of(os.environ))
            app()


def _make_streams_usable() -> None:
    """Let nothing fail because a stream is closed, as by ``<&-``, or lacks a character.

    A closed stream gets /dev/null, so that no other file gets its number. A terminal or a file in
    an old encoding gets a ``?`` in place of what it can't show.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
        elif name != "stdin" and stream.errors == "strict":
            stream.reconfigure(errors="replace")


def _end(_number: int, _frame: object) -> None:
    """End the command at Ctrl-C. What it has open is closed on the way out."""
    sys.exit(INTERRUPTED)

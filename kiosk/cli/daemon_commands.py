"""How a command writes to the journal: through the running daemon, or by itself if none runs."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import anyio
import typer

from kiosk.base.environment import Environment
from kiosk.base.errors import JournalFailed, JournalRefused
from kiosk.base.language import _, mark, system_reason
from kiosk.cli.common import fail
from kiosk.cli.sale_records import read_journal
from kiosk.config import Config
from kiosk.inputs.transport.sockets import connect_unix
from kiosk.journal import Journal
from kiosk.shell.command_socket import beside
from kiosk.shell.commands import Command

TRIED_FOR = 15.0  # seconds; a kiosk that starts or reloads listens again by then
TRY_EVERY = 0.2  # seconds
ANSWERED_WITHIN = 60.0  # seconds; a slow card may need some of them

_RESTART = mark(
    "run the command again, and if this stays so, restart the kiosk: sudo systemctl restart kiosk"
)


class _NobodyListens(Exception):
    """There is no socket, or the process that made it has ended."""


class _AnswerLost(Exception):
    """The daemon ended after it got the command: it may have written it."""


def carry_out(settings: Config, command: Command) -> str:
    """Let the journal be written; return why that was refused, or an empty text.

    Exit with 1 if nobody can write it. A kiosk that has the journal and does not listen may be
    starting, so it is tried again for some seconds.
    """
    return anyio.run(_carry_out, settings, command)


def tell_daemon(settings: Config, command: Command) -> str:
    """Tell the running kiosk; return why that is not possible, or an empty text."""
    try:
        return _by_daemon(beside(settings.service.status_file), command)
    except _NobodyListens:
        return _("the kiosk is not running")
    except _AnswerLost:
        return _("the kiosk has stopped")
    except typer.Exit:
        return _("the kiosk did not get the command")


async def _carry_out(settings: Config, command: Command) -> str:
    path = beside(settings.service.status_file)
    lost, trouble = False, ""
    with anyio.move_on_after(TRIED_FOR):
        while True:
            try:
                refused = _ask_anybody(settings, path, command)
                return "" if lost and _is_written(settings, command) else refused
            except _AnswerLost:
                lost = True
            except JournalRefused as failure:
                trouble = f"{failure}; "
            except JournalFailed as failure:
                fail(failure)
            await anyio.sleep(TRY_EVERY)
    return fail(
        _(
            "{trouble}{path}: no kiosk answers there; {restart}",
            trouble=trouble,
            path=path,
            restart=_(_RESTART),
        )
    )


def _ask_anybody(settings: Config, path: Path, command: Command) -> str:
    """Write it through the daemon, or by itself under the journal's lock."""
    try:
        return _by_daemon(path, command)
    except _NobodyListens:
        journal, clock = settings.journal, Environment().wall_clock
        with closing(Journal.open(journal.path, clock, journal.keep)) as opened:
            return command.write(opened)


def _by_daemon(path: Path, command: Command) -> str:
    """Send the command to the daemon, and return its answer."""
    try:
        daemon = connect_unix(path, ANSWERED_WITHIN)
    except (FileNotFoundError, ConnectionRefusedError):
        raise _NobodyListens from None
    except OSError as error:
        fail(
            _(
                "{path}: the running kiosk can't be asked ({reason}); run the command as root, "
                "with sudo",
                path=path,
                reason=system_reason(error),
            )
        )
    try:
        with daemon, daemon.makefile("rb") as answers:
            daemon.sendall(command.model_dump_json().encode() + b"\n")
            return str(json.loads(answers.readline())["refused"])
    except TimeoutError:
        fail(
            _(
                "{path}: the running kiosk does not answer; {restart}",
                path=path,
                restart=_(_RESTART),
            )
        )
    except (OSError, ValueError):
        raise _AnswerLost from None


def _is_written(settings: Config, command: Command) -> bool:
    return read_journal(settings.journal.path, command.is_written)

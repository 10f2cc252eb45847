"""The last step: everything is written together, and a first sale is tried."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import anyio
import typer

from kiosk.base.environment import Environment
from kiosk.base.language import _, system_reason
from kiosk.box.storage import existing
from kiosk.cli.common import fail
from kiosk.cli.first_start.file_batch import NewFile, write_together
from kiosk.cli.first_start.interview import Interview
from kiosk.cli.migration_checklist import check_order
from kiosk.config.sections import Config
from kiosk.orders.account.token import TokenSettings
from kiosk.service.units import drop_ins


def refuse_what_is_read_only(config: Path) -> None:
    """End the command at once if the configuration can't be written at its end."""
    folder = existing(config.parent)
    if not os.access(folder, os.W_OK):
        fail(
            _(
                "{folder} can't be written; run: sudo kiosk setup; if its disk is read-only, "
                "first run: sudo mount -o remount,rw /",
                folder=folder,
            )
        )


def changed_files(
    config: Path, root: Path, text: str, settings: Config, token: NewFile | None
) -> list[NewFile]:
    """Return the files to write: token, units, the old configuration, and the configuration last.

    It is the last one, so that a power cut between two files leaves the old counter.
    """
    files = [token] if token else []
    files += [NewFile(root / name, unit) for name, unit in drop_ins(settings.permissions()).items()]
    with suppress(OSError, UnicodeDecodeError):
        old = config.read_text("utf-8")
        if old != text:
            files.append(NewFile(config.with_name(f"{config.name}.before-setup"), old))
    return [file for file in (*files, NewFile(config, text)) if file.differs()]


def print_files(files: Sequence[NewFile]) -> None:
    """Print what would be written, without the token."""
    for file in files:
        text = _("(the token)") if file.mode is not None else file.text
        typer.echo(f"# {file.path}\n{text}")


def as_data(files: Sequence[NewFile], *, written: bool) -> dict[str, object]:
    """Return for programs what changes, without the token."""
    shown = [
        {"path": str(file.path), "text": None if file.mode is not None else file.text}
        for file in files
    ]
    return {"written": written, "files": shown}


def write_files(interview: Interview, files: Sequence[NewFile]) -> None:
    """Write all files, or end the command with nothing changed."""
    try:
        write_together(files)
    except OSError as error:
        fail(
            _(
                "{path}: {reason}; nothing was changed; run as root, with free space: sudo kiosk "
                "setup",
                path=error.filename or files[-1].path,
                reason=system_reason(error),
            )
        )
    for file in files:
        interview.say(_("{path}: written", path=file.path))
    if not files:
        interview.say(_("Nothing has changed."))


def sell_for_a_test(interview: Interview, settings: Config, place: Path | None) -> None:
    """Create, read and cancel a small order, with the token in its place."""
    question = _("Make a test sale? Nobody pays it, and it is canceled at once.")
    if not interview.is_so(question, default=True):
        return
    token = TokenSettings(file=str(place)) if place else settings.orders.token
    items = anyio.run(
        check_order,
        settings.orders.model_copy(update={"token": token}),
        settings.kiosk.currency,
        f"setup-{secrets.token_hex(4)}",
        Environment(),
    )
    for item in items:
        interview.say(f"{item.what}: {item.why}")
    if any(item.ticked is False for item in items):
        fail(_("the test sale has failed; everything is written; run: kiosk doctor"))

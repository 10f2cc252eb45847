"""What this computer lacks for the counter: a disk that keeps the journal, space, a right clock."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from kiosk.base.language import _
from kiosk.box.clock import is_behind, written_at
from kiosk.box.storage import free_bytes, mount_of
from kiosk.config.fault import ConfigFault, dotted
from kiosk.config.sections import Config
from kiosk.config.settings_models import walk_values
from kiosk.config.yaml_tree import Document

LEAST_FREE = 100_000_000  # bytes; 100,000 sales need about as much
# Folders that are in memory on each Raspberry Pi OS and Debian, whatever computer this is.
_ALWAYS_IN_MEMORY = (Path("/run"), Path("/dev/shm"), Path("/var/run"))  # noqa: S108 - named, not used
_JOURNAL = ("journal", "path")


def check_journal_place(config: Config, document: Document) -> Iterator[ConfigFault]:
    """Yield a fault if the journal is where every power cut deletes it."""
    path = Path(os.path.normpath(config.journal.path))
    if any(path.is_relative_to(folder) for folder in _ALWAYS_IN_MEMORY):
        message = _(
            "{path} is in memory, so a power cut loses every sale; write "
            "/var/lib/kiosk/journal.sqlite3",
            path=path,
        )
        place = document.values.get(_JOURNAL) or document.place(_JOURNAL)
        yield ConfigFault(place, "journal.path", message)


def check_paths(config: Config, document: Document) -> Iterator[ConfigFault]:
    """Yield a fault for each path that only a shell understands, and for a journal in a folder."""
    for path, _field, text in walk_values(type(config), document.tree):
        if isinstance(text, str) and text.startswith("~/") and path[:2] != ("orders", "token"):
            message = _(
                "{text!r}: only a shell knows ~; write the whole path, such as /home/pi/{rest}",
                text=text,
                rest=text[2:],
            )
            yield ConfigFault(
                document.values.get(path) or document.place(path), dotted(path), message
            )
    if config.journal.path.is_dir():
        message = _(
            "{path} is a folder; write a file in it, such as {path}/journal.sqlite3",
            path=config.journal.path,
        )
        yield ConfigFault(
            document.values.get(_JOURNAL) or document.place(_JOURNAL), "journal.path", message
        )


def check_computer(
    config: Config, root: Path = Path("/"), now: float | None = None
) -> Iterator[str]:
    """Yield a sentence for each fault of the disk and of the clock."""
    path = config.journal.path
    mount = mount_of(path, root)
    if (
        mount
        and mount.in_memory
        and not any(path.is_relative_to(folder) for folder in _ALWAYS_IN_MEMORY)
    ):
        yield _(
            "journal.path: {path} is in memory ({kind}), so a power cut loses every sale; choose "
            "a folder on the card or on a disk",
            path=path,
            kind=mount.kind,
        )
    elif mount and mount.read_only:
        yield _(
            "journal.path: nothing can be written to {place}; run: sudo mount -o remount,rw "
            "{place}",
            place=mount.place,
        )
    free = free_bytes(path)
    if free is not None and free < LEAST_FREE:
        yield _(
            "journal.path: {free:.0f} MB are free at {path}; make room for 100 MB or more",
            free=free / 1e6,
            path=path,
        )
    if config.fleet and find_spec("mqtt5") is None:
        yield _("fleet: the package mqtt5 is not installed; run: pip install 'kiosk[fleet]'")
    if is_behind(time.time() if now is None else now, written_at()):
        yield _(
            "clock: this computer's clock shows a time before the kiosk was installed, and no "
            "certificate is valid then; run: sudo timedatectl set-ntp true"
        )

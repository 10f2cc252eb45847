"""The counter's own files: its configuration, its journal, the room for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from kiosk.base.errors import ConfigError, JournalFailed
from kiosk.base.language import _, mark, ngettext
from kiosk.box.finding import Finding, Page, bad, good, only_root, warn
from kiosk.box.storage import existing, free_bytes, mount_of
from kiosk.box.system import System
from kiosk.config import Config
from kiosk.config.computer_checks import LEAST_FREE
from kiosk.config.judgement import Judgement
from kiosk.journal import Journal

CONFIGURATION, JOURNAL, SPACE = mark("configuration"), mark("journal"), mark("free space")
_FULL = 10_000_000  # bytes; with less, the next sales may not be written


def unreadable_file(file: Path, error: ConfigError) -> Finding:
    """Return the finding about a configuration that can't be read at all."""
    fix = _("write the configuration to {file}", file=file)
    return bad(CONFIGURATION, str(error), fix, Page.SETTINGS)


def counter_findings(file: Path, judgement: Judgement, system: System) -> Iterator[Finding]:
    """Yield the findings about the files of this counter."""
    yield _configuration(file, judgement)
    if config := judgement.checked.config:
        yield _journal(config, system)
        yield _space(config)


def _configuration(file: Path, judgement: Judgement) -> Finding:
    fix = _("run: kiosk check {file}", file=file)
    if faults := judgement.faults:
        number = len(faults)
        said = ngettext(
            "{file} has {number} fault, so the counter can't sell: {first}",
            "{file} has {number} faults, so the counter can't sell; the first: {first}",
            number,
            file=file,
            first=f"{faults[0].key}: {faults[0].message}",
        )
        return bad(CONFIGURATION, said, fix, Page.SETTINGS)
    if warnings := (*judgement.doubts, *judgement.warnings):
        said = ngettext(
            "{file} has {number} warning: {first}",
            "{file} has {number} warnings; the first: {first}",
            len(warnings),
            file=file,
            first=f"{warnings[0].key}: {warnings[0].message}",
        )
        return warn(CONFIGURATION, said, fix, Page.SETTINGS)
    return good(CONFIGURATION, _("{file} has no faults", file=file))


def _journal(config: Config, system: System) -> Finding:
    path = config.journal.path
    page = Page.CODES
    mount = mount_of(path, system.root)
    if mount and mount.read_only:
        fix = _("run: sudo mount -o remount,rw {place}", place=mount.place)
        return bad(
            JOURNAL, _("nothing can be written to {path}, so no sale begins", path=path), fix, page
        )
    if mount and mount.in_memory:
        said = _("{path} is in memory, so a power cut loses every sale", path=path)
        return bad(JOURNAL, said, _("put journal.path on the card or on a disk"), page)
    if not _is_visible(path):
        return only_root(JOURNAL)
    if not path.exists():
        return good(JOURNAL, _("{path} is not there yet; the first start makes it", path=path))
    return _readable_journal(path, page)


def _is_visible(path: Path) -> bool:
    """Return whether this user may read the file, or see that it is not there."""
    if not os.access(existing(path.parent), os.R_OK | os.X_OK):
        return False
    return not path.exists() or os.access(path, os.R_OK)


def _readable_journal(path: Path, page: str) -> Finding:
    try:
        journal = Journal.open_read_only(path)
    except JournalFailed as error:
        return bad(JOURNAL, str(error), _("look at the log: journalctl -u kiosk"), page)
    try:
        unreadable = len(journal.problems())
        waiting = len(journal.set_aside())
    except JournalFailed as error:
        return bad(JOURNAL, str(error), _("look at the log: journalctl -u kiosk"), page)
    finally:
        journal.close()
    if unreadable:
        said = ngettext("{number} sale can't be read", "{number} sales can't be read", unreadable)
        return bad(JOURNAL, said, _("run: kiosk status, and decide each with kiosk orders settle"))
    if waiting:
        said = ngettext(
            "{number} sale is set aside: nobody knows how it ended",
            "{number} sales are set aside: nobody knows how they ended",
            waiting,
        )
        return warn(JOURNAL, said, _("run: kiosk orders list --outcome set-aside"), page)
    return good(JOURNAL, _("every sale in {path} can be read", path=path))


def _space(config: Config) -> Finding:
    path = config.journal.path
    free = free_bytes(path)
    if free is None:
        return warn(SPACE, _("it is not known at {path}", path=path), _("run: df -h"))
    said = _("{free:.0f} MB are free at {path}", free=free / 1e6, path=path)
    fix = _("make room for 100 MB or more: sudo journalctl --vacuum-size=50M && sudo apt clean")
    if free < _FULL:
        return bad(SPACE, said, fix, Page.CODES)
    return warn(SPACE, said, fix, Page.CODES) if free < LEAST_FREE else good(SPACE, said)

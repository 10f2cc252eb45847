"""Waits until a file may have changed, by inotify(7): a computer at rest is not woken for nothing.

Linux does not report what another computer does on a network share, nor that something is mounted
over the folder. So whoever waits must also look at the file from time to time.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

import anyio

# Bits of <sys/inotify.h>. The folder reports that a file is put in the place of the old one; the
# file itself, which may be a link to another folder, reports that it is written.
_IN_FOLDER = 0x40 | 0x80 | 0x100 | 0x200  # moved from, moved to, created, deleted
_IN_FILE = 0x02 | 0x04 | 0x08 | 0x400 | 0x800  # modified, attributes, closed, deleted, moved

_libc = ctypes.CDLL(None, use_errno=True)


class FileWatch:
    """Notices changes from the moment at which it is made. ``works`` is False if it can't."""

    def __init__(self, file: Path) -> None:
        """Watch the file and its folder; either may be missing."""
        self._descriptor = _libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
        self.works = self._add(file.parent, _IN_FOLDER)
        self._add(file, _IN_FILE)

    async def changed(self) -> None:
        """Return when the file may have changed; wait for ever if that can't be noticed."""
        if not self.works:
            await anyio.sleep_forever()
        await anyio.wait_readable(self._descriptor)

    def close(self) -> None:
        """End it."""
        if self._descriptor >= 0:
            os.close(self._descriptor)

    def _add(self, path: Path, events: int) -> bool:
        return bool(_libc.inotify_add_watch(self._descriptor, os.fsencode(path), events) >= 0)

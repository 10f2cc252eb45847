"""What the system's complaints about the journal's file mean, and what to do about them."""

from __future__ import annotations

import errno
import sqlite3

_FULL = "the disk is full; free space on it"
_DENIED = "no permission; give its folder to the kiosk's user, as in: sudo chown -R kiosk: FOLDER"
_READ_ONLY = "its disk can't be written to; mount it for writing, or set journal.path"
_BROKEN = "the disk can't be read or written; look for its trouble in dmesg, and change the card"

_OF_THE_SYSTEM = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.EROFS: _READ_ONLY,
    errno.EIO: _BROKEN,
}
# SQLite's primary result codes; the extended ones have them in their low byte.
_OF_SQLITE = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_CANTOPEN: _DENIED,
    sqlite3.SQLITE_PERM: _DENIED,
    sqlite3.SQLITE_READONLY: _DENIED,
    sqlite3.SQLITE_IOERR: _BROKEN,
}


def explain(error: sqlite3.Error | OSError) -> str:
    """Return the error's own words, and what to do, where that is known."""
    if isinstance(error, OSError):
        remedy = _OF_THE_SYSTEM.get(error.errno or 0)
        return f"{error.strerror}: {remedy}" if remedy else str(error)
    remedy = _OF_SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    return f"{error}: {remedy}" if remedy else str(error)

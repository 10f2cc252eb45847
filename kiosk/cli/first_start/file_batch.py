"""Files that are written together: all of them, or none."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from kiosk.base import atomic_file
from kiosk.base.frozen import frozen


@frozen
class NewFile:
    """A file to write. ``mode`` is for a file that does not exist yet; None: as the umask says."""

    path: Path
    text: str
    mode: int | None = None

    def differs(self) -> bool:
        """Return whether the file is not there yet in this form."""
        try:
            return self.path.read_bytes() != self.text.encode() or self._is_too_open()
        except OSError:
            return True

    def _is_too_open(self) -> bool:
        return self.mode is not None and self.path.stat().st_mode & 0o777 & ~self.mode != 0


def write_together(files: Sequence[NewFile]) -> None:
    """Write all files; the last one is in place last. Raises OSError, and then nothing is changed.

    First every file is complete on the disk, under another name. Only then are they renamed, while
    Ctrl-C waits.
    """
    drafts: list[tuple[Path, Path]] = []
    folders: list[Path] = []
    try:
        for file in files:
            path = Path(os.path.realpath(file.path))  # a link stays one
            folders += _make_folders(path.parent)
            drafts.append((path.with_name(f"{path.name}.setup"), path))
            _write_draft(*drafts[-1], file)
        with _signals_wait():
            for draft, path in drafts:
                os.replace(draft, path)
                atomic_file.flush(path.parent)
    except BaseException:
        for draft, _path in drafts:
            with suppress(OSError):
                draft.unlink()
        for folder in reversed(folders):
            with suppress(OSError):
                folder.rmdir()
        raise


def _write_draft(draft: Path, path: Path, file: NewFile) -> None:
    """Write the file under another name, with the owner and the mode of the old one."""
    if path.is_dir():
        raise IsADirectoryError(21, os.strerror(21), str(path))
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
        try:
            old = path.stat()
            mode = old.st_mode & 0o777
            with suppress(PermissionError):
                os.fchown(opened.fileno(), old.st_uid, old.st_gid)
        except FileNotFoundError:
            mode = 0o644
        os.fchmod(opened.fileno(), mode if file.mode is None else file.mode)
        opened.write(file.text.encode())
        opened.flush()
        os.fsync(opened.fileno())


def _make_folders(folder: Path) -> list[Path]:
    """Make the folder, and return those that were made, the outermost first."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


@contextmanager
def _signals_wait() -> Iterator[None]:
    waiting = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    signal.pthread_sigmask(signal.SIG_BLOCK, waiting)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, waiting)

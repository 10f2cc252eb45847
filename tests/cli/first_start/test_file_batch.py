"""Files that are written together: all of them, or none."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.cli.first_start.file_batch import NewFile, write_together


@contextmanager
def disk_that_takes_nothing() -> Iterator[None]:
    """Let every write to a file fail, as on a full disk."""
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, old[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_a_secret_is_never_readable_by_others(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("old")
    secret.chmod(0o644)
    write_together([NewFile(secret, "new", 0o600), NewFile(tmp_path / "a/b", "text")])
    assert (secret.read_text(), secret.stat().st_mode & 0o777) == ("new", 0o600)
    assert (tmp_path / "a/b").read_text() == "text"
    assert names(tmp_path) == {"token", "a", "a/b"}


def test_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("old")
    files = [NewFile(tmp_path / "one", "new"), NewFile(tmp_path / "made/two", "new")]
    with disk_that_takes_nothing(), pytest.raises(OSError, match="File too large"):
        write_together(files)
    assert names(tmp_path) == {"one"}
    assert (tmp_path / "one").read_text() == "old"


def test_one_file_that_cannot_be_written_keeps_all_from_being_written(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    files = [NewFile(tmp_path / "new/one", "1"), NewFile(tmp_path / "folder", "2")]
    with pytest.raises(IsADirectoryError):
        write_together(files)
    assert names(tmp_path) == {"folder"}


def test_a_link_stays_a_link_and_the_mode_stays(tmp_path: Path) -> None:
    real = tmp_path / "real.yaml"
    real.write_text("old")
    real.chmod(0o640)
    (tmp_path / "link.yaml").symlink_to(real)
    write_together([NewFile(tmp_path / "link.yaml", "new")])
    assert (tmp_path / "link.yaml").is_symlink()
    assert (real.read_text(), real.stat().st_mode & 0o777) == ("new", 0o640)

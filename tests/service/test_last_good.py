"""The copy of the last good configuration: durable, and written only when there is news."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kiosk.service import last_good


def test_it_stands_beside_the_journal_for_the_kiosk_and_its_group(tmp_path: Path) -> None:
    copy = last_good.beside(tmp_path / "journal.sqlite3")
    last_good.keep(copy, b"kiosk: {}\n")
    assert copy == tmp_path / "kiosk.yaml.good"
    assert copy.read_bytes() == b"kiosk: {}\n"
    assert copy.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [copy]


def test_the_same_again_is_not_written_again(tmp_path: Path) -> None:
    copy = tmp_path / "kiosk.yaml.good"
    last_good.keep(copy, b"first")
    before = copy.stat().st_ino
    last_good.keep(copy, b"first")
    assert copy.stat().st_ino == before
    last_good.keep(copy, b"second")
    assert copy.read_bytes() == b"second"


def test_a_draft_that_a_power_cut_left_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "kiosk.yaml.good.new").write_bytes(b"half a dra")
    last_good.keep(tmp_path / "kiosk.yaml.good", b"whole")
    assert os.listdir(tmp_path) == ["kiosk.yaml.good"]


def test_a_full_disk_leaves_the_old_copy(tmp_path: Path) -> None:
    copy = tmp_path / "kiosk.yaml.good"
    last_good.keep(copy, b"old")
    (tmp_path / "kiosk.yaml.good.new").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        last_good.keep(copy, b"new")
    assert copy.read_bytes() == b"old"

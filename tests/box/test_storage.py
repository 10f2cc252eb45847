"""The disks of a system that is a folder of files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kiosk.box.storage import card_errors, existing, free_bytes, mount_of, mounts

PI = """\
/dev/mmcblk0p2 / ext4 rw,noatime 0 0
tmpfs /run tmpfs rw,nosuid,nodev,size=95000k,mode=755 0 0
/dev/mmcblk0p1 /boot/firmware vfat ro,relatime 0 0
/dev/sda1 /media/my\\040stick ext4 rw 0 0
"""
OVERLAY = (
    "overlay / overlay rw,relatime,lowerdir=/media/root-ro,upperdir=/media/root-rw/overlay 0 0\n"
)


def system(root: Path, table: str) -> Path:
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/mounts").write_text(table)
    return root


@pytest.mark.parametrize(
    ("path", "source", "in_memory", "read_only"),
    [
        ("/var/lib/kiosk/journal.sqlite3", "/dev/mmcblk0p2", False, False),
        ("/run/kiosk/journal.sqlite3", "tmpfs", True, False),
        ("/runner/journal.sqlite3", "/dev/mmcblk0p2", False, False),
        ("/boot/firmware/../../run/x", "tmpfs", True, False),
        ("/boot/firmware/config.txt", "/dev/mmcblk0p1", False, True),
        ("/media/my stick/x", "/dev/sda1", False, False),
    ],
)
def test_each_path_is_on_one_file_system(
    tmp_path: Path, path: str, source: str, in_memory: bool, read_only: bool
) -> None:
    mount = mount_of(Path(path), system(tmp_path, PI))
    assert mount
    assert (mount.source, mount.in_memory, mount.read_only) == (source, in_memory, read_only)


def test_the_last_of_two_mounts_at_one_place_counts(tmp_path: Path) -> None:
    mount = mount_of(Path("/run/x"), system(tmp_path, PI + "/dev/sdb1 /run ext4 rw 0 0\n"))
    assert mount
    assert mount.source == "/dev/sdb1"


def test_raspi_configs_overlay_keeps_nothing(tmp_path: Path) -> None:
    mount = mount_of(Path("/var/lib/kiosk"), system(tmp_path, OVERLAY))
    assert mount
    assert mount.in_memory


def test_the_overlay_of_a_container_keeps_what_is_written(tmp_path: Path) -> None:
    table = "overlay / overlay rw,lowerdir=/a:/b,upperdir=/var/lib/docker/overlay2/x/diff 0 0\n"
    mount = mount_of(Path("/var/lib/kiosk"), system(tmp_path, table))
    assert mount
    assert not mount.in_memory


def test_a_system_without_a_list_and_lines_that_are_cut_off(tmp_path: Path) -> None:
    assert mount_of(Path("/var"), tmp_path) is None
    assert mounts(system(tmp_path, "/dev/mmcblk0p2 /\n\nx\n")) == []


def test_free_space_is_that_of_the_nearest_folder(tmp_path: Path) -> None:
    here = os.statvfs(tmp_path)
    path = tmp_path / "not/yet/there"
    assert existing(path) == tmp_path
    assert free_bytes(path, statvfs=lambda _: here) == here.f_bavail * here.f_frsize


def test_a_disk_that_does_not_answer_has_an_unknown_space(tmp_path: Path) -> None:
    def broken(path: Path) -> os.statvfs_result:
        raise OSError(5, "Input/output error", str(path))

    assert free_bytes(tmp_path, statvfs=broken) is None


def test_errors_of_the_card_are_counted_by_device(tmp_path: Path) -> None:
    for device, text in {"mmcblk0p2": "3\n", "sda1": "0\n", "sdb1": "?\n"}.items():
        (tmp_path / "sys/fs/ext4" / device).mkdir(parents=True)
        (tmp_path / "sys/fs/ext4" / device / "errors_count").write_text(text)
    assert card_errors(tmp_path) == {"mmcblk0p2": 3}
    assert card_errors(tmp_path / "elsewhere") == {}

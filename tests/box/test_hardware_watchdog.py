"""The hardware watchdog: which file of systemd has the last word, and who feeds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.box.hardware_watchdog import hardware_watchdog
from kiosk.box.system import System

OURS = "usr/local/lib/systemd/system.conf.d/kiosk-watchdog.conf"


@pytest.mark.parametrize(
    ("files", "is_wanted", "last"),
    [
        ({}, False, None),
        ({OURS: "RuntimeWatchdogSec=10s"}, True, OURS),
        ({OURS: "RebootWatchdogSec=2min"}, False, None),
        ({OURS: "#RuntimeWatchdogSec=10s"}, False, None),
        ({"etc/systemd/system.conf": "RuntimeWatchdogSec=0", OURS: "RuntimeWatchdogSec=10s"},
         True, OURS),
        ({"etc/systemd/system.conf": "RuntimeWatchdogSec=1min"}, True, "etc/systemd/system.conf"),
        ({"etc/systemd/system.conf": "", "usr/lib/systemd/system.conf": "RuntimeWatchdogSec=9"},
         False, None),
        ({OURS: "RuntimeWatchdogSec=10s", "etc/systemd/system.conf.d/a.conf": "RuntimeWatchdogSec=0"},
         True, OURS),  # by their names, not by their folders
        ({OURS: "RuntimeWatchdogSec=10s", "etc/systemd/system.conf.d/z.conf": "RuntimeWatchdogSec="},
         False, "etc/systemd/system.conf.d/z.conf"),
        ({OURS: "RuntimeWatchdogSec=10s",
          "etc/systemd/system.conf.d/kiosk-watchdog.conf": "RuntimeWatchdogSec=off"},
         False, "etc/systemd/system.conf.d/kiosk-watchdog.conf"),  # it stands for ours
    ],
)  # fmt: skip
def test_the_last_file_of_systemd_counts(
    tmp_path: Path, files: dict[str, str], is_wanted: bool, last: str | None
) -> None:
    for place, value in files.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(f"# a comment\n[Manager]\n{value}\n")
    seen = hardware_watchdog(System(tmp_path))
    assert (seen.is_wanted, seen.set_in) == (is_wanted, Path("/", last) if last else None)


@pytest.mark.parametrize(
    ("holder", "is_root", "is_fed"),
    [(1, True, True), (77, True, False), (None, True, False), (None, False, None)],
)
def test_without_a_state_in_sys_systemd_feeds_it_if_it_has_it_open(
    tmp_path: Path, holder: int | None, is_root: bool, is_fed: bool | None
) -> None:
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/watchdog0").touch()
    if holder:
        opened = tmp_path / f"proc/{holder}/fd"
        opened.mkdir(parents=True)
        (opened / "30").symlink_to("/dev/watchdog0")
    seen = hardware_watchdog(System(tmp_path, is_root=is_root))
    assert (seen.exists, seen.is_fed) == (True, is_fed)


def test_a_computer_without_one(tmp_path: Path) -> None:
    assert not hardware_watchdog(System(tmp_path)).exists

"""The systemd of the next Debian accepts our units and rules."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.system.rig import image
from tests.systemd.every_driver import all_needs
from tests.systemd.unit_file import UNITS, laid_out

pytestmark = pytest.mark.skipif(bool(image.why_not()), reason=image.why_not() or "")


@pytest.fixture(scope="module")
def trixie(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return image.unpack(image.TRIXIE, tmp_path_factory.mktemp("trixie") / "root")


def said(root: Path, *command: str) -> str:
    done = subprocess.run(
        ["chroot", str(root), *command], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def test_systemd_finds_nothing_to_say_about_the_units(trixie: Path, tmp_path: Path) -> None:
    units = laid_out(tmp_path, all_needs())
    shutil.copytree(tmp_path, trixie / tmp_path.relative_to("/"))
    assert said(trixie, "systemd-analyze", "--version").startswith("systemd 257")
    assert said(trixie, "systemd-analyze", "verify", *map(str, units)) == ""


def test_udev_finds_nothing_to_say_about_the_rules(trixie: Path) -> None:
    rules = "/etc/udev/rules.d/71-kiosk.rules"
    shutil.copy(UNITS / "71-kiosk.rules", trixie / rules.lstrip("/"))
    shutil.copy(UNITS / "kiosk.sysusers", trixie / "usr/lib/sysusers.d/kiosk.conf")
    said(trixie, "systemd-sysusers")  # the rules name groups of ours
    verdict = said(trixie, "udevadm", "verify", "--no-style", rules)
    assert "Success: 1" in verdict
    assert "Fail:    0" in verdict
    assert rules not in verdict.replace(f"{rules}: udev rules check", "")

"""What the installer makes of what it finds: releases, folders, another Python, its own package."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.installer.releaser import INSTALLER

PARTS = ("say", "paths", "durable", "lock", "preflight", "source", "packages", "packaged", "release",
         "system", "trial", "service")  # fmt: skip
GOOD_PYTHON = "#!/bin/sh\nexit 0\n"
# What the environment of a release is after an upgrade of Debian: its packages are not found.
OTHER_PYTHON = "#!/bin/sh\necho No module named kiosk >&2\nexit 1\n"


class Standing:
    """A computer on which releases stand."""

    def __init__(self, root: Path) -> None:
        self.root, self.opt = root, root / "opt/kiosk"
        (root / "etc").mkdir()
        self.set_up = ""  # a line of bash

    def has(self, name: str, *links: str, python: str = GOOD_PYTHON) -> None:
        """Put a whole release there."""
        release = self.opt / "releases" / name
        for folder in ("bin", "share"):
            (release / folder).mkdir(parents=True)
        (release / "whole").touch()
        (release / "share/made-from").write_text(f"{name.partition('-')[0]} 0123\n")
        (release / "bin/python").write_text(python)
        (release / "bin/python").chmod(0o755)
        for link in links:
            (self.opt / link).symlink_to(f"releases/{name}")

    def says(self, function: str, **values: str) -> subprocess.CompletedProcess[str]:
        """Run a function of the installer."""
        values = {
            "opt": f"{self.opt}",
            "releases": f"{self.opt}/releases",
            "refused": f"{self.opt}/refused",
            "etc": f"{self.root}/etc",
            "here": str(INSTALLER.parents[1]),
            "installer_lock": f"{self.root}/lock",
            "task": "install",
            "from": "",
        } | values
        script = "".join(f'. "{INSTALLER}/{part}.sh"\n' for part in PARTS)
        script += "".join(f"{name}='{value}'\n" for name, value in values.items())
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f"{script}{self.set_up}\n{function}\n"],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.fixture
def standing(tmp_path: Path) -> Standing:
    return Standing(tmp_path)


# --- the package ---


def wants(standing: Standing, version: str, **values: str) -> tuple[bool, str]:
    """Return whether the package of this version is installed, and what is said."""
    standing.set_up = f"describe_source() {{ echo '{version} 0123'; }}"
    done = standing.says("is_wanted", release=f"{version}-aa", **values)
    return done.returncode == 0, done.stdout


def test_a_package_never_goes_back_by_itself(standing: Standing) -> None:
    assert wants(standing, "1.0.0") == (True, "")  # nothing is installed yet
    standing.has("1.3.0.post2+gfff-bb", "current")
    for version, wanted in [("1.3.0.post2+gabc", True), ("1.10.0", True), ("1.3.0.post10+ga", True),
                            ("1.2.9", False)]:  # fmt: skip
        assert wants(standing, version)[0] is wanted
    said = wants(standing, "1.2.9")[1]
    assert "version 1.2.9 of the package is older than the installed 1.3.0" in said
    assert "/scripts/install --packaged --rollback" in said
    assert wants(standing, "1.2.9", task="rollback") == (True, "")


def test_a_package_replaces_what_works_no_more_even_if_it_is_older(standing: Standing) -> None:
    standing.has("1.3.0-bb", "current", python=OTHER_PYTHON)
    assert wants(standing, "1.2.9") == (True, "")


def test_a_package_whose_release_was_refused_is_not_tested_again_by_itself(
    standing: Standing,
) -> None:
    standing.has("1.3.0-bb", "current")
    (standing.opt / "refused").write_text("release 1.4.0-aa: it did not become ready\n")
    wanted, said = wants(standing, "1.4.0")
    assert not wanted
    assert "to test it again: sudo " in said
    assert "it did not become ready" in said
    assert wants(standing, "1.4.1") == (True, "")


# --- another Python ---


def test_the_way_back_is_not_taken_to_a_release_whose_python_is_gone(standing: Standing) -> None:
    standing.has("1.3.0-bb", "current")
    standing.has("1.2.0-aa", "previous", python=OTHER_PYTHON)
    done = standing.says("roll_back")
    assert done.returncode == 1
    assert "1.2.0-aa was built for another Python than this system now has" in done.stderr
    assert (standing.opt / "current").readlink() == Path("releases/1.3.0-bb")


def test_the_same_source_for_another_python_is_another_release(standing: Standing) -> None:
    standing.set_up = "describe_source() { echo '1.3.0 0123'; }; lock=x"
    ours = standing.says("name_of_release").stdout
    standing.set_up += "; this_platform() { echo Python 3.99 aarch64; }"
    assert standing.says("name_of_release").stdout != ours
    assert ours.startswith("1.3.0-")


# --- what is tested is what was installed ---


def test_a_release_is_tested_by_what_is_installed_in_it_not_by_the_checkout(
    standing: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The checkout has a package kiosk that can be imported, and it is the current folder."""
    release = standing.opt / "releases/1.4.0-aa"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", release], check=True)
    (release / "bin/kiosk").write_text("#!/bin/sh\n")
    (release / "bin/kiosk").chmod(0o755)
    checkout = INSTALLER.parents[1]
    monkeypatch.setenv("PYTHONPATH", str(checkout))
    done = standing.says(f"cd '{checkout}'; check_release '{release}'")
    assert (done.returncode, "No module named 'kiosk'" in done.stderr) == (1, True), done


# --- folders ---


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders of root's")
def test_nothing_is_installed_where_others_can_write(standing: Standing) -> None:
    assert standing.says("check_owner").returncode == 0  # there is nothing yet
    standing.has("1.3.0-bb", "current")
    assert standing.says("check_owner").returncode == 0
    releases = standing.opt / "releases"
    for folder in (standing.opt.parent, standing.opt, releases):
        folder.chmod(0o775)
        said = standing.says("check_owner").stderr
        assert f"others than root can write to {folder}; run: sudo chown root:root {folder}" in said
        folder.chmod(0o755)
        os.chown(folder, 65534, -1)
        assert f"sudo chmod go-w {folder}\n" in standing.says("check_owner").stderr
        os.chown(folder, 0, -1)
    moved = standing.root / "data"
    standing.opt.rename(moved)
    standing.opt.symlink_to(moved)  # as a technician does who has a second disk
    assert standing.says("check_owner").returncode == 0


def test_the_lock_is_a_file_that_nobody_else_can_open(standing: Standing) -> None:
    paths = (INSTALLER / "paths.sh").read_text()
    assert "installer_lock=/run/kiosk-install.lock" in paths  # not in /run/lock or /tmp
    done = standing.says('take_lock; stat --format=%a "$installer_lock"')
    assert done.stdout == "600\n"


def test_a_full_disk_is_said_before_anything_is_built(standing: Standing) -> None:
    standing.has("1.3.0-bb", "current")
    before = {*standing.opt.rglob("*")}
    standing.set_up = "df() { echo Avail; echo 399; }; release=1.4.0-aa"
    done = standing.says("make_release")
    assert done.returncode == 1
    assert f"{standing.opt} needs 400 MB, and only 399 MB are free; free some space" in done.stderr
    assert {*standing.opt.rglob("*")} == before


def test_on_a_full_disk_the_third_release_makes_room(standing: Standing) -> None:
    standing.has("1.1.0-aa")
    standing.has("1.2.0-bb", "previous")
    standing.has("1.3.0-cc", "current")
    standing.set_up = "df() { echo Avail; echo 399; }; release=1.4.0-dd"
    done = standing.says("make_release")
    assert done.stdout == "remove release 1.1.0-aa\n"
    assert "needs 400 MB" in done.stderr
    left = {path.name for path in (standing.opt / "releases").iterdir()}
    assert left == {"1.2.0-bb", "1.3.0-cc"}


def test_in_1970_the_date_to_set_is_said_and_nothing_is_refused(standing: Standing) -> None:
    standing.set_up = """
        date_of_source() { echo 2026-11-20; }
        date() { case $* in +%s) echo 5;; +%F) echo 1970-01-01;; *) command date "$@";; esac; }
    """
    done = standing.says("check_clock")
    assert done.returncode == 0
    assert "the clock says 1970-01-01, which is before the date of this release" in done.stderr
    assert "run: sudo date --set='2026-11-20 12:00'" in done.stderr

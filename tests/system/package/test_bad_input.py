"""What can go wrong with the Debian package, in a container: the counter sells on, and dpkg recovers."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.support.processes import eventually
from tests.system.package.conftest import Selling
from tests.system.rig import counter
from tests.system.rig.counter import release, sell
from tests.system.rig.nspawn import Machine
from tests.system.rig.packages import apt, bring, dpkg, state


def test_a_release_that_does_not_work_is_refused_once_and_blocks_nothing(
    selling: Selling, debs: dict[str, Path]
) -> None:
    with selling() as machine:
        first = release(machine.root)
        bad, good = bring(machine, debs["bad"], debs["1.0.1"])
        said = apt(machine, "install", bad, good=False)
        assert "it did not become ready" in said
        assert f"{first} is running" in said
        assert state(machine) == "iF 1.0.2+deb12"  # half configured
        sell(machine, "1001.00")
        said = dpkg(machine, "--configure", "-a")
        assert (
            "was tested and refused; to test it again: sudo /usr/lib/kiosk/scripts/install" in said
        )
        assert state(machine) == "ii 1.0.2+deb12"
        assert release(machine.root) == first
        apt(machine, "install", "--allow-downgrades", good)  # newer than the running one
        assert release(machine.root).startswith("1.0.1-")
        sell(machine, "1002.00")


def test_a_power_cut_while_dpkg_unpacks_leaves_a_counter_that_sells(
    selling: Selling, debs: dict[str, Path]
) -> None:
    with selling() as machine:
        first = release(machine.root)
        (new,) = bring(machine, debs["1.0.1"])
        wheels = machine.root / "usr/lib/kiosk/wheels"
        with machine.start("dpkg", "--unpack", new) as dpkg_unpacks:
            eventually(lambda: any(wheels.glob("*.dpkg-new")) or dpkg_unpacks.poll() is not None)
            machine.cut()
        machine.boot()
        assert release(machine.root) == first
        sell(machine, "1001.00")
        machine.run("dpkg", "--configure", "-a", check=False)  # it may want to be unpacked again
        dpkg(machine, "-i", new)
        assert state(machine) == "ii 1.0.1+deb12"
        assert release(machine.root).startswith("1.0.1-")
        sell(machine, "1002.00")


def test_a_full_disk_stops_the_upgrade_until_there_is_space(
    selling: Selling, debs: dict[str, Path]
) -> None:
    with selling() as machine:
        first = release(machine.root)
        (new,) = bring(machine, debs["1.0.1"])
        machine.run("mount", "-t", "tmpfs", "-o", "size=900M", "none", "/mnt")
        machine.run("cp", "-a", "/opt/kiosk", "/mnt")
        machine.run("mount", "--bind", "/mnt", "/opt")
        machine.run("chmod", "755", "/opt")  # a disk of its own begins open to all
        machine.run("dd", "if=/dev/zero", "of=/opt/full", "bs=1M", check=False)
        said = apt(machine, "install", new, good=False)
        assert "/opt/kiosk needs 400 MB, and only 0 MB are free" in said
        assert state(machine) == "iF 1.0.1+deb12"
        sell(machine, "1001.00")
        machine.run("rm", "/opt/full")
        dpkg(machine, "--configure", "-a")
        assert state(machine) == "ii 1.0.1+deb12"
        assert machine.out("readlink", "/opt/kiosk/current").startswith("releases/1.0.1-")
        assert machine.out("readlink", "/opt/kiosk/previous") == f"releases/{first}"
        sell(machine, "1002.00")


def test_a_package_of_another_debian_or_processor_changes_nothing(
    selling: Selling, debs: dict[str, Path], tmp_path: Path
) -> None:
    with selling() as machine:
        first = release(machine.root)
        trixies, arms = bring(machine, debs["trixie"], for_arm(debs["1.0.1"], tmp_path))
        assert "Depends: python3 (>= 3.13)" in apt(machine, "install", trixies, good=False)
        assert "architecture (arm64) does not match system (amd64)" in dpkg(
            machine, "-i", arms, good=False
        )
        assert state(machine) == "ii 1.0.0+deb12"
        said = dpkg(machine, "-i", "--force-depends", trixies, good=False)  # against all advice
        assert "these wheels are for Python 3.13 x86_64, but this is Python 3.11 x86_64" in said
        assert release(machine.root) == first
        sell(machine, "1001.00")


def for_arm(deb: Path, folder: Path) -> Path:
    """Return the package as it would be for ARM."""
    subprocess.run(["dpkg-deb", "--raw-extract", deb, folder / "tree"], check=True)
    control = folder / "tree/DEBIAN/control"
    control.write_text(control.read_text().replace("Architecture: amd64", "Architecture: arm64"))
    made = folder / deb.name.replace("amd64", "arm64")
    subprocess.run(["dpkg-deb", "-Znone", "--build", folder / "tree", made], check=True)
    return made


def test_damaged_files_of_the_package_are_not_installed(
    selling: Selling, debs: dict[str, Path]
) -> None:
    """As when a card has lost what dpkg wrote to it."""
    with selling() as machine:
        first = release(machine.root)
        (new,) = bring(machine, debs["1.0.1"])
        dpkg(machine, "--unpack", new)
        machine.run(
            "dd", "if=/dev/zero", "of=/usr/lib/kiosk/scripts/installer/release.sh", "count=1"
        )
        said = dpkg(machine, "--configure", "kiosk", good=False)
        assert "scripts/installer/release.sh: FAILED" in said
        assert "check the disk, and install the package again:\n  sudo dpkg -i FILE.deb" in said
        assert release(machine.root) == first
        sell(machine, "1001.00")
        dpkg(machine, "-i", new)  # apt does not unpack again what is unpacked
        assert state(machine) == "ii 1.0.1+deb12"


def test_a_folder_of_somebody_elses_is_not_used(
    lite: Path, debs: dict[str, Path], tmp_path: Path
) -> None:
    """Root would run what another user puts there."""
    with counter.copied(lite, tmp_path / "root") as root:
        (root / "opt/kiosk").mkdir(parents=True)
        with Machine(root, network=False) as machine:
            machine.run("chown", "1000:1000", "/opt/kiosk")
            (deb,) = bring(machine, debs["1.0.0"])
            said = apt(machine, "install", deb, good=False)
            assert "others than root can write to /opt/kiosk; run: sudo chown root:root" in said
            assert list((root / "opt/kiosk").iterdir()) == []
            machine.run("chown", "root:root", "/opt/kiosk")
            dpkg(machine, "--configure", "-a")
            assert machine.run("kiosk", "--version").stdout == "kiosk 1.0.0\n"

"""The Debian package, from a bare Debian to the first sale and back, in a container."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.processes import eventually, free_port
from tests.system.package.conftest import Selling
from tests.system.rig import image, packages
from tests.system.rig.counter import payment_service, release, sell
from tests.system.rig.image import Flavour
from tests.system.rig.nspawn import Machine
from tests.system.rig.packages import apt, bring, dpkg, state

INSTALLER = "/opt/kiosk/current/share/scripts/install"


@pytest.mark.parametrize(
    ("flavour", "name"),
    [(image.BARE, "1.0.1"), (image.BARE_TRIXIE, "trixie")],
    ids=["bookworm", "trixie"],
)
def test_one_command_leads_from_a_bare_debian_to_the_first_sale(
    flavour: Flavour, name: str, debs: dict[str, Path], tmp_path: Path
) -> None:
    """What it depends on, and nothing of ours, comes from Debian."""
    port = free_port()
    root = image.unpack(flavour, tmp_path / "root")
    with payment_service(tmp_path, port), Machine(root) as machine:
        (deb,) = bring(machine, debs[name])
        apt(machine, "update")
        said = apt(machine, "install", deb)
        assert said.count("build release 1.0.1-") == 1
        assert (
            "to do: describe this counter, and give it its access token: sudo kiosk setup" in said
        )
        assert ("install python3-lgpio" in said) is (name == "trixie")
        assert machine.run("kiosk", "--version").stdout == "kiosk 1.0.1\n"
        packages.sells_from_now_on(machine, port)
        sell(machine, "1250.00")
        machine.cut()
        machine.boot()
        sell(machine, "1300.00")


def test_an_upgrade_is_tested_and_a_downgrade_refused_and_the_way_back_is_one_command(
    selling: Selling, debs: dict[str, Path]
) -> None:
    with selling() as machine:
        old, new = bring(machine, debs["1.0.0"], debs["1.0.1"])
        first = release(machine.root)
        said = apt(machine, "install", new)
        second = release(machine.root)
        assert f"test {second}; if it does not work, {first} comes back automatically" in said
        assert second.startswith("1.0.1-")
        assert release(machine.root, "previous") == first
        sell(machine, "1001.00")

        for said in (
            apt(machine, "install", "--allow-downgrades", old, good=False),
            dpkg(machine, "-i", old, good=False),
        ):
            assert "kiosk 1.0.0 is older than the installed 1.0.1" in said
            assert state(machine) == "ii 1.0.1+deb12"
            assert release(machine.root) == second

        machine.run(INSTALLER, "--rollback")
        assert release(machine.root) == first
        sell(machine, "1002.00")
        apt(machine, "install", "--reinstall", new)  # forward again
        assert release(machine.root) == second

        apt(machine, "install", "--allow-downgrades", old, KIOSK_ROLLBACK="yes")
        assert state(machine) == "ii 1.0.0+deb12"
        assert release(machine.root) == first
        sell(machine, "1003.00")


def test_a_package_leaves_a_newer_release_alone_that_came_in_a_bundle(
    selling: Selling, debs: dict[str, Path]
) -> None:
    with selling() as machine:
        (new,) = bring(machine, debs["1.0.1"])
        machine.run("dpkg-deb", "--extract", new, "/root/bundle")
        machine.run("/root/bundle/usr/lib/kiosk/scripts/install")
        newer = release(machine.root)
        assert newer.startswith("1.0.1-")
        machine.run("/var/lib/dpkg/info/kiosk.postinst", "configure", "1.0.0+deb12")
        assert release(machine.root) == newer
        sell(machine, "1004.00")


def test_removed_it_leaves_journal_and_configuration_and_purged_nothing(
    selling: Selling, debs: dict[str, Path]
) -> None:
    with selling() as machine:
        root = machine.root
        said = apt(machine, "remove", "kiosk")
        assert "/var/lib/kiosk was not removed" in said
        assert state(machine) == "rc 1.0.0+deb12"
        assert left_of_kiosk(root) == {"etc/kiosk", "var/lib/kiosk"}
        (deb,) = bring(machine, debs["1.0.0"])
        apt(machine, "install", deb)  # with the same journal and configuration
        eventually(lambda: machine.out("kiosk", "status").startswith("idle"), within=300)
        assert "1000.00" in machine.run("kiosk", "orders", "list").stdout
        said = apt(machine, "purge", "kiosk")
        for folder in ("/etc/kiosk", "/var/lib/kiosk"):
            assert f"remove {folder}\n" in said
        assert "remove the user kiosk" in said
        assert left_of_kiosk(root) == set()
        assert state(machine) in ("", "un ")


def left_of_kiosk(root: Path) -> set[str]:
    """Return what has kiosk in its name, but for the logs of the system and the technician's files."""
    alive = ("dev", "proc", "root", "run", "sys", "tmp", "var/cache", "var/log", "var/lib/systemd")
    found = set()
    for folder, folders, files in os.walk(root):
        here = Path(folder).relative_to(root)
        folders[:] = [name for name in folders if str(here / name) not in alive]
        found |= {str(here / name) for name in (*folders, *files) if "kiosk" in name}
        folders[:] = [name for name in folders if "kiosk" not in name]
    not_ours = (
        "var/lib/dpkg/",
        "var/tmp/",
        "etc/systemd/system/kiosk",
    )  # the technician's drop-ins
    return {name for name in found if not name.startswith(not_ours)}

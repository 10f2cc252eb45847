"""A signed repository, from which apt installs and updates the kiosk, in a container."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.release.test_repository import MISSING, Repository, two_keys
from tests.support.processes import free_port
from tests.system.rig import counter, image, packages
from tests.system.rig.counter import payment_service, release, sell
from tests.system.rig.nspawn import Machine
from tests.system.rig.packages import apt, state

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not here: {MISSING}")


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    with two_keys() as keys:
        yield Repository(tmp_path, keys)


def use(repository: Repository, suite: str, root: Path) -> None:
    """Do what the manual says: one file of the repository goes to the counter."""
    shutil.copy(repository.public / f"kiosk-{suite}.sources", root / "etc/apt/sources.list.d")


def test_a_counter_is_installed_and_updated_from_it_and_believes_nobody_else(
    lite: Path, debs: dict[str, Path], repository: Repository, tmp_path: Path
) -> None:
    port = free_port()
    done = repository.add(debs["1.0.0"])
    assert done.returncode == 0, done.stderr
    with counter.copied(lite, tmp_path / "root") as root:
        (root / "etc/apt/sources.list").unlink(missing_ok=True)  # it has no other repository
        counter.hurry(root)
        use(repository, "bookworm", root)
        binds = (str(repository.public),)
        with payment_service(tmp_path, port), Machine(root, binds=binds) as machine:
            apt(machine, "update")
            apt(machine, "install", "kiosk")
            packages.sells_from_now_on(machine, port)
            sell(machine, "1000.00")

            repository.add(debs["1.0.1"], key="strangers")
            assert "NO_PUBKEY" in machine.run("apt-get", "update", check=False).stdout
            apt(machine, "upgrade")
            assert state(machine) == "ii 1.0.0+deb12"

            repository.add(debs["1.0.1"])
            apt(machine, "update")
            (package,) = repository.public.glob("pool/**/kiosk_1.0.1*")
            good = package.read_bytes()
            package.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
            assert "Hash Sum mismatch" in apt(machine, "upgrade", good=False)
            assert state(machine) == "ii 1.0.0+deb12"
            package.write_bytes(good)

            apt(machine, "upgrade")
            assert state(machine) == "ii 1.0.1+deb12"
            assert release(root).startswith("1.0.1-")
            sell(machine, "1001.00")


def test_trixies_apt_believes_it_too(
    debs: dict[str, Path], repository: Repository, tmp_path: Path
) -> None:
    """There, another program checks the signature."""
    repository.add(debs["trixie"])
    root = image.unpack(image.BARE_TRIXIE, tmp_path / "root")
    use(repository, "trixie", root)
    with Machine(root, binds=(str(repository.public),)) as machine:
        apt(machine, "update")
        apt(machine, "install", "kiosk")
        assert machine.run("kiosk", "--version").stdout == "kiosk 1.0.1\n"
        repository.add(key="strangers")
        said = machine.run("apt-get", "update", check=False).stdout
        assert "Missing key" in said
        assert "The repository is not updated" in said

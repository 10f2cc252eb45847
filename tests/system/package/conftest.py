"""What the tests of the Debian package share: packages of three versions, and a system with one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.support.processes import free_port
from tests.system.rig import counter, image, nspawn, packages
from tests.system.rig.counter import payment_service, sell
from tests.system.rig.nspawn import Machine

PORT = free_port()
Selling = Callable[[], AbstractContextManager[Machine]]


def never_ready(tree: Path) -> None:
    """Give the release a fault that only its test shows."""
    run = tree / "kiosk/cli/run.py"
    text, begin = run.read_text(), "    faulthandler.enable()"
    assert begin in text
    run.write_text(text.replace(begin, f"    raise SystemExit('a bad release')\n{begin}", 1))


@pytest.fixture(scope="session")
def debs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The packages, by version; and one of 1.0.1 for trixie."""
    if reason := nspawn.why_not():
        pytest.skip(reason)
    releaser = packages.Releaser(tmp_path_factory.mktemp("releaser"))
    made = {version: releaser.release(version) for version in ("1.0.0", "1.0.1")}
    made["trixie"] = releaser.package("3.13")
    made["bad"] = releaser.release("1.0.2", change=never_ready)
    return made


@pytest.fixture(scope="session")
def lite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A system as Raspberry Pi OS Lite has it, switched off."""
    if reason := nspawn.why_not():
        pytest.skip(reason)
    return image.unpack(image.LITE, tmp_path_factory.mktemp("lite") / "root")


@pytest.fixture(scope="session")
def installed(
    lite: Path, debs: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A system in which 1.0.0 was installed as a package, without any network; switched off."""
    with counter.copied(lite, tmp_path_factory.mktemp("installed") / "root") as root:
        counter.hurry(root)
        with Machine(root, network=False) as machine:
            (deb,) = packages.bring(machine, debs["1.0.0"])
            packages.apt(machine, "install", deb)
            packages.sells_from_now_on(machine, PORT)
        yield root


@pytest.fixture
def selling(installed: Path, tmp_path: Path) -> Selling:
    """Starts a counter that has sold once with 1.0.0."""

    @contextmanager
    def start() -> Iterator[Machine]:
        with (
            counter.copied(installed, tmp_path / "root") as root,
            payment_service(tmp_path, PORT),
            Machine(root) as machine,
        ):
            sell(machine, "1000.00")
            yield machine

    return start

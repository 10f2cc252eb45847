"""Power cuts in scripts/install, before each of its steps.

A container's power cut loses no written byte; ``tests/system/test_update_power_cuts.py`` has some that do.
"""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path
from random import Random

import pytest

from tests.support.processes import free_port
from tests.system.rig import counter, nspawn, steps
from tests.system.rig.counter import INSTALL, payment_service, release, sell
from tests.system.rig.nspawn import Machine

pytestmark = pytest.mark.skipif(bool(nspawn.why_not()), reason=nspawn.why_not() or "")

INSTALLED = "/opt/kiosk/current/share/scripts/install"
# Counts the steps of all scripts together, and kills the one that is at the number in the file `at`.
_CUT = steps.cut("kill -9 $$ $BASHPID")
_JUDGE_TOO = "[Service]\nEnvironment=BASH_ENV=/root/cut/env KIOSK_TRIAL_SECONDS=1\n"


def prepare(root: Path) -> None:
    (root / "root/cut").mkdir()
    (root / "root/cut/env").write_text(_CUT)
    judge = root / "etc/systemd/system/kiosk-trial.service.d/cut.conf"
    judge.parent.mkdir(exist_ok=True)
    judge.write_text(_JUDGE_TOO)


def cut_at(machine: Machine, number: int, *command: str) -> bool:
    """Run the command, and cut the power at that change. Return whether it got that far."""
    folder = machine.root / "root/cut"
    (folder / "count").write_text("0")
    (folder / "at").write_text(str(number))
    hooked = steps.open_to_hooks(*command)
    done = machine.run(*hooked, check=False, BASH_ENV="/root/cut/env")
    machine.cut()
    if cut := not (folder / "at").exists():
        return cut
    (folder / "at").unlink()
    assert done.returncode == 0, done.stdout
    return False


def test_an_update_survives_a_power_cut_at_every_step(tmp_path: Path) -> None:
    port = free_port()
    root = counter.unpack(tmp_path / "root", port=port)
    sold = 0
    with payment_service(tmp_path, port), Machine(root) as machine:
        counter.install_first(machine)
        prepare(root)
        machine.run("systemctl", "daemon-reload")
        bundles = install_two_bundles(machine, tmp_path)
        for number in count(1):
            wanted = next(name for name in bundles if name != release(root))
            cut = cut_at(machine, number, INSTALLED, "--from", bundles[wanted])
            machine.boot()  # and with that, to the end of a trial
            is_one_whole_release(machine, set(bundles))
            sold += 1
            sell(machine, f"{1000 + number}.00")
            if not cut:
                break
        assert release(root) == wanted
        assert sold > 30, (root / "root/cut/log").read_text()
        assert not (root / "opt/kiosk/incoming").exists()
        listed = machine.run("kiosk", "orders", "list").stdout
        assert all(f"{1000 + number}.00" in listed for number in range(1, sold + 1))


def install_two_bundles(machine: Machine, folder: Path) -> dict[str, str]:
    """Install two signed bundles, one after the other; return them by their releases."""
    key, bundles = counter.trusted_key(machine.root, folder), {}
    for name in ("one", "other"):
        made = counter.bundle_of_another_version(folder, key, name)
        for suffix in ("", ".sig"):
            shutil.copy(f"{made}{suffix}", machine.root / "root")
        machine.run(INSTALLED, "--from", f"/root/{made.name}")
        bundles[release(machine.root)] = f"/root/{made.name}"
    return bundles


def is_one_whole_release(machine: Machine, releases: set[str]) -> None:
    """Check that the program, its units and the next trial are of the same release."""
    root, now = machine.root, release(machine.root)
    assert now in releases
    assert release(root, "previous") in releases
    assert not (root / "opt/kiosk/trial").exists(), machine.out("journalctl", "-u", "kiosk-trial")
    assert machine.out("systemctl", "is-active", "kiosk") == "active"
    for unit in ("kiosk.service", "kiosk-trial.service"):
        carried = root / "opt/kiosk/releases" / now / "share/systemd" / unit
        assert (root / "usr/local/lib/systemd/system" / unit).read_text() == carried.read_text()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_first_install_that_is_cut_off_again_and_again_is_finished_at_last(
    tmp_path: Path, seed: int
) -> None:
    rng, port = Random(seed), free_port()
    root = counter.unpack(tmp_path / "root", port=port)
    prepare(root)
    words = ("--from", "/root/wheels", "--config", "/root/kiosk.yaml", "--token", "/root/token")
    with payment_service(tmp_path, port), Machine(root) as machine:
        cuts = 0
        while cut_at(machine, rng.randint(1, 40), INSTALL, *words):
            cuts += 1
            machine.boot()
        assert cuts > 2
        machine.boot()
        sell(machine, "1000.00")
        assert machine.run(INSTALL, "--from", "/root/wheels").stdout == "nothing to do\n"
        while cut_at(machine, rng.randint(1, 9), INSTALL, "--uninstall", "--purge"):
            machine.boot()
        assert not (root / "opt/kiosk").exists()
        assert not (root / "usr/local/lib/systemd/system").exists()

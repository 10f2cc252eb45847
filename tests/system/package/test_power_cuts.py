"""Power cuts in the Debian package's scripts, before each of their steps, in a container.

It loses no written byte; ``test_booted_power_cuts.py`` has cuts that do.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path
from random import Random

from tests.system.package.conftest import Selling
from tests.system.rig import steps
from tests.system.rig.counter import release, sell
from tests.system.rig.nspawn import Machine
from tests.system.rig.packages import bring, dpkg, open_to_hooks, state

# Counts the steps, and at the number in the file `at` kills all processes at once, dpkg too.
_CUT = steps.cut("kill -9 -1", "kill -9 $$ $BASHPID")
_SOONER = "[Service]\nEnvironment=BASH_ENV=/root/hook KIOSK_TRIAL_SECONDS=1\n"


def prepare(machine: Machine) -> None:
    machine.run("mkdir", "/root/cut")
    open_to_hooks(machine.root, _CUT)
    judge = machine.root / "etc/systemd/system/kiosk-trial.service.d/cut.conf"
    judge.write_text(_SOONER)
    machine.run("systemctl", "daemon-reload")


def cut_at(machine: Machine, number: int, *words: str) -> bool:
    """Run dpkg, and cut the power at that step. Return whether it got that far."""
    folder = machine.root / "root/cut"
    (folder / "count").write_text("0")
    (folder / "at").write_text(str(number))
    done = machine.run("dpkg", *words, check=False, KIOSK_ROLLBACK="yes")
    machine.cut()
    if cut := not (folder / "at").exists():
        return cut
    (folder / "at").unlink()
    assert done.returncode == 0, done.stdout
    return False


def test_a_power_cut_at_any_step_of_an_upgrade_leaves_what_dpkg_can_complete(
    selling: Selling, debs: dict[str, Path]
) -> None:
    with selling() as machine:
        prepare(machine)
        old, new = bring(machine, debs["1.0.0"], debs["1.0.1"])
        versions = {"1.0.1": new, "1.0.0": old}
        for number in count(1):
            version = next(v for v in versions if f"ii {v}+deb12" != state(machine))
            dpkg(machine, "--unpack", versions[version], KIOSK_ROLLBACK="yes")
            cut = cut_at(machine, number, "--configure", "kiosk")
            machine.boot()  # and with that, to the end of a trial
            sell(machine, f"{1000 + number}.00")
            dpkg(machine, "--configure", "-a", KIOSK_ROLLBACK="yes")
            assert state(machine) == f"ii {version}+deb12"
            assert release(machine.root).startswith(f"{version}-")
            assert not (machine.root / "opt/kiosk/trial").exists()
            if not cut:
                break
        assert number > 15, (machine.root / "root/cut/log").read_text()
        listed = machine.run("kiosk", "orders", "list").stdout
        assert all(f"{1000 + each}.00" in listed for each in range(number + 1))


def test_a_removal_that_is_cut_off_again_and_again_is_finished_at_last(selling: Selling) -> None:
    rng = Random(3)
    with selling() as machine:
        prepare(machine)
        cuts = 0
        while cut_at(machine, rng.randint(1, 9), "--purge", "kiosk"):
            cuts += 1
            machine.boot()
        assert cuts > 1
        machine.boot()
        assert state(machine) in ("", "un ")
        for place in ("opt/kiosk", "usr/lib/kiosk", "etc/kiosk", "usr/local/lib/systemd/system"):
            assert not (machine.root / place).exists()

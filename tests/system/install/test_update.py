"""Updates: a new release is tested, and the old one comes back if the new one does not work."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.processes import eventually, free_port
from tests.system.rig import counter, image, nspawn
from tests.system.rig.counter import install, payment_service, release, sell
from tests.system.rig.nspawn import Machine

pytestmark = pytest.mark.skipif(bool(nspawn.why_not()), reason=nspawn.why_not() or "")

PORT = free_port()
_RUN = "    faulthandler.enable()"  # where kiosk run begins
# Faults of a release. Each is inserted before the first line of kiosk run.
NEVER_READY = "    raise SystemExit('a bad release')\n"
_ONCE_IT_SELLS = """\
    import os, signal, threading, time
    def fail():
        seen = Path("/run/kiosk/status.json")
        while not (seen.exists() and '"idle"' in seen.read_text()):
            time.sleep(0.1)
        {}
    threading.Thread(target=fail, daemon=True).start()
"""
DIES = _ONCE_IT_SELLS.format("os._exit(3)")
HANGS = _ONCE_IT_SELLS.format("os.kill(os.getpid(), signal.SIGSTOP)")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A system with the kiosk, switched off; its payment service is on port 9000."""
    root = counter.unpack(tmp_path_factory.mktemp("installed") / "root", port=PORT)
    counter.hurry(root)
    with Machine(root) as machine:
        counter.install_first(machine)
    return root


@contextmanager
def selling(installed: Path, folder: Path) -> Iterator[tuple[Machine, str]]:
    """A counter that sells, and the release that it runs."""
    with (
        counter.copied(installed, folder / "root") as root,
        payment_service(folder, PORT),
        Machine(root) as machine,
    ):
        sell(machine, "1000.00")
        yield machine, release(root)


def change(root: Path, before: str = "", after: str = "") -> None:
    """Bring another version of the software: one that is as good, or one with a fault."""
    tree = root / "root/kiosk"
    if before:
        run = tree / "kiosk/cli/run.py"
        text = run.read_text()
        assert before in text
        run.write_text(text.replace(before, after + before, 1))
    else:
        with (tree / "kiosk/__init__.py").open("a") as module:
            module.write("# another version\n")


def test_a_good_release_stays_and_the_two_before_are_kept(installed: Path, tmp_path: Path) -> None:
    with selling(installed, tmp_path) as (machine, old):
        change(machine.root)
        said = install(machine)
        new = release(machine.root)
        assert f"test {new}; if it does not work, {old} comes back automatically" in said
        assert (release(machine.root, "previous"), new == old) == (old, False)
        assert not (machine.root / "opt/kiosk/trial").exists()
        sell(machine, "1001.00")
        assert install(machine) == "nothing to do\n"
        change(machine.root)
        install(machine)
        kept = {path.name for path in (machine.root / "opt/kiosk/releases").iterdir()}
        assert kept == {old, new, release(machine.root)}


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        (NEVER_READY, "it did not become ready"),
        (DIES, "it stopped or restarted"),
        (HANGS, "it stopped or restarted"),
    ],
    ids=["never ready", "dies", "hangs"],
)
def test_a_bad_release_is_refused_and_the_old_one_sells_again(
    installed: Path, tmp_path: Path, fault: str, word: str
) -> None:
    with selling(installed, tmp_path) as (machine, old):
        change(machine.root, _RUN, fault)
        if fault == HANGS:
            counter.watch_closely(machine)
        said = install(machine, good=False)
        assert word in said
        assert said.endswith(f"{old} is running\n")
        assert release(machine.root) == old
        assert len([*(machine.root / "opt/kiosk/releases").iterdir()]) <= 3
        assert not (machine.root / "opt/kiosk/trial").exists()
        sell(machine, "1002.00")


def test_a_release_that_does_not_take_the_configuration_is_not_even_tried(
    installed: Path, tmp_path: Path
) -> None:
    with selling(installed, tmp_path) as (machine, old):
        since = machine.out("systemctl", "show", "--property=InvocationID", "kiosk")
        change(machine.root)
        with (machine.root / "etc/kiosk/kiosk.yaml").open("a") as file:
            file.write("speed: {}\n")
        assert "does not accept the configuration, so nothing was switched" in install(
            machine, good=False
        )
        assert release(machine.root) == old
        assert machine.out("systemctl", "show", "--property=InvocationID", "kiosk") == since


def test_an_update_waits_until_the_sale_has_ended(installed: Path, tmp_path: Path) -> None:
    with counter.copied(installed, tmp_path / "root") as root:
        change(root)
        with payment_service(tmp_path, PORT, "--pay-after", "40") as api, Machine(root) as machine:
            eventually(lambda: machine.out("kiosk", "status").startswith("idle"), within=300)
            payer = machine.start("kiosk", "sale", "1003.00")
            eventually(api.orders)
            update = machine.start(counter.INSTALL, "--from", "/root/wheels")
            said, _ = payer.communicate(timeout=600)
            assert said.startswith("paid 1003.00")
            said, _ = update.communicate(timeout=600)
            assert update.returncode == 0, said


def test_a_sale_that_does_not_end_postpones_the_update(installed: Path, tmp_path: Path) -> None:
    with counter.copied(installed, tmp_path / "root") as root:
        change(root)
        impatient = root / "etc/systemd/system/kiosk-trial.service.d/impatient.conf"
        impatient.write_text("[Service]\nEnvironment=KIOSK_PATIENCE=2\n")
        with (
            payment_service(tmp_path, PORT, "--pay-after", "3600") as api,
            Machine(root) as machine,
        ):
            eventually(lambda: machine.out("kiosk", "status").startswith("idle"), within=300)
            old = release(root)
            payer = machine.start("kiosk", "sale", "1008.00")
            eventually(api.orders)
            assert "so the new release was not tested; try again later" in install(
                machine, good=False
            )
            assert release(root) == old
            assert not (root / "opt/kiosk/refused").exists()
            assert not (root / "opt/kiosk/trial").exists()
            api.pay(api.orders()[0]["id"])
            assert payer.communicate(timeout=300)[0].startswith("paid 1008.00")
            eventually(lambda: machine.out("kiosk", "status").startswith("idle"), within=300)
            install(machine)
            assert release(root) != old


def test_the_way_back_is_one_command(installed: Path, tmp_path: Path) -> None:
    with selling(installed, tmp_path) as (machine, old):
        assert "there is no previous release" in install(machine, "--rollback", good=False)
        change(machine.root)
        install(machine)
        new = release(machine.root)
        install(machine, "--rollback")
        assert (release(machine.root), release(machine.root, "previous")) == (old, new)
        sell(machine, "1004.00")
        install(machine, "--rollback")
        assert release(machine.root) == new


def lay_ready(machine: Machine, folder: Path, before: str = "", after: str = "") -> Path:
    """Put a signed bundle of another version into the folder of the nightly update."""
    change(machine.root, before, after)
    ready = machine.root / "var/lib/kiosk-updates"
    ready.mkdir()
    key = counter.trusted_key(machine.root, folder)
    made = folder / "new.bundle.tar"
    counter.bundle(made, tree=machine.root / "root/kiosk", key=key)
    shutil.rmtree(machine.root / "root/kiosk")
    for suffix in (".sig", ""):
        shutil.copy(f"{made}{suffix}", ready)
    return ready / made.name


def test_at_night_the_signed_bundle_that_lies_ready_is_installed(
    installed: Path, tmp_path: Path
) -> None:
    with selling(installed, tmp_path) as (machine, old):
        bundle = lay_ready(machine, tmp_path)
        machine.run("systemctl", "start", "kiosk-update.service")
        assert release(machine.root) != old
        assert list(bundle.parent.iterdir()) == []
        assert not (machine.root / "opt/kiosk/incoming").exists()
        assert machine.out("systemctl", "is-enabled", "kiosk-update.timer") == "disabled"
        sell(machine, "1007.00")


def test_at_night_an_unsigned_bundle_stays_where_it_is(installed: Path, tmp_path: Path) -> None:
    with selling(installed, tmp_path) as (machine, old):
        bundle = lay_ready(machine, tmp_path)
        Path(f"{bundle}.sig").unlink()
        before = counter.snapshot(machine.root, "var/lib/kiosk", "opt/kiosk")
        done = machine.run("systemctl", "start", "kiosk-update.service", check=False)
        assert done.returncode != 0
        assert "it is not signed" in machine.out("journalctl", "-u", "kiosk-update", "-o", "cat")
        after = counter.snapshot(machine.root, "var/lib/kiosk", "opt/kiosk")
        assert counter.differences(before, after) == []
        assert release(machine.root) == old
        # By hand, the technician may know better.
        install_command = "/opt/kiosk/current/share/scripts/install"
        machine.run(
            install_command, "--unsigned", "--from", "/var/lib/kiosk-updates/new.bundle.tar"
        )
        assert release(machine.root) != old


def test_a_bundle_that_is_refused_is_not_tried_again_next_night(
    installed: Path, tmp_path: Path
) -> None:
    with selling(installed, tmp_path) as (machine, old):
        bundle = lay_ready(machine, tmp_path, _RUN, NEVER_READY)
        done = machine.run("systemctl", "start", "kiosk-update.service", check=False)
        assert done.returncode != 0
        assert release(machine.root) == old
        assert [path.name for path in bundle.parent.iterdir()] == ["new.bundle.tar.refused"]


def on_a_small_disk(machine: Machine) -> None:
    """Have /opt on a disk of 600 MB."""
    machine.run("mount", "-t", "tmpfs", "-o", "size=600M,mode=755", "none", "/mnt")
    machine.run("cp", "-a", "/opt/kiosk", "/mnt")
    machine.run("mount", "--bind", "/mnt", "/opt")


FILL = ("dd", "if=/dev/zero", "of=/opt/full", "bs=1M")


def test_a_disk_that_is_full_stops_an_update_before_it_begins(
    installed: Path, tmp_path: Path
) -> None:
    with selling(installed, tmp_path) as (machine, old):
        change(machine.root)
        on_a_small_disk(machine)
        machine.run(*FILL, check=False)
        assert "MB, and only 0 MB are free" in install(machine, good=False)
        assert release(machine.root) == old
        sell(machine, "1005.00")


@pytest.mark.parametrize("fault", ["", NEVER_READY], ids=["good", "never ready"])
def test_a_disk_that_fills_up_during_a_trial_leaves_one_release_that_sells(
    installed: Path, tmp_path: Path, fault: str
) -> None:
    with selling(installed, tmp_path) as (machine, old):
        change(machine.root, _RUN if fault else "", fault)
        on_a_small_disk(machine)
        fills_up = machine.root / "etc/systemd/system/kiosk-trial.service.d/fills-up.conf"
        fills_up.write_text(f"[Service]\nExecStartPre=-{' '.join(FILL)}\n")
        machine.run("systemctl", "daemon-reload")
        install(machine, good=not fault)
        assert (machine.out("readlink", "/opt/kiosk/current") == f"releases/{old}") is bool(fault)
        assert machine.run("test", "-e", "/opt/kiosk/trial", check=False).returncode == 1
        sell(machine, "1006.00")


_THE_COUNTERS_OWN = ("etc/kiosk", "etc/systemd/system", "opt/kiosk", "usr/local", "var/lib/kiosk")


def test_after_an_upgrade_of_debian_the_release_installs_itself_again(
    installed: Path, tmp_path: Path
) -> None:
    upgraded = counter.unpack(tmp_path / "root", image.TRIXIE)
    shutil.rmtree(upgraded / "root/kiosk")  # nobody keeps the checkout for years
    for folder in _THE_COUNTERS_OWN:
        (upgraded / folder).mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-aT", installed / folder, upgraded / folder], check=True)
    subprocess.run(["chroot", upgraded, "systemd-sysusers"], check=True)
    with payment_service(tmp_path, PORT), Machine(upgraded) as machine:
        eventually(lambda: "does not fit the Python" in machine.out("journalctl", "-u", "kiosk"))
        before = release(upgraded)
        machine.run("/opt/kiosk/current/share/scripts/install", "--from", "/root/wheels")
        assert release(upgraded) != before
        sell(machine, "1003.00")

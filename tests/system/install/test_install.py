"""scripts/install, from a bare Debian to the first sale and back, in a container."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.booby_traps import booby_trapped
from tests.support.processes import free_port
from tests.system.rig import counter, image, nspawn
from tests.system.rig.counter import (
    INSTALL,
    differences,
    install,
    install_first,
    payment_service,
    sell,
    snapshot,
)
from tests.system.rig.nspawn import Machine

pytestmark = pytest.mark.skipif(bool(nspawn.why_not()), reason=nspawn.why_not() or "")


def test_a_dry_run_names_what_would_be_changed_and_changes_nothing(system: Path) -> None:
    with Machine(system, network=False) as machine:
        before = snapshot(system)
        said = install(machine, "--dry-run", "--config", "/root/kiosk.yaml")
        assert "would build release" in said
        assert "would write /etc/kiosk/kiosk.yaml" in said
        assert said.endswith("nothing was changed\n")
        assert differences(before, snapshot(system)) == []


def test_one_command_leads_from_a_bare_system_to_the_first_sale(
    tmp_path: Path, system: Path
) -> None:
    port = free_port()
    (system / "root/kiosk.yaml").write_text(counter.CONFIG.format(port=port))
    with payment_service(tmp_path, port) as api, Machine(system) as machine:
        install_first(machine)
        sell(machine, "1250.00")
        machine.cut()
        machine.boot()
        sell(machine, "1300.00")
        assert len(api.orders()) == 2


def test_where_hostile_files_lie_it_installs_and_runs_none_of_them(
    system: Path, tmp_path: Path
) -> None:
    folder = system / "root/hostile"
    folder.mkdir()
    hostile = [f"{name}={text}" for name, text in booby_trapped(folder, "/root/hostile").items()]
    words = ("--from", "/root/wheels", "--config", "/root/kiosk.yaml", "--token", "/root/token")
    port = free_port()
    (system / "root/kiosk.yaml").write_text(counter.CONFIG.format(port=port))
    hidden = ("sh", "-c", 'umask 077; exec "$@"', "sh")  # a cautious root: nobody reads its files
    with payment_service(tmp_path, port), Machine(system) as machine:
        machine.run(*hidden, "env", "-C", "/root/hostile", *hostile, INSTALL, *words)
        sell(machine, "1250.00")
    assert not (folder / "marker").exists()


def test_what_it_installs_is_compiled_so_that_no_start_compiles_it(kiosk: Path) -> None:
    (release,) = {path.resolve() for path in (kiosk / "opt/kiosk/releases").iterdir()}
    files = [
        path
        for package in ("kiosk", "httpx", "pydantic", "luma/core")
        for path in release.glob(f"lib/python*/site-packages/{package}/*.py")
    ]
    assert len(files) > 50
    compiled = {path.name.split(".")[0] for each in files for path in each.parent.glob("*/*.pyc")}
    assert {path.stem for path in files} - compiled == set()


def test_a_second_run_has_nothing_to_do_and_writes_nothing(kiosk: Path) -> None:
    with Machine(kiosk, network=False) as machine:
        before = snapshot(kiosk, "var/lib/kiosk")
        assert install(machine) == "nothing to do\n"
        installed = machine.run("/opt/kiosk/current/share/scripts/install")  # the installed copy
        assert installed.stdout == "nothing to do\n"
        assert differences(before, snapshot(kiosk, "var/lib/kiosk")) == []


def test_uninstalling_leaves_configuration_and_journal_and_purging_leaves_nothing(
    bare: Path, kiosk: Path
) -> None:
    before = snapshot(bare)
    with Machine(kiosk, network=False) as machine:
        said = machine.run(INSTALL, "--uninstall").stdout
        assert "/var/lib/kiosk was not removed" in said
        left = sorted(set(snapshot(kiosk)) - set(before) - _FROM_BOOTING)
        assert [p for p in left if not p.startswith(("etc/kiosk/", "var/lib/kiosk/"))] == [
            "etc/kiosk",
            "var/lib/kiosk",
        ]
        assert "var/lib/kiosk/journal.sqlite3" in left
        machine.run(INSTALL, "--uninstall", "--purge")
        assert sorted(set(snapshot(kiosk)) - set(before) - _FROM_BOOTING) == []
        assert set(before) - set(snapshot(kiosk)) == set()
        assert machine.run(INSTALL, "--uninstall", "--purge").stdout == "nothing to do\n"


# The first boot of any Debian, and sysusers' copies of what it changes.
_FROM_BOOTING = {
    "etc/group-",
    "etc/gshadow-",
    "etc/passwd-",
    "etc/shadow-",
    "var/lib/dbus/machine-id",
}


def test_uninstalling_does_not_mind_what_is_missing_already(kiosk: Path) -> None:
    (kiosk / "opt/kiosk/current").unlink()
    (kiosk / "usr/local/lib/systemd/system/kiosk.service").unlink()
    (kiosk / "usr/local/bin/kiosk").unlink()
    with Machine(kiosk, network=False) as machine:
        machine.run(INSTALL, "--uninstall", "--purge")
        assert not (kiosk / "opt/kiosk").exists()


def test_what_debian_lacks_is_fetched_by_apt(tmp_path: Path) -> None:
    root = counter.unpack(tmp_path / "root", image.BARE)
    with Machine(root) as machine:
        assert machine.run("python3", "-c", "import ensurepip", check=False).returncode != 0
        said = install_first(machine)
        assert "install from Debian: python3-venv" in said
        assert machine.out("systemctl", "is-active", "kiosk") == "active"


def test_without_a_network_a_lack_is_named(tmp_path: Path) -> None:
    root = counter.unpack(tmp_path / "root", image.BARE)
    with Machine(root, network=False) as machine:
        said = install(machine, good=False)
        assert "Debian's packages could not be installed: python3-venv" in said
        assert not (root / "opt/kiosk").exists()


def test_on_trixie_it_sells_too_and_names_what_only_raspberry_pis_archive_has(
    tmp_path: Path,
) -> None:
    port = free_port()
    root = counter.unpack(tmp_path / "root", image.TRIXIE, port)
    with payment_service(tmp_path, port), Machine(root) as machine:
        said = install_first(machine)
        assert "to do: for lamps, buttons and panels on GPIO, install python3-lgpio" in said
        sell(machine, "1250.00")


_INKS_OF_HALF_A_PICTURE = """
from types import SimpleNamespace
import inky.inky
from PIL import Image
from kiosk.display.inky import Inky, InkySettings
board = object.__new__(inky.inky.Inky)  # its pins are not here
board.width, board.height, board.cols, board.rows, board.colour = 212, 104, 104, 212, "black"
board.show = lambda: None
lines = SimpleNamespace(begin=lambda: None, check_answer=lambda: None)
picture = Image.new("1", (212, 104))
picture.paste(1, (0, 0, 106, 104))
Inky(InkySettings.model_validate({"driver": "inky", "board": "phat"}), board, lines).show(picture)
print(board.buf[:, :106].max(), board.buf[:, 106:].min())
"""


def test_pimoronis_library_comes_with_pimoronis_panel(kiosk: Path) -> None:
    has_inky = ("/opt/kiosk/current/bin/python", "-c", _INKS_OF_HALF_A_PICTURE)
    sooner = kiosk / "etc/systemd/system/kiosk-trial.service.d/sooner.conf"
    sooner.parent.mkdir()
    sooner.write_text("[Service]\nEnvironment=KIOSK_TRIAL_SECONDS=8\n")
    with Machine(kiosk, network=False) as machine:
        assert "No module named" in machine.run(*has_inky, check=False).stdout
        config = kiosk / "etc/kiosk/kiosk.yaml"
        display = re.compile(r"^display: .*$", re.MULTILINE)
        config.write_text(display.sub("display: {driver: inky, board: phat}", config.read_text()))
        assert "build release" in install(machine)
        assert machine.run(*has_inky).stdout == "0 1\n"
        assert install(machine) == "nothing to do\n"


def test_in_a_system_that_does_not_run_yet_it_gets_ready_for_the_first_boot(system: Path) -> None:
    """As when an image is made for many cards."""
    words = ("--from", "/root/wheels", "--config", "/root/kiosk.yaml", "--token", "/root/token")
    not_booted = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--pipe"]
    command = [*not_booted, f"--directory={system}", INSTALL, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "reboot to start the kiosk" in done.stdout
    with Machine(system, network=False) as machine:
        assert machine.out("systemctl", "is-active", "kiosk") == "active"
        assert install(machine) == "nothing to do\n"

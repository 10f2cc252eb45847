"""The installer's changes to the boot files of a Raspberry Pi, function by function, in a folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from kiosk.base.permissions import Permissions, i2c, serial, spi
from kiosk.display.inky import InkySettings
from kiosk.service.units import drop_ins
from tests.support.booby_traps import MARKER, booby_trapped

INSTALLER = Path(__file__).resolve().parents[2] / "scripts" / "installer"
PARTS = ("say", "paths", "durable", "interfaces")
CMDLINE = "console=serial0,115200 console=tty1 root=PARTUUID=1-02 rootfstype=ext4 rootwait quiet\n"
FREED = "console=tty1 root=PARTUUID=1-02 rootfstype=ext4 rootwait quiet\n"

pytestmark = pytest.mark.skipif(
    shutil.which("raspi-config") is not None, reason="this is a Raspberry Pi"
)


class Pi:
    """The files of a Raspberry Pi whose configuration needs these permissions."""

    def __init__(self, root: Path, needs: Permissions, model: str = "Raspberry Pi 4") -> None:
        self.boot = root / "boot"
        self.boot.mkdir(exist_ok=True)
        self._root, self._model = root, root / "model"
        self.has = ""  # more programs than every computer has
        self._model.write_text(f"{model} Model B Rev 1.0\0")
        self.config, self.cmdline = self.boot / "config.txt", self.boot / "cmdline.txt"
        self.config.write_text("[pi4]\narm_boost=1\n")
        self.cmdline.write_text(CMDLINE)
        for place, text in drop_ins(needs).items():
            (root / place).parent.mkdir(parents=True, exist_ok=True)
            (root / place).write_text(text)

    def runs(self, function: str, dry_run: str = "no") -> str:
        """Run a function of the installer, and return what it says."""
        script = "".join(f'. "{INSTALLER}/{part}.sh"\n' for part in PARTS) + (
            f'boot=("{self._root}/firmware" "{self.boot}") model="{self._model}"\n'
            f'admin_units="{self._root}/etc/systemd/system" dry_run={dry_run}\n'
            f'switched_on="{self._root}/switched-on"\n{self.has}\n'
            f"{function}\nprint_summary\n"
        )
        bash = ["bash", "-euo", "pipefail", "-c", script]
        return subprocess.run(bash, capture_output=True, text=True, check=True).stdout

    def files(self) -> set[str]:
        return {path.name for path in self.boot.iterdir()}


def test_what_the_panel_needs_is_written_once(tmp_path: Path) -> None:
    pi = Pi(tmp_path, spi(1, 0) | i2c(1))
    said = pi.runs("switch_on_interfaces")
    assert "to do: reboot to activate dtoverlay=spi1-1cs" in said
    assert pi.config.read_text() == (
        "[pi4]\narm_boost=1\n[all]\ndtoverlay=spi1-1cs\n[all]\ndtparam=i2c_arm=on\n"
    )
    assert pi.cmdline.read_text() == CMDLINE
    assert pi.runs("switch_on_interfaces") == "nothing to do\n"


@pytest.mark.parametrize("line", ["dtparam=spi=on", "dtparam=spi=on   # mine"])
def test_what_is_written_already_is_left(tmp_path: Path, line: str) -> None:
    pi = Pi(tmp_path, spi(0, 0))
    pi.config.write_text(f"{line}\n")
    assert pi.runs("switch_on_interfaces") == "nothing to do\n"


@pytest.mark.parametrize("port", ["/dev/serial0", "/dev/ttyAMA0", "/dev/ttyS0"])
def test_the_console_leaves_the_port_and_comes_back_at_the_uninstall(
    tmp_path: Path, port: str
) -> None:
    pi = Pi(tmp_path, serial(port))
    said = pi.runs("switch_on_interfaces")
    assert f"take the serial console out of {pi.cmdline} (kept: {pi.cmdline}.kiosk)" in said
    assert "to do: reboot to free the serial port" in said
    assert "enable_uart=1" in pi.config.read_text()
    assert pi.cmdline.read_text() == FREED
    assert (pi.boot / "cmdline.txt.kiosk").read_text() == CMDLINE
    assert pi.runs("switch_on_interfaces") == "nothing to do\n"
    assert f"write console=serial0,115200 to {pi.cmdline}" in pi.runs("give_serial_port_back")
    assert pi.cmdline.read_text() == CMDLINE
    assert pi.files() == {"config.txt", "cmdline.txt"}
    assert pi.runs("give_serial_port_back") == "nothing to do\n"


def test_a_command_line_that_was_edited_since_keeps_its_edit(tmp_path: Path) -> None:
    pi = Pi(tmp_path, serial("/dev/serial0"))
    pi.runs("switch_on_interfaces")
    pi.cmdline.write_text(FREED.replace("quiet", "quiet vt.global_cursor_default=0"))
    pi.runs("give_serial_port_back")
    assert pi.cmdline.read_text() == CMDLINE.replace("quiet", "quiet vt.global_cursor_default=0")


def test_a_console_that_a_person_has_put_back_is_not_doubled(tmp_path: Path) -> None:
    pi = Pi(tmp_path, serial("/dev/serial0"))
    pi.runs("switch_on_interfaces")
    pi.cmdline.write_text(CMDLINE)
    pi.runs("give_serial_port_back")
    assert pi.cmdline.read_text() == CMDLINE


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("root=1 console=ttyAMA0,115200n8 console=tty1\n", "root=1 console=tty1\n"),
        ("root=1 console=serial0,115200", "root=1"),
        (
            "console=ttyS0 root=1\nsecond line console=ttyS0\n",
            "root=1\nsecond line console=ttyS0\n",
        ),
        ("console=ttyAMA10,115200 root=1\n", "console=ttyAMA10,115200 root=1\n"),
        ("root=1 noconsole=serial0\n", "root=1 noconsole=serial0\n"),
        ("console=serial0,115200\n", "console=serial0,115200\n"),  # nothing would be left
        ("", ""),
        ("console=serial0,115200 console=ttyS0,9600 root=1\n", "root=1\n"),
        ("root=1\tconsole=ttyS0\tquiet\r\n", "root=1\tquiet\r\n"),
        ("root=1 console=ttyS01 console=ttyS0\n", "root=1 console=ttyS01\n"),
        ("root=1\nsecond line console=ttyS0\n", "root=1\nsecond line console=ttyS0\n"),
    ],
)
def test_any_command_line_stays_one(tmp_path: Path, before: str, after: str) -> None:
    pi = Pi(tmp_path, serial("/dev/serial0"))
    pi.cmdline.write_bytes(before.encode())
    pi.runs("switch_on_interfaces")
    assert pi.cmdline.read_bytes().decode().rstrip("\n") == after.rstrip("\n")
    assert pi.runs("switch_on_interfaces").startswith("nothing to do\n")
    pi.runs("give_serial_port_back")
    assert pi.cmdline.read_bytes().decode() == before
    assert not list(pi.boot.glob("*.new"))


def test_two_consoles_come_back_before_an_edit(tmp_path: Path) -> None:
    pi = Pi(tmp_path, serial("/dev/serial0"))
    pi.cmdline.write_text("console=serial0,115200 root=1 console=ttyS0,9600\n")
    pi.runs("switch_on_interfaces")
    pi.cmdline.write_text("root=1 quiet\n")
    pi.runs("give_serial_port_back")
    text = "console=serial0,115200 console=ttyS0,9600 root=1 quiet\n"
    assert pi.cmdline.read_text() == text


def test_a_command_line_that_can_not_be_written_at_the_uninstall_stays_beside(
    tmp_path: Path,
) -> None:
    pi = Pi(tmp_path, serial("/dev/serial0"))
    pi.runs("switch_on_interfaces")
    (pi.boot / "cmdline.txt.new").mkdir()
    pi.runs("give_serial_port_back")
    assert (pi.cmdline.read_text(), pi.files() >= {"cmdline.txt.kiosk"}) == (FREED, True)


def test_boot_files_that_can_not_be_written_are_left_to_the_technician(tmp_path: Path) -> None:
    pi = Pi(tmp_path, serial("/dev/serial0"))
    for name in ("config.txt.new", "cmdline.txt.kiosk.new"):
        (pi.boot / name).mkdir()  # nothing can be written there, also by root
    said = pi.runs("switch_on_interfaces")
    assert f"to do: write enable_uart=1 to {pi.config}, which can't be written now" in said
    assert f"to do: take console=... out of {pi.cmdline}, which can't be written, and" in said
    assert pi.cmdline.read_text() == CMDLINE


def test_a_usb_port_a_dry_run_and_another_computer_change_nothing(tmp_path: Path) -> None:
    usb = Pi(tmp_path, serial("/dev/serial/by-id/usb-x") | serial("/dev/ttyUSB0"))
    assert usb.runs("switch_on_interfaces") == "nothing to do\n"
    dry = Pi(tmp_path, serial("/dev/serial0"))
    assert "would take the serial console out" in dry.runs("switch_on_interfaces", dry_run="yes")
    assert dry.cmdline.read_text() == CMDLINE
    for path in (dry.config, dry.cmdline):
        path.unlink()
    assert dry.runs("switch_on_interfaces; give_serial_port_back") == "nothing to do\n"


@pytest.mark.parametrize("model", ["Raspberry Pi 5", "Raspberry Pi Compute Module 5"])
def test_the_port_of_a_pi_5_has_a_line_of_its_own(tmp_path: Path, model: str) -> None:
    pi = Pi(tmp_path, serial("/dev/ttyAMA0"), model)
    pi.runs("switch_on_interfaces")
    assert pi.config.read_text().endswith("[all]\ndtparam=uart0=on\n")


# --- the way back ---


def test_the_uninstall_switches_off_what_the_installer_has_switched_on(tmp_path: Path) -> None:
    inky = InkySettings.model_validate({"driver": "inky", "board": "phat"}).permissions()
    pi = Pi(tmp_path, inky | serial("/dev/serial0"))
    pi.config.write_text("dtparam=spi=on\n[pi4]\narm_boost=1\n")
    before = pi.config.read_text()
    said = pi.runs("switch_on_interfaces")
    assert f"write dtoverlay=spi0-0cs to {pi.config}" in said
    assert "dtparam=i2c_arm=on" in pi.config.read_text()  # inky reads the board's own memory
    said = pi.runs("switch_interfaces_off")
    assert f"take dtoverlay=spi0-0cs out of {pi.config}\n" in said
    assert f"take enable_uart=1 out of {pi.config}\n" in said
    assert "to do: reboot to switch off what only the kiosk used" in said
    assert pi.config.read_text() == before  # SPI was on before
    assert pi.runs("switch_interfaces_off") == "nothing to do\n"


@pytest.mark.parametrize(
    ("since", "after"),
    [
        ("gpu_mem=16\n", "[pi4]\narm_boost=1\n[all]\ngpu_mem=16\n"),
        ("[pi5]\ngpu_mem=16\n", "[pi4]\narm_boost=1\n[pi5]\ngpu_mem=16\n"),
        ("dtoverlay=spi1-1cs\n", "[pi4]\narm_boost=1\n[all]\n"),
    ],
)
def test_what_was_written_below_it_since_keeps_its_section(
    tmp_path: Path, since: str, after: str
) -> None:
    pi = Pi(tmp_path, spi(1, 0))
    pi.runs("switch_on_interfaces")
    pi.config.write_text(pi.config.read_text() + since)
    pi.runs("switch_interfaces_off")
    assert pi.config.read_text() == after


def test_boot_files_that_can_not_be_written_at_the_uninstall_are_said(tmp_path: Path) -> None:
    pi = Pi(tmp_path, spi(1, 0))
    pi.runs("switch_on_interfaces")
    (pi.boot / "config.txt.new").mkdir()
    pi.runs("switch_interfaces_off")
    assert "dtoverlay=spi1-1cs" in pi.config.read_text()


# A stand-in for raspi-config: the file NAME is there while NAME is on.
RASPI_CONFIG = """
raspi-config() {
  local file="PLACE/${2#*_}"
  echo "$2 ${3:-}" >>"PLACE/asked"
  case $2 in
  get_*) [ -e "$file" ] && echo 0 || echo 1 ;;
  do_*) if [ "$3" = 0 ]; then touch "$file"; else rm "$file"; fi ;;
  esac
}
"""


def test_raspi_config_is_asked_for_what_it_knows_on_and_off(tmp_path: Path) -> None:
    pi = Pi(tmp_path, i2c(1) | spi(0, 0) | serial("/dev/serial0"))
    (known := tmp_path / "known").mkdir()
    (known / "i2c").touch()  # on before
    pi.has = RASPI_CONFIG.replace("PLACE", str(known))
    said = pi.runs("switch_on_interfaces")
    assert "switch on spi with raspi-config" in said
    assert "switch on serial_hw with raspi-config" in said
    assert {path.name for path in known.iterdir()} == {"i2c", "spi", "serial_hw", "asked"}
    assert "do_serial_hw 0\n" in (known / "asked").read_text()
    assert pi.cmdline.read_text() == FREED
    assert "do_i2c" not in (known / "asked").read_text()
    assert pi.runs("switch_on_interfaces") == "nothing to do\n"
    assert "switch off spi with raspi-config" in pi.runs("switch_interfaces_off")
    assert {path.name for path in known.iterdir()} == {"i2c", "asked"}
    assert "do_serial_hw 1\n" in (known / "asked").read_text()
    assert pi.runs("switch_interfaces_off") == "nothing to do\n"


# --- who calls it ---


def test_it_runs_nothing_of_the_folder_or_the_environment_of_who_calls_it(tmp_path: Path) -> None:
    hostile = booby_trapped(tmp_path)
    marker = tmp_path / "marker"
    # They are dangerous: ordinary calls run them.
    for command in (
        ["python3", "-c", "0"],
        ["/usr/bin/python3", "-m", "venv"],
        ["/bin/bash", "-c", ":"],
    ):
        subprocess.run(command, cwd=tmp_path, env=hostile, capture_output=True, check=False)
        assert marker.read_text().startswith(MARKER), command
        marker.unlink()
    install = INSTALLER.parent / "install"
    for words in (["--dry-run"], ["--dry-run", "--uninstall"], ["--help"], ["--nonsense"]):
        done = subprocess.run(
            [install, *words],
            cwd=tmp_path,
            env=hostile,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not marker.exists(), words
        assert done.stdout or "root" in done.stderr or "usage" in done.stderr, done


@pytest.mark.skipif(os.geteuid() != 0, reason="the installer needs root")
@pytest.mark.skipif(shutil.which("dpkg") is None, reason="the installer needs Debian")
def test_started_in_a_hostile_folder_it_gets_to_the_end(tmp_path: Path) -> None:
    done = subprocess.run(
        [INSTALLER.parent / "install", "--dry-run"],
        cwd=tmp_path,
        env=booby_trapped(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "nothing was changed\n" in done.stdout, done
    assert not (tmp_path / "marker").exists()

"""``kiosk doctor`` on a box that is a folder of files: what is wrong, what it means, the fix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.box.finding import Level, Page
from kiosk.cli.manual import manual_pages
from tests.cli.examination.box import PID, Box
from tests.support.examples import sampled


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


def test_a_box_that_sells_is_good_in_every_line(box: Box) -> None:
    found = box.findings()
    quiet = {"configuration"}  # the real computer that the test runs on has no such port
    assert {each.line() for each in found.values() if each.level is not Level.GOOD} == {
        each.line() for name, each in found.items() if name in quiet
    }
    assert found.keys() >= {
        "configuration", "access token", "journal", "free space", "card", "power supply", "clock",
        "I²C, SPI and UART", "serial console", "ports", "scanner", "panel", "sound", "permissions",
        "kiosk service", "watchdog", "update",
    }  # fmt: skip


Mistake = Callable[[Box], None]


def mounted(line: str) -> Mistake:
    return lambda box: box.write("proc/self/mounts", line.format(root=box.root) + "\n")


def written(path: str, text: str) -> Mistake:
    return lambda box: box.write(path, text)


def removed(path: str) -> Mistake:
    return lambda box: box.remove(path)


def both(one: Mistake, other: Mistake) -> Mistake:
    def make(box: Box) -> None:
        one(box)
        other(box)

    return make


def on_i2c(*devices: tuple[int, int]) -> Mistake:
    return lambda box: setattr(box, "on_i2c", set(devices))


def held(name: str, port: str = "/dev/ttyS0") -> Mistake:
    return lambda box: box.process(901, name, port)


SYSTEMD = "usr/local/lib/systemd/system.conf.d"
THROTTLED = "sys/devices/platform/soc/soc:firmware/get_throttled"


MISTAKES: list[tuple[Mistake, str]] = [
    (
        mounted("/dev/mmcblk0p2 / ext4 ro,noatime 0 0"),
        "bad  journal: nothing can be written to ROOT/journal.sqlite3, so no sale begins; run: "
        "sudo mount -o remount,rw / (manual: codes)",
    ),
    (
        mounted("/dev/mmcblk0p2 / ext4 rw 0 0\ntmpfs {root} tmpfs rw 0 0"),
        "bad  journal: ROOT/journal.sqlite3 is in memory, so a power cut loses every sale; put "
        "journal.path on the card or on a disk (manual: codes)",
    ),
    (
        written("journal.sqlite3", "no database, but a text of some length\n" * 20),
        "bad  journal: ROOT/journal.sqlite3",
    ),
    (
        mounted("/dev/mmcblk0p2 / ext4 ro,noatime 0 0"),
        "warn  card: the root file system is read-only: either on purpose, or the kernel found "
        "an error; look for errors: sudo dmesg | grep -i ext4",
    ),
    (
        mounted("overlay / overlay rw,lowerdir=/a,upperdir=/media/root-rw/overlay 0 0"),
        "warn  card: changes of this system are kept in memory until the next start only; run: "
        "sudo raspi-config nonint disable_overlayfs",
    ),
    (
        written("sys/fs/ext4/mmcblk0p2/errors_count", "3\n"),
        "bad  card: the file system has errors (mmcblk0p2: 3), and data may be lost; save the "
        "journal, and replace the card",
    ),
    (
        written(THROTTLED, "50005\n"),
        "bad  power supply: the voltage is too low now; the card and the panel may fail; use "
        "the official power supply, and a short cable",
    ),
    (
        written(THROTTLED, "50000\n"),
        "warn  power supply: the voltage was too low since the last start; use the official",
    ),
    (
        written(THROTTLED, "8\n"),
        "warn  power supply: the processor is too hot, and slowed down; give the box holes",
    ),
    (
        removed("run/systemd/timesync/synchronized"),
        "warn  clock: the network has not set it since the last start; run: sudo timedatectl",
    ),
    (
        lambda box: setattr(box, "now", lambda: 1000.0),
        "bad  clock: it shows a time before the kiosk was installed; no certificate is valid",
    ),
    (
        both(removed("dev/i2c-1"), written("boot/firmware/config.txt", "")),
        "bad  I²C, SPI and UART: /dev/i2c-1 is not there: the bus is off; write "
        "dtparam=i2c_arm=on to /boot/firmware/config.txt, and restart (manual: mounting)",
    ),
    (
        removed("dev/i2c-1"),
        "bad  I²C, SPI and UART: /dev/i2c-1 is not there; connect it, and restart this computer",
    ),
    (
        removed("dev/i2c-1"),
        "bad  panel: /dev/i2c-1 is not there, so nothing can be shown; connect the panel, then "
        "run: kiosk test display",
    ),
    (
        removed("dev/serial0"),
        "bad  I²C, SPI and UART: /dev/serial0 is not there: the UART is off; run: sudo "
        "raspi-config nonint do_serial_hw 0, and restart",
    ),
    (
        written("proc/cmdline", "console=serial0,115200 console=tty1\n"),
        "bad  serial console: the kernel writes its messages to /dev/serial0; run: sudo "
        "raspi-config nonint do_serial_cons 1, and restart",
    ),
    (
        held("agetty"),
        "bad  ports: agetty (901) has /dev/serial0 open, and takes a part of its bytes; run: "
        "sudo raspi-config nonint do_serial_cons 1, and restart",
    ),
    (
        held("brltty"),
        "bad  ports: brltty (901) has /dev/serial0 open, and takes a part of its bytes; run: "
        "sudo apt purge brltty",
    ),
    (
        held("minicom"),
        "bad  ports: minicom (901) has /dev/serial0 open, and takes a part of its bytes; stop "
        "that program: sudo kill 901",
    ),
    (
        held("ModemManager", "/dev/null"),
        "warn  ports: ModemManager runs, and opens new serial ports; run: sudo systemctl mask "
        "--now ModemManager",
    ),
    (
        both(removed(f"proc/{PID}/fd/1"), held("labwc", "/dev/input/event3")),
        "warn  scanner: labwc (901) has /dev/input/event3 open, and gets the codes too; stop that "
        "program: sudo kill 901",
    ),
    (
        on_i2c(),
        "bad  panel: nothing answers at /dev/i2c-1, address 0x3C; check that `i2cdetect -y 1` shows "
        "it, and check its four wires",
    ),
    (
        on_i2c((1, 0x3D)),
        "bad  panel: nothing answers at /dev/i2c-1, address 0x3C; a panel answers at 0x3D: write "
        "i2c_address: 0x3D",
    ),
    (
        removed("usr/local/lib/systemd/system/kiosk.service"),
        "warn  permissions: the service is not installed here; run: sudo scripts/install",
    ),
    (
        written("etc/systemd/system/kiosk.service.d/50-devices.conf", "[Service]\n"),
        "bad  permissions: the service has no access to all of its devices "
        "(etc/systemd/system/kiosk.service.d/50-devices.conf); run: sudo kiosk setup --units",
    ),
    (
        written("etc/group", "dialout:x:20:\n"),
        "bad  permissions: this system has no group i2c, input; run: sudo groupadd --system i2c",
    ),
    (
        removed("run/kiosk/status.json"),
        "bad  kiosk service: no kiosk runs with this configuration; run: sudo systemctl restart",
    ),
    (
        written("run/kiosk/status.json", '{"state": "idle", "pid": 4000}'),
        "bad  kiosk service: no kiosk runs with this configuration",
    ),
    (
        written("run/kiosk/status.json", "[1, 2"),
        "bad  kiosk service: no kiosk runs with this configuration",
    ),
    (
        written(
            "run/kiosk/status.json",
            '{"state": "out_of_service", "health": {"panel": "failed", "token": "ok"}, '
            f'"pid": {PID}}}',
        ),
        "bad  kiosk service: it runs, but is out of service: panel; run: kiosk status",
    ),
    (
        written("run/kiosk/status.json", f'{{"state": "idle", "problems": ["x"], "pid": {PID}}}'),
        "warn  kiosk service: it sells, with 1 problem; run: kiosk status",
    ),
    (
        written("sys/class/watchdog/watchdog0/state", "inactive\n"),
        "warn  watchdog: nothing restarts this computer if it hangs; run: sudo scripts/install",
    ),
    (
        both(
            written("sys/class/watchdog/watchdog0/state", "inactive\n"),
            written(f"{SYSTEMD}/kiosk-watchdog.conf", "[Manager]\nRuntimeWatchdogSec=10s\n"),
        ),
        "warn  watchdog: nothing restarts this computer if it hangs; restart this computer: sudo",
    ),
    (
        both(
            both(
                written("sys/class/watchdog/watchdog0/state", "inactive\n"),
                written(f"{SYSTEMD}/kiosk-watchdog.conf", "[Manager]\nRuntimeWatchdogSec=10s\n"),
            ),
            written("etc/systemd/system.conf.d/zz.conf", "[Manager]\nRuntimeWatchdogSec = off\n"),
        ),
        "warn  watchdog: nothing restarts this computer if it hangs; write RuntimeWatchdogSec=10s "
        "to /etc/systemd/system.conf.d/zz.conf, and restart",
    ),
    (
        removed("sys/class/watchdog/watchdog0/state"),
        "warn  watchdog: this computer has no hardware watchdog; nothing to do, unless it is",
    ),
    (
        written("opt/kiosk/refused", "0.3.0: no sale within 180 s\n"),
        "; a newer one was refused: 0.3.0: no sale within 180 s; run: journalctl -u kiosk-update",
    ),
]


@pytest.mark.parametrize("told", sampled(MISTAKES, 5))
def test_each_fault_of_a_box_has_its_line(box: Box, told: tuple[Mistake, str]) -> None:
    mistake, line = told
    mistake(box)
    lines = [each.line().replace(str(box.root), "ROOT") for each in box.findings().values()]
    assert any(line in each for each in lines), "\n".join(lines)


def test_the_configurations_faults_are_counted_and_the_box_is_examined_all_the_same(
    box: Box,
) -> None:
    box.file.write_text(box.file.read_text().replace("ARS", "ARG"))
    found = box.findings()
    assert found["configuration"].level is Level.BAD
    assert (
        "has 1 fault, so the counter can't sell: kiosk.currency:" in found["configuration"].meaning
    )
    assert found["configuration"].fix == f"run: kiosk check {box.file}"
    assert found.keys() >= {"card", "power supply", "clock", "watchdog", "update"}
    box.file.unlink()
    found = box.findings()
    assert found["configuration"].level is Level.BAD
    assert found["configuration"].fix == f"write the configuration to {box.file}"


def test_a_token_that_is_missing(box: Box) -> None:
    box.file.write_text(box.file.read_text().replace("KIOSK_TOKEN", "OTHER"))
    token = box.findings()["access token"]
    assert token.line() == (
        "bad  access token: orders.token (env OTHER): this environment variable is not set; set it "
        "(manual: account)"
    )


def test_what_a_foreign_tool_says_is_quoted_and_decides_nothing(box: Box) -> None:
    box.programs = {"vcgencmd": "throttled=0x50005", "systemctl": "failed"}
    found = box.findings()
    assert found["power supply"].line() == (
        "good  power supply: the voltage was high enough (vcgencmd says: throttled=0x50005)"
    )
    assert found["kiosk service"].line() == (
        "good  kiosk service: it runs and can sell (systemctl says: failed)"
    )


def test_an_older_kernel_tells_of_a_low_voltage_by_its_monitor(box: Box) -> None:
    box.remove(THROTTLED)
    assert "does not measure it" in box.findings()["power supply"].meaning
    box.write("sys/class/hwmon/hwmon0/name", "cpu_thermal\n")
    box.write("sys/class/hwmon/hwmon1/name", "rpi_volt\n")
    box.write("sys/class/hwmon/hwmon1/in0_lcrit_alarm", "0\n")
    assert box.findings()["power supply"].level is Level.GOOD
    box.write("sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n")
    assert box.findings()["power supply"].level is Level.BAD


def test_each_page_that_a_finding_names_is_in_the_manual() -> None:
    assert set(Page) <= set(manual_pages.pages())


def test_nothing_is_written(box: Box) -> None:
    before = {path: path.stat().st_mtime_ns for path in box.root.rglob("*") if path.is_file()}
    box.findings()
    after = {path: path.stat().st_mtime_ns for path in box.root.rglob("*") if path.is_file()}
    assert after == before

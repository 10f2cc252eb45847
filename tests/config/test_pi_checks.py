"""A configuration on a Raspberry Pi whose boot files, ports or buses do not fit it."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from kiosk.config.parsing import parse_settings
from kiosk.config.pi_checks import check_pi
from kiosk.config.sections import Config
from tests.config.counter import COUNTER
from tests.display.models.screen import Screen

CONFIG_TXT = "boot/firmware/config.txt"
OLED = "{driver: oled, chip: ssd1306}"
SPI = "{driver: lcd, chip: st7789, dc: 25}"


class Pi:
    """The files of a Raspberry Pi, in a folder."""

    def __init__(self, root: Path, model: str = "Raspberry Pi 4 Model B Rev 1.4") -> None:
        self.root = root
        self.write("proc/device-tree/model", f"{model}\0")
        self.write(CONFIG_TXT, "")
        self.boots_with("console=tty1 root=PARTUUID=1 rootwait")

    def write(self, path: str, text: str = "") -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def boots_with(self, words: str) -> None:
        self.write("proc/cmdline", words + "\n")

    def has(self, *devices: str, **links: str) -> None:
        for device in devices:
            self.write(f"dev/{device}")
        for name, target in links.items():
            (self.root / "dev" / name).symlink_to(target)

    def says(self, text: str) -> list[str]:
        config = parse_settings(text, Config).settings
        assert config
        return list(check_pi(config, self.root))


@pytest.fixture
def pi(tmp_path: Path) -> Pi:
    return Pi(tmp_path)


def counter(panel: str = "{driver: fake}", port: str = "/dev/ttyUSB0", signals: str = "") -> str:
    text = COUNTER.replace("{driver: fake, size: 250x122, frames: out/frames}", panel)
    text = text.replace("/dev/ttyUSB0", port)
    return text.replace("{driver: fake, record: out/signals.jsonl}", signals or "{driver: fake}")


@pytest.mark.parametrize(
    ("panel", "node", "line"),
    [
        (OLED, "i2c-1", "dtparam=i2c_arm=on"),
        (SPI, "spidev0.0", "dtparam=spi=on"),
        (SPI.replace("dc", "spi_port: 1, dc"), "spidev1.0", "dtoverlay=spi1-1cs"),
    ],
)
def test_a_bus_that_is_off_is_told_with_its_line(pi: Pi, panel: str, node: str, line: str) -> None:
    assert pi.says(counter(panel)) == [
        f"display: /dev/{node} is not there; write {line} to /boot/firmware/config.txt, "
        "and restart the computer"
    ]
    pi.write(CONFIG_TXT, f"# by the installer\n[all]\n{line}  # on\n")
    assert pi.says(counter(panel)) == [
        f"display: /dev/{node} is not there; connect the panel, and restart the computer"
    ]
    pi.has(node)
    assert pi.says(counter(panel)) == []


def test_an_older_system_has_its_config_txt_in_boot(pi: Pi) -> None:
    (pi.root / CONFIG_TXT).unlink()
    pi.write("boot/config.txt", "dtparam=spi=on\n")
    assert "connect the panel" in pi.says(counter(SPI))[0]


def test_the_serial_port_of_a_pi_5_is_its_debug_connector(tmp_path: Path) -> None:
    pi = Pi(tmp_path, "Raspberry Pi 5 Model B Rev 1.0")
    pi.has("ttyAMA0", "ttyAMA10", serial0="ttyAMA10")
    (line,) = pi.says(counter(port="/dev/serial0"))
    assert line == (
        "inputs.serial_line.port: /dev/serial0 is the debug connector of a Raspberry Pi 5; "
        "for GPIO 14 and 15 write /dev/ttyAMA0, and dtparam=uart0=on to /boot/firmware/config.txt"
    )
    assert pi.says(counter(port="/dev/ttyAMA0")) == []


def test_the_first_serial_port_of_an_older_pi_belongs_to_bluetooth(pi: Pi) -> None:
    pi.has("ttyAMA0", "ttyS0", serial0="ttyS0", serial1="ttyAMA0")
    (line,) = pi.says(counter(port="/dev/ttyAMA0"))
    assert "belongs to Bluetooth on this Raspberry Pi; for GPIO 14 and 15 write" in line
    assert pi.says(counter(port="/dev/serial0")) == []


def test_without_bluetooth_it_is_on_the_header(pi: Pi) -> None:
    pi.has("ttyAMA0", "ttyS0", serial0="ttyAMA0", serial1="ttyS0")
    assert pi.says(counter(port="/dev/ttyAMA0")) == []


@pytest.mark.parametrize("console", ["ttyS0", "serial0"])
def test_a_port_on_which_the_kernel_writes(pi: Pi, console: str) -> None:
    pi.has("ttyS0", serial0="ttyS0")
    pi.boots_with(f"console={console},115200 console=tty1 rootwait")
    (line,) = pi.says(counter(port="/dev/serial0"))
    assert "is the kernel's console, which writes to it; run: sudo raspi-config nonint" in line
    assert pi.says(counter(port="/dev/ttyUSB0")) == []


BUZZER = "{driver: gpio, buzzer: {pin: 18, inverted: yes}}"


@pytest.mark.parametrize(
    ("boot", "silent"),
    [
        ("", False), ("gpio=18=op,dh", True), ("gpio=17-19=op,dh", True), ("gpio=5,18=op,dh", True),
        ("gpio=18=op,dl", False), ("gpio=17=op,dh", False), ("#gpio=18=op,dh", False),
        ("gpio=x-=op,dh", False),
    ],
)  # fmt: skip
def test_an_inverted_buzzer_sounds_until_the_kiosk_starts(pi: Pi, boot: str, silent: bool) -> None:
    pi.write(CONFIG_TXT, f"{boot}\n")
    assert pi.says(counter(signals=BUZZER)) == (
        []
        if silent
        else [
            "signals.buzzer: GPIO18 is low until the kiosk starts, so it is on; "
            "write gpio=18=op,dh to /boot/firmware/config.txt"
        ]
    )


def test_lines_that_are_off_at_the_start(pi: Pi) -> None:
    lamp = "{driver: gpio, lamps: {blue: {pin: 5}}}"
    for signals in (BUZZER.replace("18", "5"), BUZZER.replace(", inverted: yes", ""), lamp):
        assert pi.says(counter(signals=signals)) == []
    lamps = "{driver: gpio, lamps: {red: {pin: 17, inverted: yes}, blue: {pin: 22}}}"
    (line,) = pi.says(counter(signals=lamps))
    assert line.startswith("signals.lamps.red: GPIO17 is low")


def test_a_buzzer_on_a_line_that_is_pulled_up_sounds_until_the_kiosk_starts(pi: Pi) -> None:
    buzzer = "{driver: gpio, buzzer: {pin: 5}}"
    assert pi.says(counter(signals=buzzer)) == [
        "signals.buzzer: GPIO5 is high until the kiosk starts, so it is on; "
        "write gpio=5=op,dl to /boot/firmware/config.txt"
    ]
    pi.write(CONFIG_TXT, "gpio=4-6=op,dl\n")
    assert pi.says(counter(signals=buzzer)) == []


def test_another_computer_has_nothing_to_say(tmp_path: Path) -> None:
    for root in (tmp_path / "nothing", Pi(tmp_path, "QEMU Virtual Machine").root):
        config = parse_settings(counter(SPI, "/dev/serial0", BUZZER), Config).settings
        assert config
        assert list(check_pi(config, root)) == []


def test_a_screen_of_another_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(tmp_path / "fb0", (1024, 768))
    monkeypatch.setattr(fcntl, "ioctl", screen.ioctl)
    panel = f"{{driver: framebuffer, device: {screen.path}, size: 800x480}}"
    config = parse_settings(counter(panel), Config).settings
    assert config
    (line,) = check_pi(config, tmp_path)
    assert line.startswith(f"display.size: {screen.path} has 1024x768 now, and the kiosk draws in")

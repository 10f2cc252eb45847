"""``kiosk setup`` finds, identifies and tries what is plugged in."""

from __future__ import annotations

import json
import os
from contextlib import closing
from pathlib import Path

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory, MockPWMPin

from kiosk.cli.first_start.acceptance import settings_of
from kiosk.cli.first_start.device_steps import kiosk_has_devices, try_devices
from kiosk.cli.first_start.questions import NEW
from kiosk.config import load
from tests.cli.first_start.computer import Box
from tests.support.terminal import Terminal, on_terminal

pytestmark = pytest.mark.slow

# A counter whose devices are pretended ones, so that its panel and lamps can be tried anywhere.
PRETENDED = """\
kiosk: {{name: counter-1, language: es, currency: ARS}}
inputs: [{{driver: command}}]
orders: {{driver: mercadopago, token: {{credential: token}}, external_pos_id: COUNTER1,
          base_url: "http://127.0.0.1:9"}}
display: {{driver: fake, size: 128x64, frames: {out}/frames}}
signals: {{driver: fake, record: {out}/signals.jsonl}}
"""


@pytest.fixture
def pretended(box: Box) -> Box:
    box.config.parent.mkdir(parents=True)
    box.config.write_text(PRETENDED.format(out=box.root))
    return box


@pytest.fixture
def register(box: Box, tty_pair: tuple[int, str]) -> int:
    """The end of a serial cable: the computer has the other one as /dev/ttyUSB0."""
    wire, port = tty_pair
    (box.root / "dev").mkdir()
    (box.root / "dev/ttyUSB0").symlink_to(port)
    return wire


@pytest.mark.parametrize(
    ("name", "opened", "has_them"),
    [("kiosk", "/dev/i2c-1", True), ("kiosk", "/dev/null", False), ("Xorg", "/dev/i2c-1", False)],
)
def test_the_safe_mode_which_writes_no_status_is_seen_by_its_devices(
    tmp_path: Path, name: str, opened: str, has_them: bool
) -> None:
    process = tmp_path / "proc/700"
    (process / "fd").mkdir(parents=True)
    (process / "fd/3").symlink_to(opened)
    (process / "comm").write_text(f"{name}\n")
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/i2c-1").touch()
    assert kiosk_has_devices(tmp_path) is has_them


def ask_for_devices(terminal: Terminal) -> None:
    """Answer what comes before the devices."""
    terminal.expect("Access token")
    terminal.type("")
    for question in ("Name of this", "shop", "Language", "Currency", "Point of sale"):
        assert question in terminal.expect("]: ")
        terminal.type("")


def skip_to(terminal: Terminal, question: str) -> None:
    """Press Enter at each question before this one."""
    while question not in terminal.expect("]: "):
        terminal.type("")


def test_a_register_is_identified_while_it_is_used(pretended: Box, register: int) -> None:
    port = str(pretended.root / "dev/ttyUSB0")
    with on_terminal(*pretended.words(), columns=200) as terminal:
        ask_for_devices(terminal)
        terminal.expect("Found a serial port: /dev/ttyUSB0.")
        skip_to(terminal, "Find a register or a scanner by using it now?")
        terminal.type("y")
        terminal.expect("Ring up a total, or scan something now. (60 seconds)")
        said = f"{port} sends."
        terminal.expect_while(said, lambda: os.write(register, b"TOTAL      $ 1.234,56\r\n"))
        terminal.expect("by using it now? [y/N]: ")
        terminal.type("n")
        skip_to(terminal, f"if there is none [{port}")  # it is the default now
        terminal.type("")
        skip_to(terminal, "Show a test picture on the panel now?")
        terminal.type("n")
        skip_to(terminal, "Try the lamps and the buzzer now?")
        terminal.type("n")
        assert terminal.ends() == 0
    command, found = load(pretended.config, {}).inputs
    assert (command.driver, found.driver) == ("command", "serial_line")
    assert getattr(found, "port") == port  # noqa: B009 - of its driver only


def test_a_register_that_sends_nothing_is_said_and_asked_again(
    pretended: Box, register: int
) -> None:
    assert register
    before = pretended.config.read_text()
    with on_terminal(*pretended.words("--listen", "0.2"), columns=200) as terminal:
        ask_for_devices(terminal)
        skip_to(terminal, "by using it now?")
        terminal.type("")
        terminal.expect("Nothing was sent. Check the cable and the register's settings.")
        terminal.expect("by using it now? [Y/n]: ")
        assert terminal.interrupted() == 130
    assert pretended.config.read_text() == before


def test_what_no_setting_can_correct_is_said_and_the_old_settings_stay(pretended: Box) -> None:
    with on_terminal(*pretended.words(), columns=200) as terminal:
        ask_for_devices(terminal)
        skip_to(terminal, "Show a test picture on the panel now?")
        terminal.type("y")
        for answer in ("n", "y", "y", "y"):
            terminal.expect("? [Y/n]: ")
            terminal.type(answer)
        terminal.expect("display.invert: write yes")
        terminal.expect("Try again with display.invert: yes? [Y/n]: ")
        terminal.type("y")
        terminal.expect("the fake panel has no glass that could be inverted")
        skip_to(terminal, "Try the lamps and the buzzer now?")
        terminal.type("y")
        for _question in range(7):
            terminal.expect("]: ")
            terminal.type("")
        terminal.expect("It is written. Now run:")
        assert terminal.ends() == 0
    assert not load(pretended.config, {}).display.invert
    lines = (pretended.root / "signals.jsonl").read_text().splitlines()
    assert "white" in [json.loads(line).get("lamp") for line in lines]
    assert [json.loads(line)["tone"] for line in lines if "tone" in line] == [2000.0, 0.0]


def test_ctrl_c_in_a_trial_leaves_the_lamps_dark_and_the_file_as_it_was(pretended: Box) -> None:
    before = pretended.config.read_text()
    with on_terminal(*pretended.words(), columns=200) as terminal:
        ask_for_devices(terminal)
        skip_to(terminal, "Try the lamps and the buzzer now?")
        terminal.type("y")
        terminal.expect("Is the red lamp on? [Y/n]: ")
        assert terminal.interrupted() == 130
    last = json.loads((pretended.root / "signals.jsonl").read_text().splitlines()[-1])
    assert last["level"] == 0.0
    assert pretended.config.read_text() == before


class Watcher:
    """Somebody who looks at lamps with a common anode: they are on while their line is low."""

    def __init__(self, factory: MockFactory) -> None:
        self.factory = factory
        self.asked: list[str] = []
        self.told: list[str] = []

    def say(self, text: str) -> None:
        self.told.append(text)

    def is_so(self, question: str) -> bool:
        self.asked.append(question)
        lamps = {"red": not self.factory.pin(17).state, "green": not self.factory.pin(27).state}
        for lamp, on in lamps.items():
            if question == f"Is the {lamp} lamp on?":
                return on
        return not any(lamps.values()) if "off" in question else True


def test_lamps_with_a_common_anode_become_inverted_by_themselves(tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/gpiochip0").touch()
    tree = NEW | {
        "signals": {"driver": "gpio", "lamps": {"red": {"pin": "17"}, "green": {"pin": "27"}}}
    }
    with closing(MockFactory(pin_class=MockPWMPin)) as factory:
        before, Device.pin_factory = Device.pin_factory, factory
        try:
            watcher = Watcher(factory)
            corrected = try_devices(watcher, tree, tmp_path)
        finally:
            Device.pin_factory = before
    assert any("check that pin, the resistor" in each for each in watcher.told)
    lamps = settings_of(corrected).signals.lamps  # type: ignore[attr-defined]
    assert (lamps.red.inverted, lamps.green.inverted) == (True, True)
    assert watcher.asked.count("Is the red lamp on?") == 2


def test_without_lines_and_buses_nothing_is_tried(tmp_path: Path) -> None:
    tree = NEW | {"signals": {"driver": "gpio", "lamps": {"red": {"pin": "17"}}}}
    with closing(MockFactory()) as factory:
        watcher = Watcher(factory)
        assert try_devices(watcher, tree, tmp_path) is tree
    assert watcher.asked == []

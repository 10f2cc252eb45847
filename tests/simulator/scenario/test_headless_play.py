"""How a scenario is played: time, power, and any configuration as the counter."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.simulator.scenario.headless_play import Performance, play
from kiosk.simulator.scenario.scenario_file import SHIPPED, check_scenario
from tests.support.examples import sampled

CONFIGURATIONS = Path(__file__).parents[3] / "config"
EXAMPLES = [
    *CONFIGURATIONS.glob("examples/*.yaml"),
    *CONFIGURATIONS.glob("examples/devices/*.yaml"),
    CONFIGURATIONS / "kiosk.yaml",
]
WITHOUT_KEYS = {"systel-labels", "uruguay"}  # they have scanners only


def played(steps: str, folder: Path, counter: str = "{}") -> Performance:
    """Play steps, one on a line."""
    lines = "".join(f"  - {line.strip()}\n" for line in steps.strip().splitlines())
    file = folder / "s.yaml"
    file.write_text(f"title: t\nwhy: w.\ncounter: {counter}\nsteps:\n{lines}")
    return play(check_scenario(file))


def times(performance: Performance, text: str) -> list[float]:
    """Return when the lines with this text happened."""
    return [float(line.split()[0]) for line in performance.transcript if text in line]


@pytest.mark.parametrize("never", ["", "never: {screen: paid}"])
def test_a_wait_takes_as_long_as_it_says(never: str, tmp_path: Path) -> None:
    steps = (
        f"{never}\nwait: 1 h 30 min\npress: cancel" if never else "wait: 1 h 30 min\npress: cancel"
    )
    performance = played(steps, tmp_path)
    (pressed,) = times(performance, "-> press")
    assert 5400 <= pressed < 5401


def test_an_expectation_waits_no_longer_than_it_must(tmp_path: Path) -> None:
    performance = played('key: "22.50"\nexpect: {screen: scan_me, within: 1 h}', tmp_path)
    assert performance.failure is None
    assert performance.lasted < 3


def test_an_expectation_gives_up_after_its_time(tmp_path: Path) -> None:
    performance = played("expect: {screen: paid, within: 7 s}", tmp_path)
    assert performance.failure is not None
    assert 7 <= performance.lasted < 8


def test_what_is_keyed_without_power_is_lost(tmp_path: Path) -> None:
    steps = """
        power: off
        key: "22.50"
        power: on
        expect: {screen: idle}
        wait: 1 min
        expect: {orders: [], journal: []}
    """
    assert played(steps, tmp_path).failure is None


def test_nothing_is_written_after_the_power_is_cut(tmp_path: Path) -> None:
    """The payment is made at the service, and the journal of the dark counter knows nothing of it."""
    steps = """
        key: "22.50"
        expect: {screen: scan_me}
        payer: pays
        power: off
        expect: {dark: yes, state: off, journal: [{open: yes}], orders: [{status: processed}]}
        wait: 1 h
        expect: {quiet: yes, journal: [{open: yes}]}
        power: on
        expect: {screen: paid, reply: "PAID 22.50 {reference}", journal: [{outcome: paid}]}
    """
    assert played(steps, tmp_path).failure is None


def test_two_presses_of_the_plug_are_one(tmp_path: Path) -> None:
    performance = played("power: off\npower: off\npower: on\npower: on\nwait: 9 s", tmp_path)
    assert len(times(performance, "power on, start")) == 2


def test_a_random_network_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    steps = 'network: {random: 3}\nkey: "22.50"\nwait: 3 min'
    assert played(steps, tmp_path).transcript == played(steps, tmp_path).transcript


@pytest.mark.parametrize("file", sampled(EXAMPLES, 5), ids=[file.stem for file in EXAMPLES])
def test_any_configuration_can_be_the_counter(file: Path, tmp_path: Path) -> None:
    if file.stem in WITHOUT_KEYS:
        assert played("expect: {state: idle}", tmp_path, str(file)).failure is None
        return
    steps = """
        key: "2000"
        expect: {screen: scan_me}
        payer: pays
        expect: {screen: paid}
        power: off
        power: on
        expect: {screen: idle, journal: [{outcome: paid}], within: 1 min}
    """
    performance = played(steps, tmp_path, str(file))
    assert performance.failure is None, "\n".join(performance.transcript)


@pytest.mark.slow
def test_the_command_line_says_by_its_exit_code_how_it_went(tmp_path: Path) -> None:
    happy = (Path(str(SHIPPED)) / "happy_sale.yaml").read_text("utf-8")
    other, faulty = tmp_path / "other.yaml", tmp_path / "faulty.yaml"
    other.write_text(happy.replace("{screen: paid,", "{screen: expired,"))
    faulty.write_text(happy.replace("screen: paid,", "screen: payed,"))
    good = simulate("happy_sale", str(Path(str(SHIPPED)) / "cancel_button.yaml"))
    assert good.returncode == 0, good.stderr
    assert len(re.findall(r": as written \(\d+ s\)\n", good.stdout)) == 2
    differs = simulate(str(other))
    assert differs.returncode == 1
    assert "- screen: expired\n           + screen: paid\n" in differs.stdout
    assert f"{other}:10:22: steps[5].expect.screen: expected 'expired'" in differs.stdout
    wrong = simulate("happy_sale", str(faulty), str(other))
    assert wrong.returncode == 2
    assert wrong.stderr == (
        f"{faulty}:10:22: steps[5].expect.screen: 'payed' is not a valid value; did you mean paid?\n"
    )
    assert simulate().returncode == 2


def simulate(*scenarios: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "kiosk", "simulate", "--headless", *scenarios]
    return subprocess.run(words, capture_output=True, text=True, check=False)

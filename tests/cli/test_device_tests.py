"""``kiosk test lights|buzzer|scanner|register|all``, with somebody who answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kiosk.cli.signal_check import lamp_trials
from kiosk.cli.verbs import app
from kiosk.signals.gpio import GpioSignalsSettings
from tests.cli.conftest import Shell
from tests.config.counter import COUNTER
from tests.support.terminal import on_terminal


class Dark:
    """Lamps that nobody sees."""

    def begin(self, signal: object) -> None: ...

    def light(self, lamp: str, level: float) -> None: ...

    def tone(self, hertz: float) -> None: ...

    def close(self) -> None: ...


def answered(shell: Shell, device: str, answers: str, *words: str) -> tuple[int, str]:
    command = ["test", device, "--config", str(shell.config), *words]
    result = CliRunner().invoke(app, command, input=answers, env={"KIOSK_TOKEN": "APP_USR-TEST-1"})
    return result.exit_code, result.output


def record(shell: Shell) -> list[dict[str, object]]:
    return [json.loads(line) for line in (shell.folder / "signals.jsonl").read_text().splitlines()]


def test_each_lamp_is_lit_alone_and_all_are_dark_at_the_end(shell: Shell) -> None:
    code, said = answered(shell, "lights", "y\n" * 5)
    assert code == 0, said
    assert "Is the red lamp on?" in said
    assert said.endswith("lights: good\n")
    changes = [(line["lamp"], line["level"]) for line in record(shell)]
    assert changes == [
        (lamp, level) for lamp in ("red", "green", "blue", "white") for level in (1.0, 0.0)
    ]


def test_a_lamp_that_is_wrong_is_named_with_its_setting(shell: Shell) -> None:
    code, said = answered(shell, "lights", "y\nn\ny\ny\ny\n")
    assert code == 1
    assert said.endswith("signals.lamps.green: look at its wiring\n")


def test_the_advice_has_the_pin_of_the_lamp() -> None:
    signals = GpioSignalsSettings.model_validate(
        {"driver": "gpio", "lamps": {"green": {"pin": "17", "inverted": "yes"}}}
    )
    green, _off = lamp_trials(signals, Dark())
    assert "green" in green.question
    assert "GPIO 17" in green.advice
    assert "inverted: no" in green.advice


def test_the_buzzer_sounds_until_it_is_answered(shell: Shell) -> None:
    code, said = answered(shell, "buzzer", "y\ny\n")
    assert code == 0, said
    assert [line["tone"] for line in record(shell)] == [2000.0, 0.0]
    assert answered(shell, "buzzer", "n\ny\n")[0] == 1


@pytest.mark.parametrize("device", ["lights", "buzzer"])
def test_without_an_answer_everything_is_switched_off(shell: Shell, device: str) -> None:
    code, said = answered(shell, device, "")
    assert code == 1
    assert "run it again on a terminal" in said
    assert list(record(shell)[-1].values())[-1] == 0.0


@pytest.mark.parametrize("device", ["lights", "buzzer", "register", "all"])
def test_a_running_kiosk_keeps_its_devices(shell: Shell, device: str) -> None:
    (shell.folder / "status.json").write_text(json.dumps({"pid": os.getpid()}))
    code, said = answered(shell, device, "")
    assert code == 1
    assert "sudo systemctl stop kiosk" in said


def test_a_register_that_sends_nothing(shell: Shell) -> None:
    code, said = answered(shell, "register", "", "--for", "1")
    assert code == 1
    assert "nothing came within 1 s; check the cable" in said


def test_an_input_that_is_not_there_is_asked_for(shell: Shell) -> None:
    code, said = answered(shell, "scanner", "")
    assert (code, "this kiosk has no scanner; write one below inputs" in said) == (2, True)
    code, said = answered(shell, "register", "", "--input", "door")
    assert (code, "one of: fake" in said) == (2, True)


@pytest.mark.parametrize(
    ("sent", "answer", "code", "says"),
    [
        ("amount 12.50", "y", 0, "fake: good"),
        ("amount 12.50", "n", 1, "check its settings"),
        ("reject too long", "", 1, "this is not an amount: too long"),
        ("amount x", "", 1, "this is not an amount"),
    ],
)
def test_a_total_is_rung_up(shell: Shell, sent: str, answer: str, code: int, says: str) -> None:
    words = ("test", "register", "-c", str(shell.config))
    with on_terminal(*words, KIOSK_TOKEN="APP_USR-TEST-1") as terminal:
        terminal.expect("Ring up a total on fake now.")
        pipe = shell.folder / "buttons"
        if not pipe.exists():
            os.mkfifo(pipe)
        with pipe.open("w") as out:  # waits for the command to read
            out.write(f"{sent}\n")
        if answer:
            assert "amount 12.50 ARS" in terminal.expect("[y/n]")
            terminal.type(answer)
        assert terminal.ends() == code
        assert says in terminal.text


def test_a_port_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    config = tmp_path / "kiosk.yaml"
    config.write_text(COUNTER)
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "test", "register", "-c", str(config)],
        env=os.environ | {"KIOSK_TOKEN": "T"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "/dev/" in done.stderr
    assert "Traceback" not in done.stderr


def test_all_devices_go_on_after_a_bad_one(shell: Shell) -> None:
    answers = "n\ny\ny\ny\n" + "y\n" * 5 + "y\ny\n"
    code, said = answered(shell, "all", answers, "--for", "1")
    assert code == 1
    assert said.endswith("display: bad\nlights: good\nbuzzer: good\nfake: bad\n")


def test_ctrl_c_switches_the_lamp_off(shell: Shell) -> None:
    words = ("test", "lights", "-c", str(shell.config))
    with on_terminal(*words, KIOSK_TOKEN="APP_USR-TEST-1") as terminal:
        terminal.expect("[y/n]")
        assert terminal.interrupted() == 130
    assert record(shell)[-1]["level"] == 0.0


def as_json(shell: Shell, device: str, answers: str, *words: str) -> tuple[Any, str]:
    """Return what a program reads, and what the person beside it reads."""
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "test", device, "--json", "-c", str(shell.config), *words],
        input=answers, env=os.environ | {"KIOSK_TOKEN": "T" * 9}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    return json.loads(done.stdout), done.stderr


def test_a_program_reads_the_result_while_the_questions_are_beside_it(shell: Shell) -> None:
    seen, asked = as_json(shell, "lights", "y\nn\ny\ny\ny\n")
    assert "Is the green lamp on?" in asked
    (lights,) = seen["devices"]
    assert (seen["good"], lights["device"], lights["good"]) == (False, "lights", False)
    assert lights["fault"].endswith("signals.lamps.green: look at its wiring")
    seen, asked = as_json(shell, "all", "perhaps\n" + "y\n" * 11, "--for", "1")
    assert "Answer y (yes) or n (no)." in asked
    assert [(each["device"], each["good"]) for each in seen["devices"]] == [
        ("display", True),
        ("lights", True),
        ("buzzer", True),
        ("fake", False),
    ]

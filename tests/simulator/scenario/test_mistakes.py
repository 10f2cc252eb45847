"""Mistakes in a scenario are reported as in a configuration: all at once, with line and column."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kiosk.base.errors import ConfigError
from kiosk.simulator.scenario.scenario_file import check_scenario, load_scenario, scenario_schema

HEAD = "title: t\nwhy: w.\nsteps:\n"


def faults(text: str, tmp_path: Path) -> list[str]:
    """Return the lines about a scenario, without the name of its file."""
    file = tmp_path / "s.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as raised:
        load_scenario(file)
    return [line.removeprefix(f"{file}:") for line in raised.value.faults]


# Steps, and what is said about them; the first step is in line 4.
STEPS = {
    "- pyer: pays": '4:5: steps[0].pyer: unknown setting; did you mean "payer"?',
    "- payer: pay": "4:12: steps[0].payer: 'pay' is not a valid value; did you mean pays?",
    "- expect: {screen: payed}": (
        "4:22: steps[0].expect.screen: 'payed' is not a valid value; did you mean paid?"
    ),
    "- wait: 5": (
        "4:11: steps[0].wait: '5' is not a valid duration; write it with its unit, such as 800 ms, "
        "8 s, 5 min or PT5M"
    ),
    "- key: 22,50": "4:10: steps[0].key: '22,50' is not a valid value; write it like 22.50",
    '- key: {amount: "5", input: cja}': (
        "4:31: steps[0].key.input: this counter has no input 'cja'; did you mean caja?"
    ),
    "- scan: 779": (
        "4:11: steps[0].scan: no input of this counter can do this; add one, or another act"
    ),
    "- unplug: pannel": (
        "4:13: steps[0].unplug: 'pannel' is not a part of this counter; did you mean panel?"
    ),
    '- send: {bytes: "02 3"}': (
        "4:19: steps[0].send.bytes: 3 digits are not whole bytes; write two for each byte"
    ),
    '- send: {bytes: "0G"}': (
        "4:19: steps[0].send.bytes: 'G' is not a hexadecimal digit; write 0 to 9, A to F"
    ),
    "- {wait: 5 s, power: on}": (
        "4:5: steps[0]: power and wait are two steps; write each with a dash of its own"
    ),
    "- within: 5 s": '4:5: steps[0].within: unknown setting; did you mean "wait"?',
    "- expect: {within: 5 s}": (
        "4:13: steps[0].expect: nothing is expected; write what must be seen, such as screen: paid"
    ),
    "- network: {state: slow, status: 503}": (
        "4:14: steps[0].network: write only one of state, status and random"
    ),
    "- power: of": "4:12: steps[0].power: 'of' is not a valid value; did you mean off?",
    "- clock: 61": "4:12: steps[0].clock: '61' is too much; write 60 or less",
    "- reload: {journal: {path: x}}": (
        "4:13: steps[0].reload: journal can't change while the simulation runs; leave it out"
    ),
    "-\twait: 5 s": ("4:4: steps: there is a tab here, which YAML does not allow; use spaces"),
    "- wait:\u00a05 s": "4:10: steps: there is a no-break space (U+00A0) here",
    "- {wait: 5 s, wait: 6 s}": (
        "4:17: steps[0].wait: is given twice, first in line 4; remove one of them"
    ),
    "- just words": "4:5: steps[0]: is a section; write its settings on the lines below it",
    "- &a {wait: 5 s}": "4:5: steps: anchors such as &a are not supported",
}


@pytest.mark.parametrize("step", STEPS)
def test_a_wrong_step_is_named_with_its_place(step: str, tmp_path: Path) -> None:
    (said,) = faults(f"{HEAD}  {step}\n", tmp_path)
    assert said.startswith(STEPS[step])


def test_all_faults_are_said_at_once(tmp_path: Path) -> None:
    said = faults(HEAD + "  - pyer: pays\n  - wait: soon\n  - expect: {scren: paid}\n", tmp_path)
    assert [line.split(": ")[1] for line in said] == [
        "steps[0].pyer",
        "steps[1].wait",
        "steps[2].expect.scren",
    ]


def test_an_empty_file_says_how_to_begin(tmp_path: Path) -> None:
    assert faults("", tmp_path) == [
        "1:1: file: the file is empty; begin with sections such as `title:` and `why:`"
    ]


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    said = faults("title: t\n", tmp_path)
    assert [line.split(": ")[1] for line in said] == ["steps", "why"]


def test_a_scenario_without_steps_is_refused(tmp_path: Path) -> None:
    assert "steps" in faults("title: t\nwhy: w.\nsteps: []\n", tmp_path)[0]


def test_a_fault_of_the_counter_has_its_place_in_the_scenario(tmp_path: Path) -> None:
    text = "title: t\nwhy: w.\ncounter: {display: {size: 12x}}\nsteps:\n  - wait: 1 s\n"
    (said,) = faults(text, tmp_path)
    assert said.startswith("3:27: counter.display.size: '12x' is not a size in pixels")


def test_the_faults_of_a_counters_own_file_are_said(tmp_path: Path) -> None:
    (tmp_path / "counter.yaml").write_text("kiosk: {nam: x}\n")
    text = "title: t\nwhy: w.\ncounter: counter.yaml\nsteps:\n  - wait: 1 s\n"
    said = faults(text, tmp_path)
    assert all(line.startswith("3:10: counter: ") for line in said)
    assert any("counter.yaml:1:9: kiosk.nam: unknown setting" in line for line in said)


def test_a_counters_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    (said,) = faults("title: t\nwhy: w.\ncounter: no.yaml\nsteps:\n  - wait: 1 s\n", tmp_path)
    assert "no.yaml: the file can't be read (No such file or directory)" in said


def test_the_counter_may_be_a_file_beside_the_scenario(tmp_path: Path) -> None:
    example = Path(__file__).parents[3] / "config/examples/argentina.yaml"
    (tmp_path / "counter.yaml").write_text(example.read_text("utf-8"))
    file = tmp_path / "s.yaml"
    file.write_text("title: t\nwhy: w.\ncounter: counter.yaml\nsteps:\n  - key: '22.50'\n")
    assert load_scenario(file).counter.kiosk.shop == "Almacén Doña Rosa"


def test_text_that_is_not_utf8_is_a_fault(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_bytes("title: señal\n".encode("latin-1"))
    assert "this is not UTF-8 text" in check_scenario(file).faults[0].message


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the file can't be read"):
        check_scenario(tmp_path / "no.yaml")


def test_the_schema_knows_every_act() -> None:
    schema = scenario_schema()
    steps = schema["$defs"]["Step"]["properties"]
    assert {"send", "payer", "network", "power", "expect", "never"} <= steps.keys()
    assert json.loads(json.dumps(schema))["required"] == ["title", "why", "steps"]

"""The fault file: which rules apply to which calls, and the errors of a bad file."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest

from kiosk.base.errors import ConfigError
from kiosk.simulator.faults import fault_rules
from kiosk.simulator.faults.fault_rules import ACTIONS, Faults, load, parse
from kiosk.simulator.service.messages import Operation

GET, CREATE, CANCEL = Operation.GET, Operation.CREATE, Operation.CANCEL


def fired(rule: Mapping[str, object], calls: list[Operation]) -> list[int]:
    """The numbers (from 1) of the calls to which the rule applied."""
    in_force = Faults(parse([{"do": "drop_reply", **rule}]))
    return [number for number, call in enumerate(calls, 1) if in_force.rules_for(call)]


@pytest.mark.parametrize(
    ("rule", "numbers"),
    [
        ({}, [1, 2, 3, 4, 5, 6]),
        ({"times": 2}, [1, 2]),
        ({"nth": 3}, [3]),
        ({"every": 2}, [2, 4, 6]),
        ({"every": 2, "times": 1}, [2]),
        ({"probability": 0}, []),
        ({"probability": 1}, [1, 2, 3, 4, 5, 6]),
    ],
)
def test_a_rule_applies_to_the_calls_that_it_names(
    rule: dict[str, object], numbers: list[int]
) -> None:
    assert fired(rule, [GET] * 6) == numbers


def test_a_rule_counts_only_the_calls_it_is_about() -> None:
    calls = [CREATE, GET, CANCEL, GET, GET, CREATE]
    assert fired({"call": "get", "nth": 2}, calls) == [4]
    assert fired({"call": "create"}, calls) == [1, 6]
    assert fired({"nth": 2}, calls) == [2]


def test_random_numbers_come_from_the_seed() -> None:
    calls = [GET] * 200
    rule = {"probability": 0.2, "seed": 7}
    assert fired(rule, calls) == fired(rule, calls)
    assert fired(rule, calls) != fired(rule | {"seed": 8}, calls)
    assert 20 < len(fired(rule, calls)) < 60


def test_rules_come_and_go_while_it_runs() -> None:
    in_force = Faults()
    assert in_force.rules_for(GET) == []
    in_force.add(parse([{"do": "drop_reply"}]))
    in_force.add(parse([{"do": "delay", "seconds": 1}]))
    assert [type(rule) for rule in in_force.rules_for(GET)] == [
        ACTIONS["drop_reply"],
        ACTIONS["delay"],
    ]
    in_force.clear()
    assert in_force.rules_for(GET) == []


def test_the_example_in_the_documentation_can_be_read(tmp_path: Path) -> None:
    assert fault_rules.__doc__
    example = fault_rules.__doc__.partition("::\n")[2].partition("\nWhich calls")[0]
    (tmp_path / "faults.yaml").write_text(textwrap.dedent(example), "utf-8")
    assert len(load(tmp_path / "faults.yaml")) == 4


def test_every_action_and_key_is_documented() -> None:
    assert fault_rules.__doc__
    for action, rule in ACTIONS.items():
        assert f"``{action}``" in fault_rules.__doc__
        for key in rule.model_fields:
            assert f"``{key}" in fault_rules.__doc__ or key == "do", key


def test_a_json_file_can_be_used_too(tmp_path: Path) -> None:
    (tmp_path / "faults.json").write_text(json.dumps([{"do": "locked", "call": "cancel"}]))
    assert [rule.call for rule in load(tmp_path / "faults.json")] == ["cancel"]


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        (
            {"do": "delay"},
            "fault rules must be a list; begin each rule with a dash, as in - {do: delay}",
        ),
        (["drop_reply"], "rule 1: this is not a mapping; write it like {do: delay, seconds: 3}"),
        ([{"call": "get"}], "rule 1: do is missing; write do: and one of: drop_request, "),
        (
            [{"do": "drop_replies"}],
            "rule 1: do: 'drop_replies' is not a valid action; did you mean drop_reply?",
        ),
        (
            [{"do": "explode"}],
            "rule 1: do: 'explode' is not a valid action; choose from drop_request, ",
        ),
        (
            [{"do": "drop_reply"}, {"do": "delay", "seconds": 1, "probabilty": 1}],
            "rule 2: delay has no key 'probabilty'; did you mean probability?",
        ),
        ([{"do": "drop_reply", "seconds": 3}], "rule 1: drop_reply has no key 'seconds'; choose"),
        ([{"do": "delay"}], "rule 1: seconds is missing; write seconds: and its value"),
        (
            [{"do": "drop_reply", "nth": 0}],
            "rule 1: nth: Input should be greater than or equal to 1",
        ),
        ([{"do": "drop_reply", "call": "pay"}], "rule 1: call: Input should be 'create', 'get'"),
        (
            [{"do": "drop_reply", "nth": 1, "every": 2}],
            "rule 1: use only one of nth, every and probability; remove the others",
        ),
    ],
)
def test_a_bad_rule_is_named_in_a_sentence(rules: object, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(rules)
    assert caught.value.faults[0].startswith(sentence)
    assert len(caught.value.faults) == 1


def test_all_faults_of_a_file_are_reported_at_once_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text("[{do: dealy}, {do: drop_reply, tims: 1}]")
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert caught.value.faults == (
        f"{path}: rule 1: do: 'dealy' is not a valid action; did you mean delay?",
        f"{path}: rule 2: drop_reply has no key 'tims'; did you mean times?",
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, r"can't be read \(No such file"),
        (b"[{do: ", "is not valid YAML"),
        (b"\xff", "is not valid"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / "faults.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=sentence) as caught:
        load(path)
    assert str(caught.value).startswith(str(path))

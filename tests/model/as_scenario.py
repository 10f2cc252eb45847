"""Writes a play of the model as a scenario: the same happenings at a counter that can be played.

The model's calls are sent and answered one by one; a scenario sets what the network does to the
next call, before what leads to that call. What a scenario can't say is a comment in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from kiosk.simulator.acts.expectation import Step
from kiosk.simulator.scenario.written_steps import in_one_line

AMOUNT = "22.50"

# What happens in a play, and the step for it. A group of the pattern is put in place of {}.
_STEPS: dict[str, dict[str, Any]] = {
    "the cashier keys an amount": {"key": AMOUNT},
    "the cashier presses (cancel|pay|remove)": {"press": "{}"},
    "the cashier asks for a look": {"press": "last"},
    "a payer pays less than .*": {"payer": {"amount": "20.00"}},
    "a payer pays .*|a payer finishes late, and pays .*": {"payer": "pays"},
    "the shop refunds elsewhere .*": {"payer": "refunds"},
    "the power is cut": {"power": "off"},
    "the power comes back": {"power": "on"},
    "the panel fails": {"unplug": "panel"},
    "the panel works again": {"plug_in": "panel"},
    "([0-9.]+) s pass": {"wait": "{} s"},
    "a quarter of an hour passes, .*": {"wait": "15 min"},
    "a person gives .* up": {"person": {"settles": "abandoned"}},
}
_NETWORK: dict[str, dict[str, Any]] = {
    "the answer to the (create|fetch|cancel|refund) .*is lost": {"state": "answers_lost"},
    "the (create|fetch|cancel|refund) .*(?:fails: .*|is given up, .*)": {"state": "requests_lost"},
}


def as_scenario(happened: Iterable[str], broken: str) -> str:
    """Return the text of a scenario with these happenings."""
    lines: list[str] = []
    for sentence in happened:
        if step := _network_step(sentence):
            lines.insert(_last_act(lines), f"  - {in_one_line(step)}")
        elif step := _step(sentence):
            lines.append(f"  - {in_one_line(step)}")
            lines += ["  - wait: 2 s"] if step.power == "on" else []  # until the devices are open
        else:
            lines.append(f"  # {sentence}")
    head = ["title: A play of the model", f"why: {_quoted(f'It breaks a promise: {broken}.')}"]
    return "\n".join([*head, "steps:", *lines, "  - wait: 1 min"]) + "\n"


def _step(sentence: str) -> Step | None:
    for pattern, act in _STEPS.items():
        if match := re.fullmatch(pattern, sentence):
            ((name, value),) = act.items()
            word = next(iter(match.groups()), "")
            value = value.format(word) if isinstance(value, str) else value
            return Step.model_validate({name: value})
    return None


def _network_step(sentence: str) -> Step | None:
    for pattern, trouble in _NETWORK.items():
        if match := re.fullmatch(pattern, sentence):
            call = "get" if match[1] == "fetch" else match[1]
            return Step.model_validate({"network": {**trouble, "call": call, "times": 1}})
    return None


def _last_act(lines: list[str]) -> int:
    """Return the place of what led to the call: the last act that was no trouble of the network."""
    acts = [n for n, line in enumerate(lines) if line.startswith("  - ") and "network" not in line]
    return acts[-1] if acts else len(lines)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

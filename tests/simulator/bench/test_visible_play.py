"""Scenarios at the visible counter: each step is shown as it happens, and so is its result."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from kiosk.simulator.acts.expectation import Step
from kiosk.simulator.scenario.written_steps import in_one_line
from tests.simulator.bench.bench_rig import Counter, simulation
from tests.support.processes import LONG_ENOUGH

pytestmark = pytest.mark.slow

HAPPY = """
title: A happy sale
why: The cashier keys a total, and the payer pays.
steps:
  - key: "22.50"
  - expect: {screen: scan_me, amount: "22.50", signal: scan_me}
  - never: {screen: canceled}
  - wait: 1 s
  - payer: pays
  - expect: {screen: paid, reply: "PAID 22.50 {reference}", within: 30 s}
  - expect: {journal: [{amount: "22.50", outcome: paid}], orders: [{status: processed}]}
"""


def played(counter: Counter) -> dict[str, Any]:
    """Return the scenario of the state, once it has ended."""
    return dict(
        counter.sees_again(
            lambda state: (
                state["scenario"] and state["scenario"]["state"] != "playing" and state["scenario"]
            )
        )
    )


def test_a_scenario_plays_visibly_and_another_one_after_it(tmp_path: Path) -> None:
    file = tmp_path / "happy.yaml"
    file.write_text(HAPPY)
    recorded = tmp_path / "recorded.yaml"
    with simulation(
        tmp_path, words=("--scenario", str(file), "--record", str(recorded))
    ) as counter:
        told = played(counter)
        assert (told["title"], told["state"]) == ("A happy sale", "passed"), told
        assert {step["state"] for step in told["steps"]} == {"passed"}
        key = Step.model_validate({"key": "22.50"})
        assert told["steps"][0]["text"] == in_one_line(key)

        unmet = HAPPY.replace("screen: paid, reply", "screen: canceled, reply")
        unmet = unmet.replace("30 s", "5 s").replace("  - never: {screen: canceled}\n", "")
        assert counter.http.post("/scenario", json={"yaml": unmet}).status_code == 200
        counter.sees_again(lambda state: len(state["scenario"]["steps"]) == 6)
        told = played(counter)
        failed = [step for step in told["steps"] if step["state"] == "failed"]
        assert (told["state"], [step["number"] for step in failed]) == ("failed", [4])
        assert "screen: expected canceled, seen" in failed[0]["found"]

        wrong = counter.http.post("/scenario", json={"yaml": "title: x\nsteps: [{kye: 1}]"})
        assert (wrong.status_code, "kye" in wrong.text) == (409, True)
        assert counter.http.post("/scenario", json={"name": "../../etc/passwd"}).status_code == 409
        counter.act(press="cancel")
        counter.process.send_signal(signal.SIGINT)
        assert counter.process.wait(LONG_ENOUGH) == 0
    assert "press: cancel" in recorded.read_text()

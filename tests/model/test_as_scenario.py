"""A play of the model can be written as a scenario, and played."""

from __future__ import annotations

from pathlib import Path

from kiosk.simulator.scenario.headless_play import play
from kiosk.simulator.scenario.scenario_file import check_scenario
from tests.model.as_scenario import as_scenario

PLAY = (
    "the power comes back",
    "the cashier keys an amount",
    "the create of K-1 arrives at the service",
    "the answer to the create of K-1 is lost",
    "the moment comes that the counter waited for",
    "10 s pass",
    "a payer pays the order of K-1",
    "the power is cut",
    "the power comes back",
)


def test_what_a_scenario_can_say_is_a_step_and_the_rest_a_comment() -> None:
    assert as_scenario(PLAY, "it's told twice") == (
        "title: A play of the model\n"
        "why: 'It breaks a promise: it''s told twice.'\n"
        "steps:\n"
        "  - power: on\n"
        "  - wait: 2 s\n"
        "  - network: {state: answers_lost, call: create, times: 1}\n"
        '  - key: "22.50"\n'
        "  # the create of K-1 arrives at the service\n"
        "  # the moment comes that the counter waited for\n"
        "  - wait: 10 s\n"
        "  - payer: pays\n"
        "  - power: off\n"
        "  - power: on\n"
        "  - wait: 2 s\n"
        "  - wait: 1 min\n"
    )


def test_it_can_be_played(tmp_path: Path) -> None:
    file = tmp_path / "play.yaml"
    file.write_text(as_scenario(PLAY, "a promise"))
    performance = play(check_scenario(file))
    assert performance.failure is None, "\n".join(performance.transcript)
    said = "\n".join(performance.transcript)
    assert "create lost" in said
    assert "PAID 22.50" in said

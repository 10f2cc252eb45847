"""What was done by hand at the bench, as a scenario that can be played again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kiosk.simulator.acts.act import Act
from kiosk.simulator.acts.plain_form import plain_form
from kiosk.simulator.bench.recorder import STEPS_KEPT, Recorder
from kiosk.simulator.scenario.headless_play import play
from kiosk.simulator.scenario.scenario_file import check_scenario
from kiosk.simulator.scenario.written_steps import write_scenario


class Hand:
    """A person at the bench, in a time of their own."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.recorder = Recorder(lambda: self.now)

    def does(self, act: Any, after: float = 0.0) -> None:
        self.now += after
        self.recorder.act(Act.model_validate(act))

    def sees(self, screen: str, after: float) -> None:
        self.now += after
        self.recorder.screen(screen, self.now)

    def steps(self) -> list[Any]:
        return [plain_form(step) for step in self.recorder.steps()]


@pytest.fixture
def hand() -> Hand:
    return Hand()


def test_pauses_and_results_are_steps_and_screens_that_come_by_themselves_are_not(
    hand: Hand,
) -> None:
    hand.sees("idle", 1)
    hand.does({"key": "22.50"})
    hand.sees("working", 0.1)
    hand.sees("scan_me", 0.4)
    hand.does({"payer": "pays"}, after=6)
    hand.sees("paid", 8)
    hand.sees("idle", 8)
    hand.does({"power": "off"}, after=0.5)
    assert hand.steps() == [
        {"key": "22.50"},
        {"expect": {"screen": "scan_me", "within": "10 s"}},
        {"wait": "6 s"},
        {"payer": "pays"},
        {"expect": {"screen": "paid", "within": "16 s"}},
        {"wait": "8 s"},
        {"power": "off"},
    ]


def test_a_recorded_sale_plays_again_without_a_page(hand: Hand, tmp_path: Path) -> None:
    hand.does({"key": "22.50"})
    hand.sees("scan_me", 0.4)
    hand.does({"payer": {"does": "pays", "takes": "3 s"}}, after=6)
    hand.sees("paid", 9)
    file = tmp_path / "recorded.yaml"
    file.write_text(write_scenario("A recorded sale", "By hand.", hand.recorder.steps()))
    assert play(check_scenario(file)).failure is None


def test_a_recording_can_begin_again_and_never_grows_without_end(hand: Hand) -> None:
    hand.does({"key": "1.00"})
    hand.recorder.begin()
    assert hand.steps() == []
    for _ in range(STEPS_KEPT + 10):
        hand.does({"press": "cancel"})
    assert len(hand.steps()) == STEPS_KEPT

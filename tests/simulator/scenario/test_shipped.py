"""The scenarios that are shipped: each passes, and each of its expectations can fail."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kiosk.sale.words import Outcome
from kiosk.simulator.scenario.headless_counter import HeadlessCounter
from kiosk.simulator.scenario.headless_play import Performance, expected_and_seen, play
from kiosk.simulator.scenario.scenario_file import SHIPPED, CheckedScenario, check_scenario
from kiosk.simulator.service.order import OrderStatus
from tests.support.examples import sampled

FILES = sorted(Path(str(SHIPPED)).glob("*.yaml"))
NAMES = [file.stem for file in FILES]
HAPPY = Path(str(SHIPPED)) / "happy_sale.yaml"


def told(checked: CheckedScenario, performance: Performance) -> str:
    """Return the play and the difference, for people."""
    different = expected_and_seen(checked, performance) if performance.failure else []
    return "\n".join([*performance.transcript, *different])


OUTCOMES: dict[OrderStatus, set[Outcome | None]] = {
    OrderStatus.CREATED: {None},
    OrderStatus.PROCESSED: {Outcome.PAID},
    OrderStatus.CANCELED: {Outcome.CANCELED},
    OrderStatus.EXPIRED: {Outcome.EXPIRED},
    OrderStatus.REFUNDED: {Outcome.PAID, Outcome.REFUNDED},
}
LEFT_TO_PEOPLE = {"less_is_paid", "set_aside_and_decided_by_a_person"}


def journal_and_service_agree(counter: HeadlessCounter) -> None:
    """Check that each order has its row, with an outcome that is true."""
    rows = {each.sale.reference: each.outcome for each in counter.sales()}
    for order in counter.orders():
        outcome = rows[str(order.request["external_reference"])]
        assert outcome in OUTCOMES[order.status], f"{order.status}: the journal says {outcome}"


@pytest.mark.parametrize("file", sampled(FILES, 5), ids=NAMES)
def test_it_goes_as_it_is_written(file: Path) -> None:
    checked = check_scenario(file)
    left = file.stem in LEFT_TO_PEOPLE
    performance = play(checked, at_end=(lambda _: None) if left else journal_and_service_agree)
    assert performance.failure is None, told(checked, performance)


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_it_says_in_a_sentence_why_it_is_there(file: Path) -> None:
    scenario = check_scenario(file).required()
    assert scenario.why.endswith(".")
    assert len(scenario.title) <= 80
    assert file.read_text("utf-8").startswith("# yaml-language-server: $schema=")


def test_all_ways_of_a_counter_have_a_scenario() -> None:
    checked = [check_scenario(file).required() for file in FILES]
    assert {each.counter.sale.late_payment for each in checked} == {"accept", "refund", "hold"}
    drivers = {entry.driver for each in checked for entry in each.counter.inputs}
    assert drivers == set(type(checked[0].counter.inputs[0]).drivers)
    assert len({each.counter.display.driver for each in checked}) >= 4


def test_the_same_scenario_goes_the_same_way_each_time() -> None:
    once, again = (play(check_scenario(HAPPY)) for _ in range(2))
    assert once == again


# A setting, the scenario that has it, what it says, and what differs from what happens.
WRONG = (
    ("screen", "happy_sale", "screen: paid,", "screen: canceled,"),
    ("amount", "happy_sale", 'amount: "22.50", signal', 'amount: "22.51", signal'),
    ("signal", "happy_sale", "signal: paid", "signal: refused"),
    ("requests", "happy_sale", '["create 201"]', '["create 201", "cancel 200"]'),
    ("reply", "happy_sale", '"PAID 22.50 {reference}"', '"PAID 22.50 {reference}!"'),
    ("quiet", "happy_sale", "quiet: yes", "quiet: no"),
    ("journal", "happy_sale", "outcome: paid, paid", "outcome: canceled, paid"),
    ("orders", "10_a_total_that_was_sent_twice", '[{amount: "22.50"}]', "[{}, {}]"),
    ("reason", "captive_page", "reason: network", "reason: token"),
    ("rejected", "09_a_line_that_was_cut_off", "after 9 characters", "after 8 characters"),
    ("said", "voice", "veintidós", "veintitrés"),
    ("dark", "04_power_cuts_between_create_and_paid", "dark: yes", "dark: no"),
    ("state", "04_power_cuts_between_create_and_paid", "state: off", "state: idle"),
    ("problem", "late_payment_held", "problem: refund it", "problem: forget it"),
    ("problems", "late_payment_refunded", "problems: no", "problems: yes"),
)


@pytest.mark.parametrize(("name", "scenario", "right", "wrong"), WRONG, ids=[it[0] for it in WRONG])
def test_a_wrong_expectation_fails(
    name: str, scenario: str, right: str, wrong: str, tmp_path: Path
) -> None:
    text = (Path(str(SHIPPED)) / f"{scenario}.yaml").read_text("utf-8")
    assert right in text
    file = tmp_path / "wrong.yaml"
    file.write_text(text.replace(right, wrong))
    checked = check_scenario(file)
    performance = play(checked)
    assert performance.failure is not None
    assert [each.name for each in performance.failure.differences] == [name]
    (place,) = (line for line in told(checked, performance).splitlines() if str(file) in line)
    line = int(re.findall(r":(\d+):\d+: steps\[", place)[0])
    assert wrong in file.read_text("utf-8").splitlines()[line - 1]


FORBIDDEN = {
    "screen": "never: {screen: paid}",
    "signal": "never: {signal: scan_me}",
    "reply": 'never: {reply: "PAID {any}"}',
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_what_must_not_be_seen_fails_when_it_is_seen(name: str, tmp_path: Path) -> None:
    file = tmp_path / "never.yaml"
    text = HAPPY.read_text("utf-8").replace("steps:\n", f"steps:\n  - {FORBIDDEN[name]}\n")
    file.write_text(text)
    failure = play(check_scenario(file)).failure
    assert failure is not None
    assert failure.step == 0
    assert failure.differences[0].name == name


def test_a_payer_can_not_pay_what_the_panel_does_not_show(tmp_path: Path) -> None:
    file = tmp_path / "nothing.yaml"
    file.write_text("title: t\nwhy: w.\nsteps: [payer: pays]\n")
    failure = play(check_scenario(file)).failure
    assert failure is not None
    assert "the phone sees no code" in failure.differences[0].seen

"""What was performed by hand is written as a scenario that says the same, and passes."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kiosk.sale.words import Decision, Outcome, Screen
from kiosk.simulator.acts.expectation import Step
from kiosk.simulator.scenario.headless_play import play
from kiosk.simulator.scenario.scenario_file import check_scenario
from kiosk.simulator.scenario.written_steps import write_scenario

amounts = st.decimals("0.01", "999999", places=2).map(str)
seconds = st.integers(1, 86_400_000).map(lambda ms: ms / 1000)
words = st.sampled_from(["null", "~", "yes", "22.50", "1e3", "- a", "a: b", "#", "{", "'", '"'])
texts = words | st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=40
)
printable = texts.filter(str.isprintable)


def mapping(required: dict[str, Any] | None = None, **optional: Any) -> st.SearchStrategy[Any]:
    """Return mappings with the required keys and some of the optional ones."""
    return st.fixed_dictionaries(required or {}, optional=optional)


ACTS: dict[str, st.SearchStrategy[Any]] = {
    "send": mapping({"text": texts}) | mapping({"bytes": st.just("02 0a FF")}),
    "key": mapping({"amount": amounts}, input=st.just("caja")),
    "press": mapping({"button": st.just("cancel")}),
    "unplug": st.sampled_from(["caja", "panel", "lamps"]),
    "plug_in": st.sampled_from(["caja", "panel", "lamps"]),
    "hang": st.just("panel"),
    "payer": mapping(
        does=st.sampled_from(["pays", "declines", "scans", "walks_away", "refunds"]),
        amount=amounts,
        takes=st.floats(0, 3600).map(lambda s: round(s, 3)),
        after=seconds.filter(lambda s: s < 86_400),
        printed=st.booleans(),
    ),
    "network": mapping({"state": st.sampled_from(["ok", "slow", "captive_page"])}, lasts=seconds)
    | mapping({"status": st.integers(300, 599)}, code=printable, times=st.integers(1, 9))
    | mapping({"random": st.integers(0, 10**9)}),
    "service": mapping({"order_status": printable | st.just("")}, refund_takes=seconds),
    "power": st.sampled_from(["on", "off"]),
    "clock": st.integers(1, 60),
    "wait": seconds,
    "person": mapping({"settles": st.sampled_from([*Decision])}, note=printable)
    | st.just({"does": "refunds", "sale": 2}),
    "expect": mapping(
        {"screen": st.sampled_from([*Screen])},
        said=printable,
        amount=amounts,
        quiet=st.booleans(),
        reply=mapping({"text": texts}),
        requests=st.lists(printable, max_size=3),
        journal=st.lists(mapping(outcome=st.sampled_from([*Outcome]), amount=amounts), max_size=2),
        within=seconds,
    ),
    "never": mapping({"screen": st.sampled_from([*Screen])}),
}


def step_of(name: str, value: Any) -> Step:
    """Return a step with one act."""
    return Step.model_validate({name: value})


steps = st.one_of(*(value.map(partial(step_of, name)) for name, value in ACTS.items()))


@given(printable, printable, st.lists(steps, min_size=1, max_size=8))
def test_what_is_written_is_read_as_the_same(title: str, why: str, done: list[Step]) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "s.yaml"
        file.write_text(write_scenario(title, why, done), "utf-8")
        checked = check_scenario(file)
    assert checked.faults == ()
    scenario = checked.required()
    assert (scenario.title, scenario.why) == (title, why)
    assert list(scenario.steps) == done


def test_a_recorded_sale_passes(tmp_path: Path) -> None:
    done = [
        Step.model_validate(each)
        for each in (
            {"key": "22.50"},
            {"expect": {"screen": "scan_me", "amount": "22.50"}},
            {"wait": 7.25},
            {"payer": "pays"},
            {"expect": {"screen": "paid", "reply": "PAID 22.50 {reference}"}},
        )
    ]
    file = tmp_path / "recorded.yaml"
    counter = {"kiosk": {"name": "caja-2"}, "display": {"size": "200x200"}}
    file.write_text(write_scenario("Recorded", "It was done by hand.", done, counter))
    assert '  - key: "22.50"\n' in file.read_text()  # to everybody a text, not a number
    assert "  - wait: 7250 ms\n" in file.read_text()
    performance = play(check_scenario(file))
    assert performance.failure is None
    assert "caja-2-0001-1" in "\n".join(performance.transcript)

"""The pages about the rules: the scenarios that they name exist, and the machine is as drawn."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

import kiosk
from kiosk.cli.manual.fences import fences
from kiosk.cli.manual.plain_directives import generated
from kiosk.sale import diagram
from kiosk.sale.phases import STATES
from kiosk.simulator.scenario.scenario_file import SHIPPED

pytestmark = pytest.mark.slow

WHY = Path(kiosk.__file__).parent / "manual/why"
RULES = (WHY / "rules.md").read_text("utf-8")
SCENARIOS = {Path(file.name).stem for file in SHIPPED.iterdir() if file.name.endswith(".yaml")}


def _named(rule: str) -> list[str]:
    """Return the scenarios to which a rule links at its end."""
    links = re.findall(r"\[`(\w+)`\]\(#scenario-([\w-]+)\)", rule.partition("\nScenarios:")[2])
    assert all(name.replace("_", "-") == anchor for name, anchor in links), links
    return [name for name, _anchor in links]


def test_each_rule_names_scenarios_that_are_shipped() -> None:
    _before, *rules = re.split(r"^## \d+\. ", RULES, flags=re.MULTILINE)

    assert len(rules) == 13
    for rule in rules:
        named = _named(rule)
        assert named, rule
        assert set(named) <= SCENARIOS, rule


def test_each_scenario_is_shown_as_it_is_written() -> None:
    shown = {fence.body for fence in fences(generated("scenario-files"))}

    assert len(shown) == len(SCENARIOS)
    for name in SCENARIOS:
        written = (SHIPPED / f"{name}.yaml").read_text("utf-8").splitlines()
        assert "\n".join(line for line in written if line[:1] != "#").strip() + "\n" in shown


def test_each_story_of_a_failure_proves_a_rule() -> None:
    stories = {name for name in SCENARIOS if name[:2].isdigit()}

    assert stories <= set(re.findall(r"`(\w+)`", RULES))


def test_the_ways_of_the_machine_are_what_the_machine_does() -> None:
    page = (WHY / "machine.md").read_text("utf-8")

    assert [line for line in page.splitlines() if " → " in line] == diagram.ways()


def test_each_arrow_of_the_picture_is_a_way_of_the_machine() -> None:
    picture = ElementTree.fromstring((WHY / "machine.svg").read_text("utf-8"))
    arrows = {tuple(each.split()) for part in picture.iter() if (each := part.get("data-way"))}
    boxes = {part.text for part in picture.iter() if part.get("class") == "name"}

    assert 6 <= len(arrows) <= 10  # a person can read no more
    assert arrows <= set(diagram.edges())
    assert boxes == set(STATES.values()) == {end for arrow in arrows for end in arrow}


def test_each_measurement_is_in_the_list() -> None:
    scripts = (Path(__file__).parents[1] / "bench").glob("*.py")
    measuring = {file.stem for file in scripts if "\ndef measure" in file.read_text("utf-8")}
    page = (WHY / "measurements.md").read_text("utf-8")

    assert set(re.findall(r"^\| `(\w+)`", page, re.MULTILINE)) == measuring

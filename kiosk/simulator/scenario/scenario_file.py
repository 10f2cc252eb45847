"""The file of a scenario: a title, why it matters, the counter, and the steps.

    title: A happy sale
    why: The cashier keys a total, the payer pays, and everybody learns it.
    counter: {sale: {expires_after: 2 min}}   # or a whole configuration, or a file
    steps:
      - key: "22.50"
      - expect: {screen: scan_me}
      - payer: pays
      - expect: {screen: paid, reply: "PAID 22.50 {reference}"}

Its faults are reported like those of a configuration: file, line, column, setting, what to do.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import Field

from kiosk.base.errors import ConfigError
from kiosk.base.settings import Settings
from kiosk.config.fault import ConfigFault, Position
from kiosk.config.loader import check_file, parse_bytes, read_bytes
from kiosk.config.sections import Config
from kiosk.config.yaml_text import read_yaml
from kiosk.config.yaml_tree import Document, Tree, build_tree
from kiosk.simulator.acts.changed_settings import merged
from kiosk.simulator.acts.expectation import Step
from kiosk.simulator.scenario.scenario_checks import check_steps

SCHEMA_LINE = "# yaml-language-server: $schema=kiosk-scenario.schema.json"  # for editors


class Scenario(Settings):
    """A scenario."""

    title: str = Field(
        min_length=1,
        max_length=100,
        description="What it is called, on one line.",
        examples=["A happy sale"],
    )
    why: str = Field(
        min_length=1,
        max_length=500,
        description="A sentence: what it shows, and why that matters.",
        examples=["Everybody must learn that the sale is paid."],
    )
    counter: Config = Field(
        description=(
            "The counter: settings that differ from the usual one of scenarios, a whole "
            "configuration, or the name of a configuration file beside this file."
        )
    )
    steps: tuple[Step, ...] = Field(
        min_length=1,
        description="What happens, and what must be seen, one after the other.",
        examples=['- key: "22.50"'],
    )

    @property
    def begins_without_power(self) -> bool:
        """Whether the counter is switched on only by a step."""
        powers = [step.power for step in self.steps if step.power]
        return powers[:1] == ["on"]


@dataclass(frozen=True, slots=True)
class CheckedScenario:
    """A scenario and the places of its steps, or its faults."""

    path: Path
    scenario: Scenario | None
    faults: tuple[ConfigFault, ...]
    document: Document

    def required(self) -> Scenario:
        """Return the scenario, or raise ConfigError with a line for each fault."""
        if self.scenario is None:
            raise ConfigError(*(fault.line(str(self.path)) for fault in self.faults))
        return self.scenario

    @property
    def counter_settings(self) -> dict[str, Tree]:
        """The settings of its counter, as a tree."""
        return dict(self.document.tree["counter"])  # type: ignore[arg-type]

    def place(self, number: int, *keys: str) -> Position:
        """Return the place of a step, which counts from 0, or of a setting in it."""
        return self.document.place(("steps", number, *keys))


def check_scenario(path: Path) -> CheckedScenario:
    """Check the file; raises ConfigError only if it can't be read at all."""
    parsed = parse_bytes(read_bytes(path), Scenario, partial(_complete_counter, path.parent))
    scenario, faults = parsed.settings, parsed.faults
    if scenario:
        faults = tuple(sorted(check_steps(scenario.counter, scenario.steps, parsed.document)))
    return CheckedScenario(path, None if faults else scenario, faults, parsed.document)


def load_scenario(path: Path) -> Scenario:
    """Return the scenario, or raise ConfigError with a line for each fault."""
    return check_scenario(path).required()


SHIPPED = files(__package__) / "scenarios"


def find_scenario(file: Path) -> Path:
    """Return the file; or the scenario of this name that is shipped, if there is no such file."""
    shipped = SHIPPED / f"{file.stem}.yaml"
    if file.exists() or not shipped.is_file():
        return file
    return Path(str(shipped))


def usual_counter() -> dict[str, Tree]:
    """Return the settings of the counter of a scenario that says nothing else."""
    text = files(__package__).joinpath("counter.yaml").read_text("utf-8")
    return build_tree(read_yaml(text)).tree


def _complete_counter(folder: Path, document: Document) -> None:
    """Put the whole configuration of the counter into the tree."""
    given = document.tree.get("counter", {})
    if isinstance(given, str):
        document.tree["counter"] = _counter_of(folder / given, document)
    elif isinstance(given, dict):
        document.tree["counter"] = merged(usual_counter(), given)
        _find_price_lists(folder, document.get(("counter", "inputs")))


def _find_price_lists(folder: Path, inputs: Tree | None) -> None:
    """Let the price lists of a scenario's scanners be files beside the scenario."""
    for entry in inputs if isinstance(inputs, list) else ():
        codes = entry.get("codes") if isinstance(entry, dict) else None
        catalogue = codes.get("catalogue") if isinstance(codes, dict) else None
        file = catalogue.get("file") if isinstance(catalogue, dict) else None
        if isinstance(catalogue, dict) and isinstance(file, str):
            catalogue["file"] = str(folder.absolute() / file)


def _counter_of(file: Path, document: Document) -> Tree:
    """Return the settings in a configuration file; its faults are faults of the scenario."""
    try:
        checked = check_file(file, os.environ, reads_token=False)
    except ConfigError as error:
        faults, tree = list(error.faults), usual_counter()
    else:
        faults = [fault.line(str(file)) for fault in checked.faults]
        tree = checked.document.tree
    place = document.values[("counter",)]
    document.faults += [ConfigFault(place, "counter", text) for text in faults]
    return usual_counter() if faults else tree


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the file, for editors."""
    schema = Scenario.model_json_schema(mode="serialization")
    definitions = schema["$defs"]
    scenario_only = {"Step", "Scenario"}
    for name, each in definitions.items():
        if name not in scenario_only:
            _leave_out_what_is_usual(each)
    counter = schema["properties"]["counter"]
    schema["properties"]["counter"] = {
        "description": counter["description"],
        "anyOf": [{"$ref": "#/$defs/Config"}, {"type": "string"}],
    }
    schema["required"] = ["title", "why", "steps"]
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return dialect | schema | {"title": "A scenario of a kiosk"}


def _leave_out_what_is_usual(schema: Any) -> None:
    """Let every setting be left out: the usual counter may have it."""
    if isinstance(schema, list):
        for each in schema:
            _leave_out_what_is_usual(each)
    if isinstance(schema, dict):
        schema.pop("required", None)
        schema.pop("discriminator", None)
        if "oneOf" in schema:
            schema["anyOf"] = schema.pop("oneOf")
        for each in schema.values():
            _leave_out_what_is_usual(each)

"""The manual, config/kiosk.yaml: every setting there is, its true default, its sentence; no more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, get_args

import pytest
from pydantic import BaseModel, BeforeValidator, TypeAdapter
from pydantic.fields import FieldInfo

from kiosk.config.parsing import parse_settings
from kiosk.config.reference import SCHEMA_LINE, annotate
from kiosk.config.sections import Config
from kiosk.config.settings_models import driver_names, field_annotations, models_in
from kiosk.config.yaml_text import read_yaml
from kiosk.config.yaml_tree import build_tree
from tests.config.counter import COUNTER, COUNTERS, SHIPPED

MANUAL = (SHIPPED / "kiosk.yaml").read_text()
EXAMPLES = sorted((SHIPPED / "examples").glob("*.yaml"))
LINE = re.compile(r"(?P<indent> *)(?P<off>#?)(?P<dash>(?:- )?)(?P<key>\w+):(?: (?P<value>.*))?")

Where = tuple[str, ...]  # ("display", "oled", "chip"): drivers stand in the way as well


def settings_of(model: type[BaseModel], where: Where = ()) -> Iterator[tuple[Where, FieldInfo]]:
    """Walk the models, each driver under its name."""
    for name, field in model.model_fields.items():
        yield (*where, name), field
        for inner in models_in(field.annotation):
            yield from settings_of(inner, (*where, name, *driver_names(inner)))


def lines_of(manual: str) -> Iterator[tuple[Where, bool, str]]:
    """Walk the manual's lines, commented out or not: where, in force or not, and the value."""
    above: list[tuple[float, Where]] = []  # the keys that a line stands under, with their columns
    for line in manual.splitlines():
        match = LINE.fullmatch(line)
        if not match:
            assert re.match(r" *# |#?$", line), f"neither prose nor setting: {line}"
            continue
        key, value = match["key"], match["value"] or ""
        column = len(match["indent"]) + len(match["dash"]) - (0.5 if key == "driver" else 0)
        while above and above[-1][0] >= column:
            above.pop()
        where = above[-1][1] if above else ()
        if key == "driver":  # what follows in the same column stands under this driver
            where = (*where, value)
        yield (*where, key), not match["off"], value
        above.append((column, where if key == "driver" else (*where, key)))


MODELS = dict(settings_of(Config))
LINES = {where: (in_force, value) for where, in_force, value in lines_of(MANUAL)}


def test_every_setting_stands_in_the_manual_and_nothing_else_does() -> None:
    assert LINES.keys() == MODELS.keys()


def shows_its_default(where: Where) -> bool:
    field, (_, value) = MODELS[where], LINES[where]
    text = build_tree(read_yaml(f"key: {value}")).tree["key"]
    text = text if isinstance(text, list) else str(text)
    kind: Any = Annotated[field.annotation, field] if field.metadata else field.annotation
    shown = TypeAdapter(kind).validate_python(text)
    return shown == field.get_default(call_default_factory=True) or text in (field.examples or ())


def test_a_setting_that_is_not_in_force_shows_its_true_default() -> None:
    for where, (in_force, value) in LINES.items():
        if value and not in_force and where[-1] != "driver":
            assert shows_its_default(where), ".".join(where)


def test_only_what_has_no_default_shows_no_value() -> None:
    for where, (in_force, value) in LINES.items():
        field = MODELS[where]
        if not value and not models_in(field.annotation):
            assert not in_force
            assert field.get_default() is None or field.is_required(), where


def test_each_setting_is_explained_in_the_models_own_words() -> None:
    prose = " ".join(re.sub(r"\n *# ", " ", MANUAL).split())
    for where, field in MODELS.items():
        if where[-1] != "driver":
            assert " ".join(str(field.description).split()) in prose, where


def test_the_manual_is_the_example_from_argentina_annotated() -> None:
    example = (SHIPPED / "examples" / "argentina.yaml").read_text()
    assert annotate(build_tree(read_yaml(example)).tree, Config) == MANUAL, (
        "run: kiosk schema --manual config/examples/argentina.yaml > config/kiosk.yaml"
    )


@pytest.mark.parametrize(
    "file", [*EXAMPLES, SHIPPED / "simulator.yaml"], ids=lambda file: file.stem
)
def test_annotating_a_file_changes_nothing_that_it_says(file: Path) -> None:
    plain = parse_settings(file.read_text(), Config)
    annotated = parse_settings(annotate(plain.document.tree, Config), Config)
    assert plain.settings is not None
    assert annotated.settings == plain.settings


def test_a_setting_can_be_taken_into_force_by_taking_its_mark_away() -> None:
    manual = annotate(parse_settings(COUNTER, Config).document.tree, Config)
    for line in ("#paid: ''", "#result_shown_for: 8 s", "#log: info"):
        changed = manual.replace(line, line.removeprefix("#"))
        assert changed != manual
        assert parse_settings(changed, Config).faults == ()


def test_all_but_the_simulator_are_counters_without_a_fake() -> None:
    for file in (SHIPPED / "kiosk.yaml", *EXAMPLES):
        assert "fake" not in {line.strip() for line in file.read_text().splitlines()}
        assert not re.search(r"^[^#]*driver: fake", file.read_text(), re.MULTILINE)
    simulator = parse_settings((SHIPPED / "simulator.yaml").read_text(), Config).settings
    assert simulator is not None
    assert {device.driver for device in simulator.inputs} == {"fake"}
    assert (simulator.display.driver, simulator.signals.driver) == ("fake", "fake")


def kinds_in(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from kinds_in(part)


def test_no_number_is_left_to_pydantics_own_reading_of_text() -> None:
    for where, field in MODELS.items():
        if {int, float, bool} & {kind for kind in kinds_in(field.annotation) if kind.__hash__}:
            assert any(
                isinstance(marker, BeforeValidator) for marker in field_annotations(field)
            ), f"{where}: use Whole, YesNo, Duration, PlainDecimal or Pin, which read text"


@pytest.mark.parametrize("file", COUNTERS, ids=lambda file: file.stem)
def test_each_shipped_file_names_the_schema_for_editors_in_its_first_line(file: Path) -> None:
    assert file.read_text().splitlines()[0] == SCHEMA_LINE

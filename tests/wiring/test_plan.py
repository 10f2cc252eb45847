"""Which wire goes to which pin: nothing is left out, nothing is used twice, conflicts are said."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings

from kiosk.base.drivers import DriverSettings
from kiosk.base.parts import PartSymbol, Supply, WiredPart
from kiosk.display import PanelSettings
from kiosk.inputs import InputSettings
from kiosk.inputs.common.connections import SerialInputSettings
from kiosk.signals import SignalsSettings
from kiosk.wiring.header import PINS, name_of, pins_of
from kiosk.wiring.plan import WiringPlan, plan
from kiosk.wiring.table import as_json, as_text
from tests.support.examples import examples
from tests.wiring.counters import INPUTS, PANELS, counter, counters

BUTTON = {"driver": "button", "pin": 5}


def wires(plan: WiringPlan, setting: str) -> dict[str, int | None]:
    number = next(n for n, part in enumerate(plan.parts) if part.setting == setting)
    return {plan.terminal(wire.end).name: wire.pin for wire in plan.wires_of(number)}


def test_the_header_has_28_lines_12_supplies_and_40_pins() -> None:
    lines = [pins_of(line) for line in range(28)]
    supplies = [pins_of(supply) for supply in Supply]
    assert sorted(pin for pins in [*lines, *supplies] for pin in pins) == list(PINS)
    # "GPIO and the 40-pin header" of Raspberry Pi's documentation
    assert [name_of(pin) for pin in (1, 2, 3, 8, 11, 12, 19, 24, 39, 40)] == [
        *("3.3 V", "5 V", "GPIO2", "GPIO14", "GPIO17", "GPIO18", "GPIO10", "GPIO8", "GND"),
        "GPIO21",
    ]


@pytest.mark.parametrize(
    ("panel", "expected"),
    [
        (PANELS[0], {"VCC": 1, "GND": 6, "SCL": 5, "SDA": 3}),
        (
            PANELS[3],
            {"DIN / MOSI": 19, "CLK / SCK": 23, "CS": 24, "DC": 18, "RST": 22, "VCC": 17},
        ),
        (PANELS[5], {"BL / LED": 32, "CS": 24}),
        (PANELS[6], {"DIN / MOSI": 38, "CLK / SCK": 40, "CS": 36, "DC": 18}),
        (PANELS[8], {"BUSY": 33, "PWR": 37, "RST": 31, "DC": 29}),
    ],
)
def test_a_panel_is_wired_by_the_names_on_it(
    panel: dict[str, Any], expected: dict[str, int]
) -> None:
    found = wires(plan(counter(panel, {}, [])), "display")
    assert expected.items() <= found.items()


def test_a_panel_without_cs_has_no_wire_for_it() -> None:
    assert "CS" not in wires(plan(counter(PANELS[4], {}, [])), "display")


@pytest.mark.parametrize("panel", [PANELS[7], PANELS[9]])
def test_a_board_plugs_on_and_its_lines_are_taken(panel: dict[str, Any]) -> None:
    planned = plan(counter(panel, {}, []))
    assert planned.parts[0].symbol is PartSymbol.BOARD
    assert planned.wires == ()
    assert {19, 23} <= planned.taken


def test_rs_232_on_the_header_has_a_level_shifter() -> None:
    planned = plan(counter({"driver": "fake"}, {}, [INPUTS[0]]))
    assert {"T1IN / TXD": 8, "R1OUT / RXD": 10, "VCC": 1}.items() <= wires(
        planned, "inputs.input-0"
    ).items()
    assert "MAX3232" in "\n".join(as_text(planned))


def test_two_users_of_a_line_are_a_conflict() -> None:
    planned = plan(counter(PANELS[0], {"lamps": {"red": {"pin": 5}}}, [BUTTON]))
    assert [str(conflict) for conflict in planned.conflicts] == [
        "GPIO5 (pin 29) has several users: signals.lamps, inputs.input-0; give each its own line"
    ]
    assert [wire.pin for wire in planned.wires if wire.clashes] == [29, 29]


def test_the_line_of_a_bus_is_a_conflict_too() -> None:
    planned = plan(counter(PANELS[7], {}, [BUTTON | {"pin": 11}]))
    assert ["GPIO11" in conflict for conflict in planned.conflicts] == [True]


def test_a_chip_select_that_config_txt_can_free_is_not_a_conflict() -> None:
    assert plan(counter(PANELS[3], {}, [BUTTON | {"pin": 7}])).conflicts == ()


def test_two_plugs_in_one_port_are_a_conflict() -> None:
    planned = plan(counter({"driver": "fake"}, {}, [INPUTS[1], INPUTS[1]]))
    assert [str(conflict).partition(";")[0] for conflict in planned.conflicts] == [
        "/dev/ttyUSB0 has several users: inputs.input-0, inputs.input-1"
    ]


def test_when_the_pins_of_ground_are_used_up_a_wire_goes_to_the_next_part() -> None:
    buttons = [BUTTON | {"pin": pin} for pin in range(4, 16)]
    planned = plan(counter({"driver": "fake"}, {}, buttons))
    grounds = [w for w in planned.wires if planned.terminal(w.end).to is Supply.GROUND]
    assert len([w for w in grounds if w.pin]) == 8
    assert len([w for w in grounds if w.onward]) == 4


# What is connected to nothing on the counter.
WITHOUT_PARTS = {
    "panels": {"fake"},
    "signals": {"fake"},
    "inputs": {"tef_files", "command", "fake"},
}


@pytest.mark.parametrize(
    ("seam", "family"),
    [("panels", PanelSettings), ("signals", SignalsSettings), ("inputs", InputSettings)],
)
def test_every_driver_says_what_is_connected_to_it(seam: str, family: type[DriverSettings]) -> None:
    """A new driver states its ``parts()``, is on a serial port, or is named above."""
    shared = SerialInputSettings.parts
    models = {driver: family.of(driver) for driver in family.drivers}
    silent = {
        driver
        for driver, model in models.items()
        if "parts" not in vars(model) and model.parts is not shared
    }
    assert silent == WITHOUT_PARTS[seam]


@settings(max_examples=examples(50))
@given(counters())
def test_every_line_of_the_settings_has_a_wire_and_no_pin_two(parts: list[WiredPart]) -> None:
    planned = plan(parts)
    wanted = [
        (part.setting, terminal.name, terminal.to)
        for part in parts
        for terminal in part.terminals
        if terminal.to is not None and part.symbol is not PartSymbol.BOARD
    ]
    drawn = []
    for wire in planned.wires:
        terminal = planned.terminal(wire.end)
        drawn.append((planned.part(wire.end).setting, terminal.name, terminal.to))
        assert terminal.to is not None
        if wire.pin:
            assert wire.pin in pins_of(terminal.to)
        else:
            assert wire.onward
            assert planned.terminal(wire.onward).to == terminal.to
    assert Counter(drawn) == Counter(wanted)
    pins = Counter(wire.pin for wire in planned.wires if wire.pin)
    for pin, users in pins.items():
        said = any(f"(pin {pin})" in conflict for conflict in planned.conflicts)
        assert all(wire.clashes is said for wire in planned.wires if wire.pin == pin)
        assert users == 1 or said


@settings(max_examples=examples(50))
@given(counters())
def test_the_table_has_every_wire(parts: list[WiredPart]) -> None:
    planned = plan(parts)
    text = "\n".join(as_text(planned, 200))
    for wire in planned.wires:
        assert wire.pin is None or f"pin {wire.pin} " in text
    narrow = "\n".join(as_text(planned, 40))
    assert narrow.split() == text.split()
    assert all(len(line) <= 40 or " " not in line.strip() for line in narrow.splitlines())
    assert sum(len(part["wires"]) for part in as_json(planned)["parts"]) == len(planned.wires)
    assert all(conflict in text for conflict in planned.conflicts)

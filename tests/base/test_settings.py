"""Settings: each type reads the text of a file, and says in a sentence what it would accept."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from kiosk.base.money import NumberFormat
from kiosk.base.settings import (
    Duration,
    NumberSettings,
    Pin,
    PlainDecimal,
    Settings,
    Size,
    Whole,
    YesNo,
)


def read(kind: Any, text: str) -> Any:
    return TypeAdapter(kind).validate_python(text)


@pytest.mark.parametrize("text", ["010", "12_3", "0x1F", "1e3", "9600.0", " 1", "", "+5", "٣"])
def test_what_yaml_might_take_for_a_number_is_no_whole_number(text: str) -> None:
    with pytest.raises(ValidationError, match="whole number; write digits only"):
        read(Whole, text)


def test_whole_numbers_are_read() -> None:
    assert [read(Whole, text) for text in ("0", "9600", "-5")] == [0, 9600, -5]


def test_yes_and_no_are_read_in_every_way_that_yaml_knows() -> None:
    assert [read(YesNo, text) for text in ("yes", "On", "TRUE")] == [True] * 3
    assert [read(YesNo, text) for text in ("no", "Off", "false")] == [False] * 3
    with pytest.raises(ValidationError, match="write yes or no"):
        read(YesNo, "1")


def test_a_plain_decimal_is_exact() -> None:
    assert read(PlainDecimal, "0.10") == Decimal("0.10")
    for text in ("1,500", "1e3", "NaN", "-1", ".5", "2,4,2", "2.42 cm"):
        with pytest.raises(ValidationError, match=r"write it like 1500 or 0\.5"):
            read(PlainDecimal, text)
    for text in ("2,42", '2.42"', "2,42 pulgadas", "$ 2.42", "2.42 in"):
        with pytest.raises(ValidationError, match=r"write only 2\.42"):
            read(PlainDecimal, text)


def test_a_gpio_line_has_a_bcm_number() -> None:
    assert read(Pin, "17") == read(Pin, "GPIO17") == 17
    for text in ("28", "40", "PIN 11"):
        with pytest.raises(ValidationError, match="is the number of a pin on the board"):
            read(Pin, text)
    for text in ("41", "-1", "017", "BOARD11", "GPIO", "gpio17", "17.0"):
        with pytest.raises(ValidationError, match="BCM number, 0 to 27"):
            read(Pin, text)


def test_a_size_is_width_by_height() -> None:
    assert read(Size, "250x122") == (250, 122)
    for text in ("250", "250X122", "0x64", "250 x 122", "99999x1"):
        with pytest.raises(ValidationError, match="write it like 250x122"):
            read(Size, text)


def test_what_a_setting_is_printed_as_can_stand_in_the_file() -> None:
    class Section(Settings):
        shown_for: Duration = 300
        size: Size = (128, 64)

    dumped = Section().model_dump(mode="json")
    assert dumped == {"shown_for": "5 min", "size": "128x64"}
    assert Section.model_validate(dumped) == Section()


def test_settings_know_no_other_key_and_never_change() -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        NumberSettings.model_validate({"decimals": ","})
    with pytest.raises(ValidationError, match="frozen"):
        NumberSettings().decimal = ","  # type: ignore[misc]


def test_number_settings_state_how_an_input_writes() -> None:
    text = {"decimal": ",", "thousands": ".", "implied_decimals": "0"}
    assert NumberSettings.model_validate(text).format() == NumberFormat(",", ".", 0)

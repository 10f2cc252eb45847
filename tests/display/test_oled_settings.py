"""The OLED's settings: pixels after rotation, and a sentence for each wrong one."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from kiosk.display.oled import OledSettings
from tests.display.test_oled import oled


def test_a_turned_panel_counts_its_pixels_as_the_payer_does() -> None:
    assert oled().pixels == (128, 64)
    assert oled(rotate="270").pixels == (64, 128)
    assert oled(size="64x48").pixels == (64, 48)


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({"size": "100x100"}, "ssd1306 does not have that size; write one of 128x64, 128x32"),
        ({"rotate": "45"}, "45 is not a valid rotation"),
        ({"interface": "spi"}, "spi needs the panel's D/C line"),
        ({"interface": "spi", "dc": "24", "spi_megahertz": "7"}, "7 is not a valid SPI clock"),
        ({"chip": "ssd1351"}, "ssd1351 works on spi only"),
        ({"contrast": "256"}, "less than or equal to 255"),
        ({"i2c_address": "60"}, "match pattern"),
        ({"i2c_address": "0x78"}, "0x78 is the address with the bit for writing.*; write 0x3C"),
        ({"i2c_address": "0x7a"}, "write 0x3D"),
        ({"i2c_address": "0x00"}, "0x00 is not the address of a panel; write 0x3C or 0x3D"),
    ],
)
def test_a_wrong_setting_is_refused_with_what_to_write(
    settings: dict[str, str], fault: str
) -> None:
    with pytest.raises(ValidationError, match=fault):
        oled(**{"chip": "ssd1306", **settings})  # type: ignore[arg-type]


def test_every_key_has_a_sentence_for_the_manual() -> None:
    for name, field in OledSettings.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name

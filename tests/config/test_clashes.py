"""A lamp or button on a line that a bus, a board or a serial port of the counter takes."""

from __future__ import annotations

import pytest

from kiosk.config.clashes import doubtful_lines
from kiosk.config.parsing import parse_settings
from kiosk.config.sections import Config
from tests.config.counter import SHIPPED, changed, said

OLED = "driver: oled, chip: ssd1306"
I2C_3 = f"{OLED}, i2c_port: 3"
SPI = f"{OLED}, interface: spi, dc: 25"
SPI_1 = "driver: lcd, chip: st7789, dc: 25, spi_port: 1, spi_device: 1"
PAPER = "driver: epaper, panel: epd-2.13, dc: 25, reset: 22, busy: 24"
INKY = "driver: inky, board: phat"


def counter(panel: str, pin: int, port: str = "/dev/ttyUSB0") -> str:
    text = changed("{driver: fake, size: 250x122, frames: out/frames}", f"{{{panel}}}")
    text = text.replace("/dev/ttyUSB0", port)
    signals = f"{{driver: gpio, lamps: {{red: {{pin: {pin}}}}}}}"
    return text.replace("{driver: fake, record: out/signals.jsonl}", signals)


@pytest.mark.parametrize(
    ("panel", "pins", "owner"),
    [
        (OLED, (2, 3), "I2C bus 1, which display uses"),
        (f"{OLED}, i2c_port: 0", (0, 1), "I2C bus 0, which display uses"),
        (SPI, (8, 10, 11), "SPI bus 0, which display uses"),
        (f"{SPI}, spi_device: 1", (7, 8, 10, 11), "SPI bus 0, which display uses"),
        (PAPER, (8, 10, 11), "SPI bus 0, which display uses"),
        (SPI_1, (17, 18, 20, 21), "SPI bus 1, which display uses"),
        (INKY, (17, 22, 27), "the Inky board, which display uses"),
        (INKY, (2, 3), "I2C bus 1, which display uses"),
    ],
)
def test_a_lamp_on_a_line_of_the_panel_s_bus(panel: str, pins: tuple[int, ...], owner: str) -> None:
    for pin in pins:
        (line,) = said(counter(panel, pin))
        assert line.endswith(
            f"signals.lamps.red.pin: GPIO{pin} belongs to {owner}; choose another line"
        )


@pytest.mark.parametrize("port", ["/dev/serial0", "/dev/ttyAMA0", "/dev/ttyS0"])
def test_a_lamp_on_a_line_of_the_serial_port(port: str) -> None:
    (line,) = said(counter(OLED, 14, port))
    assert f"GPIO14 belongs to the serial port {port}, which inputs[0] uses; choose" in line
    assert said(counter(OLED, 14, "/dev/ttyAMA10")) == []


@pytest.mark.parametrize(
    ("panel", "pin", "freed_by"),
    [
        (SPI, 7, "dtoverlay=spi0-1cs"),
        (SPI, 9, "dtoverlay=spi0-1cs,no_miso"),
        (SPI_1, 16, "dtoverlay=spi1-2cs"),
        (I2C_3, 4, "dtoverlay=i2c3 with other pins"),
    ],
)
def test_a_line_that_config_txt_can_free_is_a_warning(panel: str, pin: int, freed_by: str) -> None:
    text = counter(panel, pin)
    assert said(text) == []
    (sentence,) = doubtful_lines(parse_settings(text, Config).document, Config)
    assert f"signals.lamps.red.pin: GPIO{pin} belongs to" in sentence
    assert sentence.endswith(
        f"choose another line, or write {freed_by} to /boot/firmware/config.txt"
    )


@pytest.mark.parametrize("pin", [0, 1])
def test_a_line_of_a_hat_is_a_warning(pin: int) -> None:
    (sentence,) = doubtful_lines(parse_settings(counter(OLED, pin), Config).document, Config)
    assert sentence == (
        f"signals.lamps.red.pin: GPIO{pin} belongs to the memory of a HAT; choose another line"
    )


def test_free_lines_and_other_buses_are_no_clash() -> None:
    for panel, pin in ((OLED, 8), (OLED, 14), (SPI, 2), (SPI, 17), (INKY, 5), (I2C_3, 2)):
        text = counter(panel, pin)
        assert said(text) == []
        assert list(doubtful_lines(parse_settings(text, Config).document, Config)) == []


def test_a_line_of_the_panel_itself_can_be_on_its_own_bus() -> None:
    (line,) = said(counter(SPI.replace("dc: 25", "dc: 10"), 5))
    assert "display.dc: GPIO10 belongs to SPI bus 0, which display uses" in line


def test_it_is_said_together_with_other_faults_of_the_panel() -> None:
    first, second = said(counter(f"{OLED}, contrast: 300", 2))
    assert "display.contrast" in first
    assert "GPIO2 belongs to I2C bus 1" in second
    (only,) = said(counter("driver: oled, chip: ssd9999", 2))  # which bus it has is not known
    assert "display.chip" in only


def test_the_shipped_counters_have_no_doubtful_line() -> None:
    for file in (SHIPPED / "kiosk.yaml", *sorted((SHIPPED / "examples").glob("*.yaml"))):
        document = parse_settings(file.read_text(), Config).document
        assert list(doubtful_lines(document, Config)) == [], file

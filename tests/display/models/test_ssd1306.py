"""The model of the SSD1306 does what the data sheet says."""

from __future__ import annotations

from PIL import Image

from tests.display.models.ssd1306 import Ssd1306


def test_the_model_turns_mirrors_inverts_and_goes_dark_as_the_silicon_does() -> None:
    def after(*commands: int) -> Image.Image:
        chip = Ssd1306()
        chip.spi([0x8D, 0x14, 0xA1, 0xC8, 0xAF, 0x20, 0x00], data=False)
        chip.spi([0x01], data=True)  # the corner pixel
        chip.spi(commands, data=False)
        return chip.glass()

    def lit(image: Image.Image) -> list[tuple[int, int]]:
        return [(x, y) for y in range(64) for x in range(128) if image.getpixel((x, y))]

    assert lit(after()) == [(0, 0)]
    assert lit(after(0xA0)) == [(127, 0)]
    assert lit(after(0xC0)) == [(0, 63)]
    assert lit(after(0x41)) == [(0, 63)]
    assert lit(after(0xD3, 0x02)) == [(0, 62)]
    assert len(lit(after(0xA7))) == 128 * 64 - 1
    assert len(lit(after(0xA5))) == 128 * 64
    assert lit(after(0xAE)) == lit(after(0x8D, 0x10)) == []


def test_the_model_keeps_the_windows_and_modes_of_the_data_sheet() -> None:
    chip = Ssd1306()
    chip.spi([0x20, 0x00, 0x21, 10, 11, 0x22, 2, 3], data=False)
    chip.spi([1, 2, 3, 4, 5], data=True)
    assert [chip.ram[2][10], chip.ram[2][11], chip.ram[3][10], chip.ram[3][11]] == [5, 2, 3, 4]
    chip.spi([0x20, 0x01, 0x21, 20, 21, 0x22, 0, 1], data=False)
    chip.i2c([0xC0, 1, 0x40, 2, 3])  # one byte with Co set, then a stream
    assert [chip.ram[0][20], chip.ram[1][20], chip.ram[0][21]] == [1, 2, 3]
    chip.spi([0x20, 0x02, 0xB5, 0x0F, 0x17], data=False)
    chip.spi([8, 9], data=True)
    assert [chip.ram[5][127], chip.ram[5][0]] == [8, 9]

"""The code in the pages for programmers runs, and does what the pages say."""

from __future__ import annotations

import re
import sys
import types
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import kiosk
from kiosk.base.errors import DeviceGone
from kiosk.base.money import Money
from kiosk.config.parsing import parse_settings
from kiosk.display import PanelSettings
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.inputs.escpos import printer_languages
from kiosk.inputs.pole.character_display import CharacterDisplay
from kiosk.inputs.pole.emulator import Emulator
from kiosk.sale.effects import Show
from kiosk.sale.events import AmountRead
from kiosk.sale.words import Screen
from tests.display.reading import read_qr
from tests.inputs.escpos.test_receipt_decoder import printed

CHANGE = Path(kiosk.__file__).parent / "manual/change"
QR = (
    "00020101021243650016com.mercadolibre02013063600000000-0000-4000-8000-000000000001"
    "50150011200000000015204970053030325802AR5913KIOSCO PRUEBA6004CABA6304324D"
)


def _code(page: str) -> str:
    """Return the Python code of a page."""
    text = (CHANGE / page).read_text("utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return str(code)


def _module(page: str, name: str) -> types.ModuleType:
    """Return the Python code of a page as a module."""
    module = types.ModuleType(name)
    sys.modules[name] = module  # dataclasses and pydantic look their module up
    exec(compile(_code(page), page, "exec"), module.__dict__)
    return module


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The settings of a terminal, as the kiosk makes them of a configuration."""
    name = "kiosk.display.terminal"
    monkeypatch.setitem(sys.modules, name, types.ModuleType(name))  # so that it is removed later
    _module("panel-driver.md", name)
    monkeypatch.setattr(PanelSettings, "drivers", (*PanelSettings.drivers, "terminal"))
    device = tmp_path / "tty"
    device.touch()
    return PanelSettings.of("terminal").model_validate({"driver": "terminal", "device": device})


def _pixels(text: str, size: tuple[int, int]) -> Image.Image:
    """Return the picture that a person sees in the terminal."""
    image = Image.new("1", size)
    for row, line in enumerate(text.removeprefix("\x1b[H").split("\n")):
        for column, character in enumerate(line):
            image.putpixel((column, 2 * row), character in "▀█")
            image.putpixel((column, 2 * row + 1), character in "▄█")
    return image


def test_a_phone_reads_the_qr_in_the_terminal(terminal: Any) -> None:
    canvas = Canvas.of(terminal, "es")
    shown = draw(Show(Screen.SCAN_ME, amount=Money.of("22.50", "ARS"), qr_data=QR), canvas, 0)
    panel = terminal.open()

    panel.show(shown)

    seen = _pixels(terminal.device.read_text("utf-8"), terminal.pixels)
    assert seen.tobytes() == shown.convert("1").tobytes()
    assert read_qr(seen) == [QR]
    terminal.device.write_text("")
    panel.close()
    assert set(terminal.device.read_text("utf-8").removeprefix("\x1b[H")) == {" ", "\n"}


def test_a_terminal_that_is_not_there_is_named(terminal: Any) -> None:
    panel = terminal.open()
    terminal.device.unlink()

    with pytest.raises(DeviceGone, match=r"tty: .*; check the setting device"):
        panel.restore()


def test_a_wrong_setting_of_the_terminal_is_a_fault_with_its_line(terminal: Any) -> None:
    del terminal

    faults = parse_settings("driver: terminal\nsize: 128\n", PanelSettings.of("terminal")).faults

    assert [fault.line("F") for fault in faults] == [
        "F:2:7: size: '128' is not a size in pixels; write it like 250x122"
    ]


def test_the_dialect_of_the_page_shows_a_total() -> None:
    module = _module("register-dialect.md", "dialect_of_the_page")
    pole = Emulator(module.SHOP, CharacterDisplay(2, 20), "cp437")

    pole.feed(b"\x0c\x1bUPAN LACTAL\r\x1b*\x04\x1bLTOTAL       1.234,56\r")

    assert [row and row.rstrip() for row in pole.screen.text()] == [
        "PAN LACTAL",
        "TOTAL       1.234,56",
    ]


def test_the_printer_language_of_the_page_reads_a_total_in_double_width(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = dict(vars(printer_languages))  # the page adds its code to this file
    exec(compile(_code("printer-language.md"), "printer-language.md", "exec"), names)
    receipt = b"\x1b@PAN LACTAL\nTOTAL $ \x1bW\x011.234,56\x1bW\x00\n\x1bw"

    assert not any(isinstance(each, AmountRead) for each in printed(receipt))
    monkeypatch.setitem(printer_languages.PRINTER_LANGUAGES, "epson", names["SHOP"])
    (total,) = (each for each in printed(receipt) if isinstance(each, AmountRead))

    assert total.amount == Money.of("1234.56", "ARS")


def test_the_files_that_the_pages_name_exist() -> None:
    root = CHANGE.parents[2]
    named = {
        path
        for page in CHANGE.glob("*.md")
        for path in re.findall(
            r"`((?:kiosk|tests|scripts|config)/[\w./-]+)`", page.read_text("utf-8")
        )
        if path != "kiosk/display/terminal.py" and "NAME" not in path
    }

    assert len(named) > 20  # else the pattern finds nothing
    assert [path for path in sorted(named) if not (root / path).exists()] == []

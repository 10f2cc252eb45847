"""What a simulated register sends is read by the input's own driver as the amount that was keyed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.base.money import CURRENCIES, Money
from kiosk.config import load
from kiosk.inputs import InputSettings
from kiosk.inputs.ecr.frames import ACK
from kiosk.inputs.ecr_terminal import EcrTerminalSettings
from kiosk.inputs.escpos_printer import EscposPrinterSettings
from kiosk.inputs.pole_display import PoleDisplaySettings
from kiosk.inputs.scanner.event_device import EVENT
from kiosk.inputs.scanner.key_decoder import KeyEvent
from kiosk.inputs.scanner.keymap import Layout
from kiosk.inputs.scanner_hid import ScannerHidSettings
from kiosk.inputs.serial_line import SerialLineSettings
from kiosk.inputs.tools.playback import replay
from kiosk.inputs.tools.recording import Chunk
from kiosk.sale.events import AmountRead, CancelPressed, ReadingRejected
from kiosk.simulator.twins.wire import other_end
from kiosk.simulator.twins.wire.other_end import CannotDo
from kiosk.simulator.twins.wire.pattern_text import matching_texts

ROOT = Path(__file__).parents[4]
SHIPPED = sorted([*(ROOT / "config/examples").glob("**/*.yaml"), *(ROOT / "config").glob("*.yaml")])
ARS, CLP = CURRENCIES["ARS"], CURRENCIES["CLP"]
LATIN = {"decimal": ",", "thousands": "."}
PORT = {"port": "/dev/ttyUSB0"}


def read(settings: InputSettings, data: bytes) -> list[Any]:
    events = replay([Chunk(1.0, data)], settings, ARS)
    return [event for _, event in events if isinstance(event, AmountRead | ReadingRejected)]


def keyed(settings: InputSettings, text: str) -> list[Any]:
    return read(settings, other_end(settings, ARS).key(Decimal(text)))


def amount(text: str, source: str) -> AmountRead:
    return AmountRead(Money.of(text, "ARS"), source)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_every_register_of_the_examples_can_key_a_total(file: Path) -> None:
    config = load(file, {})
    currency = CURRENCIES[config.kiosk.currency]
    ends = [(each, other_end(each, currency)) for each in config.inputs]
    for settings, end in ends:
        if "key" in end.can and settings.driver not in ("fake", "command"):
            data = end.key(Decimal(1500))
            events = [event for _, event in replay([Chunk(1.0, data)], settings, currency)]
            found = [event.amount.amount for event in events if isinstance(event, AmountRead)]
            assert found == [1500]
    assert any(end.can & {"key", "scan"} for _, end in ends)


@given(cents=st.integers(1, 99_999_999))
def test_a_line_says_any_amount_as_the_number_format_says(cents: int) -> None:
    settings = SerialLineSettings(**PORT, number=LATIN, amount=r"TOTAL\s+\$?\s*(?P<amount>\S+)")
    text = f"{Decimal(cents) / 100:.2f}"
    assert keyed(settings, text) == [amount(text, "serial_line")]


@pytest.mark.parametrize(
    "more",
    [
        {"begins_with": "STX", "ends_with": "ETX"},
        {"label": r"\s*TOTAL:?\s*"},
        {"amount": r"(?P<amount>[0-9.]+,[0-9]{2})"},
        {"amount": r"#(?:AB|CD)[^0-9,]{2}\w\D?(?P<amount>[0-9.,]+)(?:;.*)?"},
        {"amount": r"TOTAL\s*:\s*(?P<amount>[0-9.,]+)\b(?!x)"},
    ],
)
def test_a_line_has_what_the_settings_expect_around_the_amount(more: dict[str, str]) -> None:
    settings = SerialLineSettings(**PORT, number=LATIN, **more)
    assert keyed(settings, "1234.50") == [amount("1234.50", "serial_line")]


def test_a_pattern_that_no_written_text_matches_is_said() -> None:
    settings = SerialLineSettings(**PORT, number=LATIN, amount=r"(?=Z)(?P<amount>[0-9]+)")
    with pytest.raises(CannotDo, match="send the bytes themselves"):
        other_end(settings, ARS).key(Decimal(5))


@pytest.mark.parametrize(
    "dialect", get_args(PoleDisplaySettings.model_fields["dialect"].annotation)
)
@pytest.mark.parametrize(
    "rows", [{}, {"label_row": 1, "amount_row": 2}, {"rows": 1, "columns": 16}]
)
def test_every_pole_display_shows_the_total(dialect: str, rows: dict[str, int]) -> None:
    settings = PoleDisplaySettings(**PORT, dialect=dialect, number=LATIN, **rows)
    assert keyed(settings, "1234.50") == [amount("1234.50", "pole_display")]
    assert other_end(settings, ARS).dialect == dialect


def test_a_blank_display_between_two_sales_lets_the_same_total_count_again() -> None:
    settings = PoleDisplaySettings(**PORT, dialect="epson", number=LATIN, repeat_within="0 s")
    register = other_end(settings, ARS)
    total = register.key(Decimal("9.50"))
    pieces = [Chunk(1.0, total), Chunk(5.0, register.press("clear")), Chunk(9.0, total)]
    found = [event for _, event in replay(pieces, settings, ARS) if isinstance(event, AmountRead)]
    assert found == [amount("9.50", "pole_display")] * 2


@pytest.mark.parametrize("language", ["epson", "bematech", "daruma", "star"])
def test_every_printer_language_prints_the_total(language: str) -> None:
    settings = EscposPrinterSettings(**PORT, language=language, number=LATIN)
    assert keyed(settings, "1234.50") == [amount("1234.50", "escpos_printer")]


GENERIC: dict[str, Any] = {
    "sale": r"S(?P<ticket>[0-9]{6});(?P<amount>[0-9.]+)",
    "number": {"decimal": "."},
    "paid": "OK {ticket}",
    "failed": "NO {ticket}",
}


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"check": "sum", "check_stx": "yes"},
        {"check": "none"},
        {"length": "bcd", "marks": "no"},
        {"length": "digits", "length_bytes": 4, "check_start": 255},
    ],
)
def test_every_frame_of_a_terminal_is_read(form: dict[str, Any]) -> None:
    settings = EcrTerminalSettings(**PORT, generic=GENERIC | form)
    (event,) = keyed(settings, "22.50")
    assert event.amount == Money.of("22.50", "ARS")


def test_a_terminals_register_acknowledges_what_it_gets() -> None:
    settings = EcrTerminalSettings(**PORT, transbank={})
    register = other_end(settings, CLP)
    answer = settings.transbank and settings.transbank.frame_format().frame(b"0210|00|")
    assert answer
    assert register.received(answer[:4]).answer == b""
    heard = register.received(answer[4:])
    assert (heard.answer, heard.replies) == (ACK, ("0210|00|",))
    assert register.press("last") == b"\x020250|\x03\x78"


def test_a_register_sends_also_what_the_kiosk_refuses() -> None:
    settings = SerialLineSettings(**PORT, number=LATIN, max=100)
    (event,) = keyed(settings, "500.00")
    assert isinstance(event, ReadingRejected)
    assert "above the limit" in event.reason
    (event,) = keyed(settings, "0.00")
    assert "zero" in event.reason


def test_cents_that_a_number_format_has_not_are_not_sent() -> None:
    settings = SerialLineSettings(**PORT, number={"thousands": "."})
    with pytest.raises(CannotDo, match=r"numbers like 1\.234, so not 22\.50"):
        other_end(settings, ARS).key(Decimal("22.50"))


@pytest.mark.parametrize("layout", get_args(Layout))
@pytest.mark.parametrize("code", ["7790001001054", "KQPAY", "]C1010^`~-/\x1d21"])
def test_a_keyboard_scanner_types_every_code_in_every_layout(layout: Layout, code: str) -> None:
    settings = ScannerHidSettings(device="/dev/input/event0", layout=layout)
    try:
        data = other_end(settings, ARS).scan(code)
    except CannotDo as reason:
        assert layout == "latam", reason  # noqa: PT017 - it is said, not typed wrongly
        return
    keys = settings.keys()
    events = (KeyEvent(at, *rest) for at, _, *rest in EVENT.iter_unpack(data))
    assert "".join(map(keys.feed, events)) == code + "\r"


def test_a_scan_has_no_line_ends_and_a_character_at_least() -> None:
    scanner = other_end(ScannerHidSettings(device="/dev/input/event0"), ARS)
    for code in ("", "77\r90", "77\n"):
        with pytest.raises(CannotDo, match="at least one character"):
            scanner.scan(code)
    with pytest.raises(CannotDo, match="no key for 'ñ'"):
        scanner.scan("ñ")


def test_a_program_of_files_undoes_the_sale_that_it_asked_for() -> None:
    config = load(ROOT / "config/examples/devices/tef-files.yaml", {})
    (settings,) = config.inputs
    program = other_end(settings, CURRENCIES["BRL"])
    pieces = [Chunk(1.0, program.key(Decimal(20))), Chunk(2.0, program.press("cancel"))]
    events = [event for _, event in replay(pieces, settings, CURRENCIES["BRL"])]
    assert any(isinstance(event, CancelPressed) for event in events)


def test_what_a_device_can_not_do_is_said_with_its_name() -> None:
    register = other_end(SerialLineSettings(**PORT, name="caja", number=LATIN), ARS)
    with pytest.raises(CannotDo, match="caja is not a scanner"):
        register.scan("779")
    with pytest.raises(CannotDo, match="caja has no buttons"):
        register.press("cancel")
    with pytest.raises(CannotDo, match="no keys for a total"):
        other_end(ScannerHidSettings(device="/dev/input/event0"), ARS).key(Decimal(1))


def test_a_group_is_written_where_the_pattern_repeats_it() -> None:
    assert next(matching_texts(r"(?P<a>x+)-(?P=a)", {"a": "7"})) == "7-7"

"""Each dialect of pole displays: what registers write, and what a customer reads."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.inputs.pole.character_display import CharacterDisplay
from kiosk.inputs.pole.dialects import DIALECTS
from kiosk.inputs.pole.emulator import Emulator
from tests.support.examples import examples


def display(dialect: str, page: str = "cp437") -> Emulator:
    return Emulator(DIALECTS[dialect], CharacterDisplay(2, 20), page)


def shown(dialect: str, data: bytes, **more: Any) -> list[str | None]:
    pole = display(dialect, **more)
    pole.feed(data)
    return [row.rstrip() if row is not None else None for row in pole.screen.text()]


PAN, TOTAL = "PAN LACTAL", "TOTAL       1.234,56"

# What a register writes to show the two rows above, dialect by dialect.
WRITTEN = [
    ("epson", b"\x0cPAN LACTAL\x1f$\x01\x02TOTAL       1.234,56"),
    ("epson", b"\x1b@\x1fX\x04\x1fC\x00PAN LACTAL\n\rTOTAL       1.234,56"),
    ("epson", b"\x0c\x0b\x18PAN LACTAL\x1fB\x18TOTAL       1.234,56"),
    ("cd5220", b"\x0cPAN LACTAL\x1bl\x01\x02TOTAL       1.234,56"),
    ("cd5220", b"\x1b@\x1bQAPAN LACTAL\r\x1bQBTOTAL       1.234,56\r"),
    ("cd5220", b"\x0c\x1b[B\x1b[LTOTAL       1.234,56\x1b[HPAN LACTAL"),
    ("utc_standard", b"\x1fPAN LACTAL\x10\x14TOTAL       1.234,56"),
    ("utc_standard", b"\x1f\x1bd\x1buAPAN LACTAL\r\x1buBTOTAL       1.234,56\r"),
    ("utc_enhanced", b"\x1buAPAN LACTAL\r\x1buBTOTAL       1.234,56\r"),
    ("utc_enhanced", b"\x1buIPAN LACTAL          TOTAL       1.234,56\r"),
    ("utc_enhanced", b"\x1buH\x02\x05\r\x02\x05APAN LACTAL\r\x02\x05BTOTAL       1.234,56\r"),
    ("utc_enhanced", b"\x1b\x0f\r\x1fPAN LACTAL\x10\x14TOTAL       1.234,56"),
    ("aedex", b"!#1PAN LACTAL\r!#2TOTAL       1.234,56\r"),
    ("aedex", b"!#APAN LACTAL\r!#BTOTAL       1.234,56\r"),
    ("aedex", b"!#A\r!#9PAN LACTAL          TOTAL       1.234,56\r"),
    ("aedex", b"!#8~`\r\x00~`1PAN LACTAL\r\x00~`2TOTAL       1.234,56\r\x00"),
    ("logic_controls", b"\x1f\x04\xff\x14PAN LACTAL\x10\x14TOTAL       1.234,56"),
    ("ibm", b"\x11\x10\x00PAN LACTAL          \x10\x14TOTAL       1.234,56"),
    ("dsp800", b"\x04\x01C1X\x17\x04\x01P1\x17PAN LACTAL\x04\x01PE\x17TOTAL       1.234,56"),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "data"), WRITTEN)
def test_what_is_written_is_what_is_shown(dialect: str, data: bytes) -> None:
    assert shown(dialect, data) == [PAN, TOTAL]


@pytest.mark.parametrize(("dialect", "data"), WRITTEN)
def test_a_display_written_byte_by_byte_shows_the_same(dialect: str, data: bytes) -> None:
    pole = display(dialect)
    answers = b"".join(pole.feed(bytes([byte])) for byte in data)
    whole = display(dialect)
    assert answers == whole.feed(data)
    assert pole.screen.text() == whole.screen.text()
    assert pole.unknown == 0


def test_every_dialect_of_text_was_written_here() -> None:
    assert {dialect for dialect, _ in WRITTEN} == set(DIALECTS) - {"led8n"}


def test_a_mark_shares_its_digit_s_cell() -> None:
    row, _ = shown("epson", b"\x0cTOTAL     \x1f.123\x1f,456")
    assert row == "TOTAL     1.234,56"
    pole = display("epson")
    pole.feed(b"\x0c" + b"\x1f.1\x1f,2" + b"x" * 18 + b"y")
    assert pole.screen.text() == ("1.2," + "x" * 18, "y" + " " * 19)


def test_the_text_goes_on_in_the_other_row_and_around() -> None:
    assert shown("epson", b"\x0c" + b"a" * 20 + b"b" * 20 + b"cc") == ["cc" + "a" * 18, "b" * 20]


def test_rows_that_move_up() -> None:
    text = b"\x0c\x1f\x02" + b"a" * 20 + b"b" * 20
    assert shown("epson", text) == ["a" * 20, "b" * 20]
    assert shown("epson", text + b"c") == ["b" * 20, "c"]
    assert shown("cd5220", b"\x0c\x1b\x12one\n\rtwo\n\rthree") == ["two", "three"]


def test_a_row_that_moves_left() -> None:
    assert shown("epson", b"\x0c\x1f\x03" + b"a" * 20 + b"bc") == ["a" * 18 + "bc", ""]


@pytest.mark.parametrize(
    ("moves", "row"),
    [
        (b"\x08X", "abX"),
        (b"\x08\x08X\x09Y", "aXcY"),
        (b"\rX", "Xbc"),
        (b"\x1f\rX", "abc" + " " * 16 + "X"),
        (b"\x18X", "X"),
        (b"\x0bX", "Xbc"),
        (b"\n\x1f\nX", "abcX"),
    ],
)
def test_the_cursor_goes_where_it_is_sent(moves: bytes, row: str) -> None:
    assert shown("epson", b"\x0cabc" + moves)[0] == row


def test_the_line_shared_with_a_printer() -> None:
    receipt = b"\x1b=\x01TOTAL 9,99\n\x0c\x1f$\x01\x01\x1dV\x00"
    assert shown("epson", b"\x1b=\x02\x0cPAN" + receipt + b"\x1b=\x02 2,00") == ["PAN 2,00", ""]
    assert shown("epson", b"\x0cPAN\x1b=\x03 2,00") == ["PAN 2,00", ""]


def test_letters_follow_the_code_page_and_digits_are_digits_in_all() -> None:
    assert shown("epson", b"\x0c\xa5 12")[0] == "Ñ 12"
    assert shown("epson", b"\x0c\x1bt\x10\xd1 12")[0] == "Ñ 12"
    assert shown("epson", b"\x0c\xd1 12", page="cp1252")[0] == "Ñ 12"
    assert shown("epson", b"\x0c\x1bt\x63\xa5 12")[0] == "Ñ 12"  # an unknown page is ignored


@pytest.mark.parametrize("dialect", DIALECTS)
def test_nothing_is_known_before_the_display_was_written(dialect: str) -> None:
    assert shown(dialect, b"1.234,56") == [None, None]


@pytest.mark.parametrize(
    ("dialect", "unknown"),
    [
        ("epson", b"\x1b\x07"),
        ("epson", b"\x1f\x99"),
        ("epson", b"\x1fU"),  # the clock: nobody here knows the time on the display
        ("cd5220", b"\x1b[Z"),
        ("utc_standard", b"\x1bX"),
        ("logic_controls", b"\x1b\x42"),
    ],
)
def test_after_an_unknown_command_nothing_is_known_until_the_display_is_cleared(
    dialect: str, unknown: bytes
) -> None:
    clear = b"\x0c" if dialect in ("epson", "cd5220") else b"\x1f"
    assert shown(dialect, clear + b"TOTAL 12,00" + unknown + b"5") == [None, None]
    assert shown(dialect, clear + unknown + clear + b"TOTAL 12,00") == ["TOTAL 12,00", ""]


@pytest.mark.parametrize(("dialect", "command"), [("aedex", b"!#Z"), ("utc_enhanced", b"\x1buZ")])
def test_an_unknown_command_with_text_is_passed_over_as_a_whole(
    dialect: str, command: bytes
) -> None:
    first, second = (b"!#1", b"!#2") if dialect == "aedex" else (b"\x1buA", b"\x1buB")
    rows = first + b"PAN LACTAL\r" + second + b"TOTAL       1.234,56\r"
    assert shown(dialect, rows + command + b"99\r") == [None, None]
    assert shown(dialect, command + b"99\r" + rows) == [PAN, TOTAL]


def test_a_row_text_that_is_too_long_is_not_cut_short() -> None:
    assert shown("cd5220", b"\x0c\x1bQATOTAL       123.456,78\r") == [None, ""]


def test_running_text_is_no_row() -> None:
    assert shown("cd5220", b"\x0c\x1bQDTOTAL 5,00 TOTAL 5,00\r") == [None, ""]


def test_a_dsp800_answers_each_command() -> None:
    pole = display("dsp800")
    assert pole.feed(b"\x04\x01C1X\x17") == b"\x06"
    assert pole.feed(b"\x04\x01P1\x17TOTAL 5,00") == b"\x06"
    assert pole.feed(b"\x04\x01PZ\x17") == b"\x15"  # there is no such cell
    assert pole.feed(b"\x04\x01C1XX") == b"\x15"  # no end where the end should be
    assert pole.feed(b"\x04\x01%\x17") == b"\x06"  # not known here, but well-formed
    assert pole.screen.text() == (None, None)


def test_a_command_that_stops_midway_is_not_completed_by_the_next_text() -> None:
    pole = display("epson")
    pole.feed(b"\x0cTOTAL 12,00\x1f$\x01")
    pole.interrupted()
    pole.feed(b"7")
    assert pole.screen.text() == (None, None)


def test_a_font_and_other_long_arguments_are_passed_over() -> None:
    font = b"\x1b&\x01AB\x05\x01\x02\x03\x04\x05\x02\x0c\x0c"
    window = b"\x1f(D\x04\x00\x03\x01\x65\x01"
    assert shown("epson", b"\x0c" + font + b"PAN") == ["PAN", ""]
    assert shown("epson", window + b"\x0cPAN") == ["PAN", ""]


@given(st.sampled_from(sorted(DIALECTS)), st.lists(st.binary(max_size=40), max_size=10))
@settings(max_examples=examples(150))
def test_no_noise_breaks_it_or_fills_the_memory(dialect: str, noise: list[bytes]) -> None:
    pole, whole = display(dialect), display(dialect)
    answers = b"".join(pole.feed(piece) for piece in noise)
    assert answers == whole.feed(b"".join(noise))
    assert pole.screen.text() == whole.screen.text()
    for row in pole.screen.text():
        assert row is None or len(row) <= 40  # each cell one character and at most one mark


def test_endless_arguments_are_given_up() -> None:
    pole = display("aedex")
    for _ in range(100):
        pole.feed(b"!#1" + b"9" * 1000)
    assert pole.screen.text() == (None, None)
    pole.feed(b"\r!#1PAN\r!#2\r")
    assert pole.screen.text()[0] == "PAN".ljust(20)

"""Characters to codes: a code that was cut off never damages another one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.inputs.scanner.code_framer import (
    GARBLED,
    LOST,
    REST_WITHIN,
    STRAY,
    STRAY_ENDS_AFTER,
    CodeFramer,
    Suffix,
)
from kiosk.inputs.text.line_framer import DroppedLine
from tests.support.examples import examples

CODE = "7790001001054"
TORN = DroppedLine("a code was cut off after 3 characters; scan it again")
MISSING = DroppedLine("some keys of a code were lost; scan it again")


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\n\r\n"])
def test_a_code_ends_at_its_suffix(end: str) -> None:
    assert CodeFramer().feed(CODE + end, 0.0) == [CODE]


@pytest.mark.parametrize(("suffix", "codes"), [("enter", ["a\tb"]), ("tab", ["a", "b"])])
def test_a_tab_ends_a_code_only_where_it_is_the_suffix(suffix: str, codes: list[str]) -> None:
    framer = CodeFramer(suffix="tab" if suffix == "tab" else "enter")
    assert framer.feed("a\tb\r", 0.0) == codes


def test_without_a_suffix_silence_ends_a_code() -> None:
    framer = CodeFramer(suffix="none", gap=0.1)
    assert (framer.feed(CODE, 0.0), framer.unfinished) == ([], True)
    assert (framer.feed("", 0.1), framer.unfinished) == ([CODE], False)
    assert framer.feed("12", 1.0) == []
    assert framer.feed("3", 2.0) == ["12"]


def test_with_a_suffix_silence_cuts_it_off() -> None:
    framer = CodeFramer(gap=0.1)
    assert framer.feed("779", 0.0) == []
    assert framer.feed("", 0.1) == [TORN]
    assert framer.feed("0001001054\r", 0.5) == []  # its rest, which is a smaller number
    assert framer.feed(CODE + "\r", 0.6) == [CODE]


def test_when_the_rest_never_comes_the_next_code_is_whole() -> None:
    framer = CodeFramer(gap=0.1)
    framer.feed("779", 0.0)
    assert framer.feed("", 0.1) == [TORN]
    assert framer.feed(CODE + "\r", REST_WITHIN) == [CODE]
    framer.feed("779", 10.0)
    assert framer.feed(CODE + "\r", 20.0) == [TORN, CODE]


def test_lost_keys_take_all_up_to_the_next_suffix_with_them() -> None:
    framer = CodeFramer()
    assert framer.feed(f"779{LOST}54\r{CODE}\r", 0.0) == [MISSING, CODE]
    assert framer.feed(LOST, 1.0) == [MISSING]
    assert framer.feed("54\r", 1.0) == []


def test_an_unreadable_character_spoils_its_code_only() -> None:
    garbled = CodeFramer().feed(f"77{GARBLED}9\r{CODE}\r", 0.0)
    assert garbled == [
        DroppedLine("a code has unreadable characters; check the scanner's settings"),
        CODE,
    ]


def test_a_code_of_unreadable_characters_alone_is_said() -> None:
    """A scanner at another speed sends them; one or two come when its plug is moved."""
    framer = CodeFramer()
    assert framer.feed(GARBLED * 2, 0.0) + framer.feed("", 1.0) == []
    unreadable = "a code has unreadable characters; check the scanner's settings"
    assert framer.feed(GARBLED * 9, 2.0) + framer.feed("", 3.0) == [DroppedLine(unreadable)]
    assert framer.feed(f"{CODE}\r", 4.0) == [CODE]


@pytest.mark.parametrize(
    ("begins_with", "ends_with", "text", "codes"),
    [
        ("", "*", f"{CODE}*{CODE}*", [CODE, CODE]),
        ("", "*", f"{CODE}*\r\n{CODE}*\t", [CODE, CODE]),
        ("*", "*", f"*{CODE}**{CODE}*\r", [CODE, CODE]),
        ("\x02", "\x03", f"\x02{CODE}\x03\x02{CODE}\x03", [CODE, CODE]),
        ("", "\x13\x13", f"{CODE}\x13\x13{CODE}\x13\x13", [CODE, CODE]),
        ("*", "", f"*{CODE}\r*{CODE}\n", [CODE, CODE]),
        ("\x02", "\x03", "\x02\x03", []),
        ("", "*", "**\r", []),
    ],
)
@pytest.mark.parametrize("suffix", ["enter", "none"])
def test_a_code_between_characters_that_are_not_keys(
    suffix: str, begins_with: str, ends_with: str, text: str, codes: list[str]
) -> None:
    end: Suffix = "none" if suffix == "none" else "enter"
    framer = CodeFramer(suffix=end, begins_with=begins_with, ends_with=ends_with)
    assert framer.feed(text, 0.0) == codes
    one_by_one = CodeFramer(suffix=end, begins_with=begins_with, ends_with=ends_with)
    assert [code for char in text for code in one_by_one.feed(char, 0.0)] == codes


HEADLESS = DroppedLine("the beginning of a code was lost; scan it again")


@pytest.mark.parametrize(
    ("begins_with", "ends_with", "text", "results"),
    [
        ("*", "", f"{CODE}\r*{CODE}\r", [HEADLESS, CODE]),
        ("\x02", "\x03", f"54\x03\x02{CODE}\x03", [HEADLESS, CODE]),
        ("\x02", "\x03", f"\x0277\x02{CODE}\x03", [DroppedLine("two codes came as one; scan them again")]),
        ("*", "*", f"54**{CODE}*", [HEADLESS, CODE]),
        ("\x02", "\x03", f"\x02779{LOST}54\x03\x02{CODE}\x03", [MISSING, CODE]),
        ("", "\x13\x13", f"779{LOST}54\x13\x13{CODE}\x13\x13", [MISSING, CODE]),
    ],
)  # fmt: skip
def test_a_code_without_its_beginning_is_no_code(
    begins_with: str, ends_with: str, text: str, results: list[str | DroppedLine]
) -> None:
    framer = CodeFramer(begins_with=begins_with, ends_with=ends_with)
    assert framer.feed(text, 0.0) == results


@pytest.mark.parametrize("suffix", ["enter", "none"])
def test_a_code_without_its_end_is_cut_off(suffix: str) -> None:
    framer = CodeFramer(suffix="none" if suffix == "none" else "enter", ends_with="*")
    assert framer.feed("779\r", 0.0) == []
    assert framer.feed("", 0.5) == [
        DroppedLine("a code was cut off after 4 characters; scan it again")
    ]


def test_after_a_control_sequence_nothing_counts_up_to_a_silence() -> None:
    framer = CodeFramer()
    stray = DroppedLine("the scanner typed a control sequence; set it to send characters only")
    assert framer.feed(f"77{STRAY}9\r54\r", 0.0) == [stray]
    assert framer.feed("12\r", STRAY_ENDS_AFTER - 0.1) == []
    assert framer.feed(CODE + "\r", 2 * STRAY_ENDS_AFTER) == [CODE]


def test_a_code_without_end() -> None:
    framer = CodeFramer(longest=16)
    too_long = DroppedLine("a code has more than 16 characters; see longest_code")
    assert framer.feed("9" * 1000 + "\r" + CODE + "\r", 0.0) == [too_long, CODE]


@pytest.mark.parametrize("suffix", ["enter", "none"])
def test_unplugged_in_the_middle_of_a_code(suffix: str) -> None:
    framer = CodeFramer(suffix="none" if suffix == "none" else "enter")
    framer.feed("779", 0.0)
    assert framer.unplugged() == [TORN]
    assert framer.unplugged() == []
    assert framer.feed(CODE + "\r", 0.1) == [CODE]


@given(
    st.lists(
        st.tuples(st.text("12\r\t\x1d" + LOST + GARBLED + STRAY, max_size=20), st.floats(0, 5))
    )
)
@settings(max_examples=examples(200))
def test_whatever_came_before_the_next_code_after_a_pause_is_whole(
    pieces: list[tuple[str, float]],
) -> None:
    framer, now = CodeFramer(longest=16), 0.0
    for text, pause in pieces:
        now += pause
        for code in framer.feed(text, now):
            assert isinstance(code, DroppedLine) or 0 < len(code) <= 16
    assert framer.feed(CODE + "\r", now + 10.0)[-1] == CODE

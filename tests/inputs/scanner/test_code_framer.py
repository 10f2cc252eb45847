"""Characters to codes: a code that was cut off never damages another one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.inputs.scanner.code_framer import GARBLED, LOST, REST_WITHIN, CodeFramer
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


@given(st.lists(st.tuples(st.text("12\r\t\x1d" + LOST + GARBLED, max_size=20), st.floats(0, 5))))
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

"""Key events to characters: five countries, three ways to send a separator, and lost events."""

from __future__ import annotations

import shutil
import string
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.inputs.scanner.code_framer import GARBLED, LOST, STRAY
from kiosk.inputs.scanner.key_decoder import (
    DOWN,
    RELEASED_AFTER,
    UP,
    KeyDecoder,
    KeyEvent,
)
from kiosk.inputs.scanner.keymap import DEAD_KEYS, KEYS, LEVELS, NOTHING, Layout
from tests.inputs.scanner.keyboard import (
    ALT,
    ALTGR,
    CAPS,
    CTRL,
    DROPPED,
    F8,
    KEYPAD,
    REPORT,
    SHIFT,
    SPACE,
    TAB,
    Raw,
    alt_code,
    press,
    tap,
    typed,
)
from tests.support.examples import examples

LAYOUTS: tuple[Layout, ...] = ("us", "es", "latam", "pt", "br")
PRINTABLE = string.digits + string.ascii_letters + string.punctuation + " "


def text(events: list[Raw], layout: Layout = "us", decoder: KeyDecoder | None = None) -> str:
    decoder = decoder or KeyDecoder(layout)
    return "".join(decoder.feed(KeyEvent(0.0, *event)) for event in events)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_ascii_character_in_every_country(layout: Layout) -> None:
    assert text(typed(PRINTABLE, layout), layout) == PRINTABLE + "\r"


@given(st.sampled_from(LAYOUTS), st.text(PRINTABLE + "\x1d", max_size=40))
def test_what_is_typed_is_what_is_read(layout: Layout, code: str) -> None:
    assert text(typed(code, layout), layout) == code + "\r"


@pytest.mark.parametrize(
    ("char", "keys"),
    [
        ("-", {"us": (12,), "es": (53,), "latam": (53,), "pt": (53,), "br": (12,)}),
        ("/", {"us": (53,), "es": (SHIFT, 8), "pt": (SHIFT, 8), "br": (89,)}),
        (":", {"us": (SHIFT, 39), "es": (SHIFT, 52), "latam": (SHIFT, 52), "br": (SHIFT, 53)}),
        ("]", {"us": (27,), "es": (ALTGR, 27), "latam": (SHIFT, 43), "pt": (ALTGR, 10), "br": (43,)}),
        ("?", {"us": (SHIFT, 53), "es": (SHIFT, 12), "latam": (SHIFT, 12), "br": (SHIFT, 89)}),
        ("&", {"us": (SHIFT, 8), "es": (SHIFT, 7), "pt": (SHIFT, 7), "br": (SHIFT, 8)}),
    ],
)  # fmt: skip
def test_characters_that_move_between_countries(
    char: str, keys: dict[Layout, tuple[int, ...]]
) -> None:
    for layout, codes in keys.items():
        assert text(tap(*codes), layout) == char


XKB_NAMES = {"dead_grave": "ˋ", "dead_circumflex": "ˆ", "dead_tilde": "˜"}


def by_ckbcomp(layout: str) -> dict[int, list[str]]:
    """Return each key's first three levels by Debian's compiler of keyboard layouts."""
    lines = subprocess.run(
        ["ckbcomp", "-layout", layout], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    rows = (line.split() for line in lines if line.startswith("keycode "))
    return {int(row[1]): [by_name(word.lstrip("+")) for word in row[3:6]] for row in rows}


def by_name(word: str) -> str:
    char = (
        chr(int(word.removeprefix("U+"), base=16))
        if word.startswith("U+")
        else XKB_NAMES.get(word, NOTHING)
    )
    return char if " " < char < "\x7f" or char in DEAD_KEYS else NOTHING


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("ckbcomp"), reason="ckbcomp (console-setup) is not installed")
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_tables_are_those_of_debians_console(layout: Layout) -> None:
    expected = by_ckbcomp(layout)
    for place, code in enumerate(KEYS):
        ours = [level[place] for level in LEVELS[layout]]
        theirs = (expected.get(code, []) + [NOTHING] * 3)[:3]
        if layout == "us":  # ckbcomp repeats the first two levels where there is no third
            theirs[2] = NOTHING
        assert ours == theirs, (code, layout)


def test_capitals_by_caps_lock_and_back() -> None:
    assert text(tap(CAPS) + typed("ab1", end=()) + tap(CAPS) + typed("c", end=())) == "AB1c"
    assert text(tap(CAPS) + typed("Ab", end=())) == "aB"


def test_the_keypad() -> None:
    keys = [KEYPAD[digit] for digit in "0123456789"]
    assert text([event for key in keys for event in tap(key)] + tap(96)) == "0123456789\r"
    assert text(tap(83)) == "."
    assert text(tap(83), "br") == ","
    assert text(tap(SHIFT, 74) + tap(78) + tap(55) + tap(98)) == "-+*/"


@pytest.mark.parametrize("separator", [tap(CTRL, 27), tap(97, 27), tap(F8), alt_code("\x1d")])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_separator_of_gs1(separator: list[Raw], layout: Layout) -> None:
    assert text(separator, layout) == "\x1d"


def test_a_key_that_is_not_set_to_be_the_separator_spoils_the_code() -> None:
    assert text(tap(F8), decoder=KeyDecoder("us", ["ctrl+]"])) == GARBLED
    assert text(tap(CTRL, 27), decoder=KeyDecoder("us", ["f8"])) == GARBLED


@pytest.mark.parametrize(("keys", "char"), [((CTRL, 36), "\n"), ((CTRL, 50), "\r"), ((TAB,), "\t")])
def test_other_ways_to_end_a_code(keys: tuple[int, ...], char: str) -> None:
    assert text(tap(*keys)) == char
    assert text(tap(*keys), "es") == char


@pytest.mark.parametrize(
    ("digits", "char"),
    [("65", "A"), ("065", "A"), ("29", "\x1d"), ("029", "\x1d"), ("126", "~"),
     ("164", GARBLED), ("0209", GARBLED), ("300", GARBLED), ("0", GARBLED)],
)  # fmt: skip
def test_alt_and_a_number(digits: str, char: str) -> None:
    events = [event for digit in digits for event in tap(KEYPAD[digit])]
    assert text(press(ALT, DOWN) + events + press(ALT, UP)) == char


def test_alt_and_something_else_is_nothing_that_a_code_has() -> None:
    assert text(press(ALT, DOWN) + tap(30) + press(ALT, UP)) == GARBLED
    assert text(tap(ALT)) == ""


@pytest.mark.parametrize("key", [CTRL, ALT])
def test_a_key_that_got_stuck_is_not_passed_over_in_silence(key: int) -> None:
    assert text(press(key, DOWN) + typed("7790")) == GARBLED * 5


KEY_U = 22
UNICODE = tap(CTRL, SHIFT, KEY_U)
ENTER_KEY = tap(28)


def held(digits: str) -> list[Raw]:
    """Type the number while Ctrl and Shift are held, as some scanners do."""
    keys = [event for digit in digits for event in typed(digit, end=())]
    down, up = press(CTRL, DOWN) + press(SHIFT, DOWN), press(SHIFT, UP) + press(CTRL, UP)
    return down + tap(KEY_U) + keys + up


@pytest.mark.parametrize(
    ("digits", "char"), [("1d", "\x1d"), ("001d", "\x1d"), ("41", "A"), ("0031", "1")]
)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_character_by_its_unicode_number(layout: Layout, digits: str, char: str) -> None:
    """The Enter that ends the number is not the end of the code."""
    for end in (ENTER_KEY, tap(96), tap(SPACE)):
        keys = UNICODE + typed(digits, end=()) + end + typed("45", layout)
        assert text(keys, layout) == f"{char}45\r"
    assert text(held(digits) + typed("45", layout), layout) == f"{char}45\r"
    keypad = [event for digit in "31" for event in tap(KEYPAD[digit])]
    assert text(UNICODE + keypad + ENTER_KEY, layout) == "1"


@pytest.mark.parametrize(
    "keys",
    [
        UNICODE + ENTER_KEY,
        UNICODE + typed("zz", end=()),
        UNICODE + typed("0d", end=()) + ENTER_KEY,
        UNICODE + typed("f1", end=()) + ENTER_KEY,
        UNICODE + typed("0031234", end=()),
        UNICODE + tap(TAB),
        tap(CTRL, SHIFT, 47),
        tap(CTRL, SHIFT, 50),
    ],
)
def test_a_control_sequence_that_is_not_understood(keys: list[Raw]) -> None:
    assert STRAY in text(keys)


@pytest.mark.parametrize(
    ("keys", "char"), [((59,), GARBLED), ((ALTGR, 30), GARBLED), ((113,), GARBLED)]
)
def test_keys_that_say_nothing_here_spoil_the_code(keys: tuple[int, ...], char: str) -> None:
    assert text(tap(*keys)) == char


def test_a_dead_key_without_its_space_is_still_the_accent() -> None:
    assert text(tap(SHIFT, 26) + tap(2), "es") == "^1"
    assert text(tap(SHIFT, 26) + tap(SPACE) + tap(2), "es") == "^1"


def test_a_key_that_repeats_is_pressed_once() -> None:
    assert text(press(30, DOWN) + press(30, 2) * 5 + press(30, UP)) == "a"


def test_after_a_loss_nothing_counts_up_to_the_next_report() -> None:
    lost = [*typed("123", end=()), DROPPED, *press(5, DOWN)[:2], REPORT, *typed("54")]
    assert text(lost) == f"123{LOST}54\r"


def test_a_shift_that_was_held_when_events_were_lost_is_forgotten() -> None:
    assert text([*press(SHIFT, DOWN), DROPPED, REPORT, *tap(30)]) == f"{LOST}a"


def test_a_shift_that_got_stuck_spoils_one_code() -> None:
    assert text(press(SHIFT, DOWN) + typed("ab") + typed("ab")) == "AB\rab\r"


def test_a_shift_that_got_stuck_is_forgotten_in_a_pause() -> None:
    decoder = KeyDecoder("us")
    text(press(SHIFT, DOWN), decoder=decoder)
    assert decoder.feed(KeyEvent(RELEASED_AFTER + 1, *press(30, DOWN)[1])) == "a"


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 300), st.integers(-1, 3)), max_size=80))
@settings(max_examples=examples(200))
def test_no_events_crash_it_and_each_types_little(events: list[Raw]) -> None:
    decoder = KeyDecoder("br")
    for number, event in enumerate(events):
        assert len(decoder.feed(KeyEvent(number / 10, *event))) <= 2

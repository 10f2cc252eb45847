"""Faults: each is one sentence, at its place, in words of the counter; and all come at once."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.base.settings import Pin, Settings
from kiosk.config.fault import ConfigFault, Position
from kiosk.config.parsing import parse_settings
from tests.config.counter import COUNTER, changed, said
from tests.support.examples import examples

TEN_FAULTS = """\
kiosk:
  name: counter 1
  langage: es
  currency: ARG
inputs:
  - driver: serial_line
    port: /dev/ttyUSB0
    baud: 96OO
    number: {decimal: ",", thousands: "."}
  - driver: buton
    pin: 17
  - driver: button
    pin: GPIO17
sale:
  expires_after: 5
\tresult_shown_for: 8 s
orders:
  token: {env: KIOSK_TOKEN}
  external_pos_id: COUNTER1
  mode: static
  mode: dynamic
display: {driver: fake, frames: out/frames}
"""


def test_ten_different_faults_are_all_named_at_once() -> None:
    assert said(TEN_FAULTS) == [
        "F:1:1: signals: is missing; add it: the lamps and the buzzer",
        "F:2:9: kiosk.name: 'counter 1' is not a valid value; write it like counter-1",
        'F:3:3: kiosk.langage: unknown setting; did you mean "language"?',
        "F:4:13: kiosk.currency: 'ARG' is not a valid value; did you mean ARS?",
        "F:8:11: inputs[0].baud: '96OO' is not a whole number; write digits only, such as 9600",
        "F:10:13: inputs[1].driver: 'buton' is not a valid driver; did you mean button?",
        "F:13:10: inputs[2].pin: GPIO17 is already used by inputs[1].pin (line 11); "
        "choose another line",
        "F:15:18: sale.expires_after: '5' is not a valid duration; "
        "write it with its unit, such as 800 ms, 8 s, 5 min or PT5M",
        "F:16:1: sale: there is a tab here, which YAML does not allow; use spaces",
        "F:21:3: orders.mode: is given twice, first in line 20; remove one of them",
    ]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "KIOSK_TOKEN}",
            "KIOSK_TOKEN}\n  mod: static",
            '8:3: orders.mod: unknown setting.* "mode"?',
        ),
        ("counter-1", "", r"1:9: kiosk.name: has no value; write one"),
        ("counter-1", "[1]", r"1:15: kiosk.name: takes one value, not a section or a list"),
        ("counter-1", "x" * 50, r"1:15: kiosk.name: 'x{37}\.\.\.' is not a valid value"),
        ("language: es", "language: sp", "1:36: kiosk.language: 'sp' is not .* es, pt, en"),
        ("    port: /dev/ttyUSB0\n", "", r"3:5: inputs\[0\].port: is missing; add it"),
        ("  - driver: serial_line", "  - name: x", r"3:5: inputs\[0\].driver: is missing; .* one"),
        ('number: {decimal: ","', "number: {decimal: ;", "the mark before the cents: a comma"),
        ("driver: serial_line", "driver: [button]", r"driver: takes one value, not a section"),
        (
            "COUNTER1",
            "COUNTER1\n  driver: pago",
            "'pago' is not a valid driver; write one of: mercadopago, dynamic_qr, attended_qr",
        ),
        ("250x122", "big", "9:31: display.size: 'big' is not a size in pixels; write it like"),
        ("{driver: fake, record: out/signals.jsonl}", "loud", "10:10: signals: is a section"),
        ("inputs:\n  - driver", "inputs:\n    driver", "3:5: inputs: is a list; write each"),
        ("{env: KIOSK_TOKEN}", "{}", "7:3: orders.token: the access token needs exactly one place"),
        ("COUNTER1", "COUNTER 1", "8:20: orders.external_pos_id: 'COUNTER 1' is no"),
        ("COUNTER1", "COUNTER1\n  base_url: http://x.ar", "9:13: orders.base_url: http would send"),
        ("COUNTER1", "COUNTER1\nsale: {expires_after: 1 s}", "little; write 30 s or more"),
        ("COUNTER1", "COUNTER1\nsale: {on_new_amount: replac}", "did you mean replace"),
        (", size: 250x122", ", inches: 0, size: 250x122", "inches: '0' is too little; write more"),
    ],
)
def test_a_single_mistake_is_told_in_one_line(old: str, new: str, fault: str) -> None:
    (line,) = said(changed(old, new))
    assert re.search(fault.replace("?", r"\?"), line), line
    assert "; " in line, "it says what to do"


def test_the_counter_itself_is_fine() -> None:
    assert said(COUNTER) == []


def test_sections_may_be_empty_or_left_out_where_all_is_optional() -> None:
    assert said(COUNTER + "sale:\n  # expires_after: 5 min\njournal:\nservice: {}\n") == []


def test_no_section_at_all_is_every_section_missing() -> None:
    lines = said("sale: {}\n")
    assert [line.split(": ")[1] for line in lines] == [
        "display", "inputs", "kiosk", "orders", "signals"
    ]  # fmt: skip


def test_a_list_of_inputs_may_not_be_empty() -> None:
    text = re.sub(r"inputs:\n(  .*\n)+", "inputs: []\n", COUNTER, count=1)
    assert said(text) == ["F:2:9: inputs: has too few entries; write 1 or more"]


def test_two_inputs_may_not_share_a_name_or_a_port() -> None:
    entry = "  - driver: serial_line\n    name: till\n    port: /dev/ttyUSB0\n    number: {}\n"
    text = changed("orders:", f"{entry}{entry.replace('USB0', 'USB1')}orders:")
    assert said(text) == [
        "F:8:11: inputs[1].port: /dev/ttyUSB0 is already used by inputs[0].port (line 4); "
        "give each input its own port",
        "F:11:11: inputs[2].name: till is already used by inputs[1].name (line 7); "
        "choose another name",
    ]


def test_after_a_wrong_driver_its_settings_are_looked_at_as_the_right_ones() -> None:
    lines = said(changed("{driver: fake, size: 250x122", "{driver: fak, siz: 250x122"))
    assert lines == [
        "F:9:19: display.driver: 'fak' is not a valid driver; did you mean fake?",
        'F:9:24: display.siz: unknown setting; did you mean "size"?',
    ]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("external_pos_id: COUNTER1", "F:8:3: orders: a setting needs a colon"),
        ("driver: serial_line", "F:3:3: inputs: a setting needs a colon"),
    ],
)
def test_what_stands_in_an_unreadable_line_is_not_called_missing(line: str, fault: str) -> None:
    (told,) = said(changed(line, line.replace(":", "")))
    assert told.startswith(fault)


@pytest.mark.parametrize("width", [2, 4, 8])
def test_a_tab_is_taken_for_as_wide_as_the_editor_showed_it(width: int) -> None:
    text = COUNTER.replace("  external", " " * width + "external").replace("  token", "\ttoken")
    assert [line.split(":")[1] for line in said(text)] == ["7"]


def test_a_key_without_its_colon_is_recognised_inside_braces_too() -> None:
    missing, slip = said(changed("currency: ARS", "currency ARS"))
    assert missing.startswith("F:1:1: kiosk.currency: is missing")
    assert slip.startswith("F:1:40: kiosk.'currency ARS': a setting needs a colon")


def test_a_key_that_is_called_like_its_driver_is_just_an_unknown_key() -> None:
    (line,) = said(changed("size: 250x122", "size: 250x122, fake: 1"))
    assert line.startswith("F:9:40: display.fake: unknown setting")
    (line,) = said(changed("COUNTER1", "COUNTER1\n  driver: mercadopago\n  mercadopago: 1"))
    assert line.startswith("F:10:3: orders.mercadopago: unknown setting")


class Lamp(Settings):
    pin: Pin = 18


class Board(Settings):
    lamp: Lamp
    reset: Pin


def test_a_default_line_can_be_used_twice_as_well() -> None:
    (fault,) = parse_settings("lamp: {}\nreset: GPIO18\n", Board).faults
    assert fault.line("F") == (
        "F:2:8: reset: GPIO18 is already used by lamp.pin (line 1); choose another line"
    )


SECRET = "APP_USR-1234567890123456-112233-abcdef"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{env: KIOSK_TOKEN}", SECRET),
        ("{env: KIOSK_TOKEN}", f"{{{SECRET}}}"),
        ("{env: KIOSK_TOKEN}", f"{{env: {SECRET}}}"),
        ("{env: KIOSK_TOKEN}", f"{{value: {SECRET}}}"),
        ("{env: KIOSK_TOKEN}", f"[{SECRET}]"),
        ("{env: KIOSK_TOKEN}", f"*{SECRET}"),
        ("{env: KIOSK_TOKEN}", f"&{SECRET} x"),
        ("COUNTER1", SECRET),
        ("counter-1", SECRET),
        ("KIOSK_TOKEN}", f"KIOSK_TOKEN}}\n  {SECRET}: 1"),
        ("KIOSK_TOKEN}", f"KIOSK_TOKEN}}\n  {SECRET}"),
    ],
)
def test_a_token_in_the_wrong_place_is_not_repeated(old: str, new: str) -> None:
    lines = said(changed(old, new))
    assert lines
    assert not any("1234567890" in line for line in lines)


def test_a_token_of_any_form_is_not_repeated_where_tokens_belong() -> None:
    for wrong in ("{env: my secret}", "{credential: /my/secret}", "{file: '', env: my secret}"):
        assert not any("secret" in line for line in said(changed("{env: KIOSK_TOKEN}", wrong)))


def test_faults_sort_by_line_not_by_its_digits() -> None:
    assert ConfigFault(Position(9, 1), "b", "x; y") < ConfigFault(Position(10, 1), "a", "x; y")


PIECES = re.findall(r"\w+|\W", COUNTER)


@settings(max_examples=examples(60))
@given(
    st.integers(0, len(PIECES) - 1), st.sampled_from(["", ":", "\t", "'", "- ", "{", "no", "\n"])
)
def test_any_one_piece_gone_wrong_is_survived_and_told_in_one_line_each(at: int, new: str) -> None:
    text = "".join([*PIECES[:at], new, *PIECES[at + 1 :]])
    for line in said(text):
        assert re.fullmatch(r"F:\d+:\d+: [^\n]+?: [^\n]+; [^\n]+", line), line
        assert not re.search(r"Value error|Input should|pydantic|None|_type", line), line


@pytest.mark.parametrize(
    ("display", "fault"),
    [
        ("lcd, dc: 25, chip: st7798", "'st7798' is not a valid value; write one of: gc9a01, ili"),
        ("lcd, dc: 25, chip: sst7789", "did you mean st7789?"),
        ("oled, chip: ssd1307", "'ssd1307' is not a valid value; write one of: ch1115, sh1106"),
        ("epaper, panel: epd-2.31, dc: 25, reset: 17, busy: 24", "write one of: epd-1.54, epd-2"),
        (
            "epaper, panel: 2.9b, dc: 25, reset: 17, busy: 24",
            "write epd-2.9b or epd-2.9b-v3: the label",
        ),
    ],
)
def test_a_name_of_hardware_with_other_digits_is_never_guessed(display: str, fault: str) -> None:
    (line,) = said(changed("fake, size: 250x122, frames: out/frames", display))
    assert fault in line

"""The questions of the first start: any answers give a file that the kiosk accepts."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.cli.first_start.acceptance import accepted_settings, complaint
from kiosk.cli.first_start.answer_forms import NUMBERS
from kiosk.cli.first_start.panel_names import panel_name, panel_settings
from kiosk.cli.first_start.questions import EVERY, NEW, answered
from kiosk.config.parsing import parse_settings
from kiosk.config.reference import explain
from kiosk.config.sections import Config
from kiosk.display.chips.known_panels import PANELS
from tests.config.counter import SHIPPED

LINES = [str(line) for line in (4, 5, 6, 12, 13, 19, 20, 21, 23, 24)]  # of no bus and no board
REPLIES = ["", "OK {amount}", "OK\\n", "\\x02OK {paid}\\x03", "\\\\ {{{outcome}}}", "'\"# : -"]
FILES = sorted([SHIPPED / "kiosk.yaml", *(SHIPPED / "examples").rglob("*.yaml")])


@cache
def legible_panels() -> list[str]:
    """Return the panels that are large enough for a QR; the others are refused."""
    (panel,) = (each for each in EVERY if each.flag == "panel")
    large = [name for name in PANELS if not complaint(panel, NEW, name)]
    assert "ssd1306-0.96" not in large
    assert len(large) > len(PANELS) / 2
    return large


def tree_of(text: str) -> dict[str, Any]:
    parsed = parse_settings(text, Config)
    assert parsed.faults == ()
    return parsed.document.tree


@st.composite
def answers(draw: st.DrawFn) -> dict[str, str]:
    """Draw answers to any of the questions, each of them one that makes sense."""
    lines = draw(st.permutations(LINES))
    lamps = zip(("red", "green", "blue", "white"), lines, strict=False)
    every = {
        "name": st.from_regex("[A-Za-z0-9_-]{1,32}", fullmatch=True),
        "shop": st.sampled_from(["", "Almacén Doña Rosa", "Bar: 'El 9' #1", '"-"', "yes", "0"]),
        "language": st.sampled_from(["es", "pt", "en"]),
        "currency": st.sampled_from(["ARS", "BRL", "CLP", "UYU"]),
        "pos": st.from_regex("[A-Za-z0-9]{1,39}", fullmatch=True),
        "panel": st.deferred(lambda: st.sampled_from(legible_panels())),
        "interface": st.sampled_from(["i2c", "spi"]),
        "address": st.sampled_from(["0x3C", "0x3D"]),
        "port": st.sampled_from(["", "/dev/ttyUSB0", "/dev/serial/by-id/usb-FTDI: A#1"]),
        "register": st.sampled_from(["serial_line", "escpos_printer"]),
        "baud": st.sampled_from(["9600", "115200"]),
        "number": st.sampled_from(sorted(NUMBERS)),
        "reply-paid": st.sampled_from(REPLIES),
        "reply-failed": st.sampled_from(REPLIES),
        "scanner": st.sampled_from(["", "/dev/input/by-id/usb-scan-event-kbd"]),
        "lamps": st.just(" ".join(f"{lamp}={line}" for lamp, line in lamps)),
        "buzzer": st.sampled_from(["", lines[4], f"{lines[4]} passive", f"{lines[4]} active"]),
    }
    wired = {"dc": lines[5], "reset": lines[6], "busy": lines[7]}
    return wired | draw(st.fixed_dictionaries({}, optional=every))


@pytest.mark.slow
@settings(max_examples=20)
@given(answers())
def test_any_answers_give_a_file_that_check_accepts(given_answers: dict[str, str]) -> None:
    text = explain(answered(NEW, given_answers), Config)
    accepted = accepted_settings(text)
    counter = accepted.kiosk
    said = (counter.name, counter.shop, accepted.orders.external_pos_id)
    wanted = ("name", "counter-1"), ("shop", ""), ("pos", "COUNTER1")
    assert said == tuple(given_answers.get(flag, default) for flag, default in wanted)


@settings(max_examples=20)
@given(answers())
def test_answers_that_are_given_again_change_nothing(given_answers: dict[str, str]) -> None:
    """Also what is read back from the file gives the same answers."""
    tree = answered(NEW, given_answers)
    assert answered(tree, given_answers) == tree
    again = tree_of(explain(tree, Config))
    for question in EVERY:
        if question.applies(again):
            now = question.now(again)
            assert question.now(question.put(again, now)) == now


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_real_counter_keeps_every_setting_if_each_default_is_taken(file: Any) -> None:
    """Panel, lamps, register and all keys that nobody asks for."""
    old = parse_settings(file.read_text(), Config).settings
    tree = with_each_default(tree_of(file.read_text()))
    assert parse_settings(explain(tree, Config), Config).settings == old


def test_a_scanner_that_is_found_by_its_maker_stays() -> None:
    tree = NEW | {"inputs": [{"driver": "scanner_hid", "match": {"vendor": "0c2e"}}]}
    assert with_each_default(tree)["inputs"] == tree["inputs"]


def with_each_default(tree: dict[str, Any]) -> dict[str, Any]:
    """Return the tree after somebody who only pressed Enter."""
    for question in EVERY:
        if question.applies(tree):
            now = question.now(tree)
            assert complaint(question, tree, now) == ""
            tree = question.put(tree, now)
    return tree


@pytest.mark.parametrize("name", PANELS)
def test_each_known_panel_has_settings_with_its_pixels(name: str) -> None:
    section = panel_settings(name, {})
    assert panel_name(section) == name
    text = explain(NEW | {"display": section}, Config)
    display = parse_settings(text, Config).settings
    assert display
    assert sorted(display.display.pixels) == sorted(PANELS[name].pixels)


@pytest.mark.parametrize(
    ("flag", "answer", "said"),
    [
        ("panel", "ssd1306x-0.96", "did you mean ssd1306-0.96"),
        ("panel", "ssd1306-0.69", "mount ssd1309-2.42"),
        ("panel", "250x122", "write the name of a panel"),
        ("panel", "", "is not a known panel"),
        ("address", "0x78", "write 0x3C"),
        ("currency", "ARG", "did you mean ARS?"),
        ("name", "caja 1", "counter-1"),
        ("port", "ttyUSB0", "/dev/ttyUSB0"),
        ("reply-paid", "OK {monto}", "{amount}"),
        ("reply-failed", "NO {outcome", "{"),
        ("reply-paid", "PAGADO ✓", "✓"),
        ("lamps", "red=17 red=18", "each colour once"),
        ("lamps", "rojo=17", "is not a lamp"),
        ("lamps", "red=99", "99"),
        ("buzzer", "18 loud", "write it like 18 passive"),
        ("pos", "CAJA-1", "letters and digits"),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused_with_what_to_write(
    flag: str, answer: str, said: str
) -> None:
    question = next(each for each in EVERY if each.flag == flag)
    assert said in complaint(question, answered(NEW, {"port": "/dev/ttyUSB0"}), answer)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("OK {amount}", "OK {amount}\r\n"),
        ("OK\\n", "OK\n"),
        ("\\x02OK\\x03", "\x02OK\x03"),
        ("A\\\\B\\tC", "A\\B\tC\r\n"),
        ("C:\\caja", "C:\\caja\r\n"),
    ],
)
def test_a_reply_ends_its_line_unless_it_is_written_otherwise(written: str, sent: str) -> None:
    tree = answered(NEW, {"port": "/dev/ttyUSB0", "reply-paid": written})
    register: Any = accepted_settings(explain(tree, Config)).inputs[-1]
    assert register.reply.paid == sent
    assert (
        answered(tree, {"reply-paid": ""})["inputs"]
        == answered(NEW, {"port": "/dev/ttyUSB0"})["inputs"]
    )


def test_a_counter_without_inputs_sells_through_the_command_line() -> None:
    tree = NEW | {"inputs": [{"driver": "serial_line", "port": "/dev/x", "number": {}}]}
    (port,) = (each for each in EVERY if each.flag == "port")
    assert port.put(tree, "")["inputs"] == [{"driver": "command"}]

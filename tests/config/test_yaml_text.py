"""YAML text: values stay text, and a slip of the pen is named where it was made."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.config.yaml_text import read_yaml
from kiosk.config.yaml_tree import Document, build_tree
from tests.support.examples import examples


def document(text: str) -> Document:
    return build_tree(read_yaml(text))


def faults(text: str) -> list[tuple[int, int, str, str]]:
    found = sorted(document(text).faults)
    return [(fault.place.line, fault.place.column, fault.key, fault.message) for fault in found]


@pytest.mark.parametrize(
    "text", ["010", "08", "no", "12_3", "5:30", "1e3", "0x1F", "2024-01-01", ".5", "=", "Y"]
)
def test_no_value_is_ever_anything_but_the_text_that_stands_there(text: str) -> None:
    assert document(f"a: {text}\nb: [{text}]\n").tree == {"a": text, "b": [text]}


def test_escapes_and_quotes_are_yamls_own() -> None:
    text = """a: "PAID\\r\\n"\nb: 'TOTAL\\s+'\nc: 'it''s'\nd: ''\n"""
    assert document(text).tree == {"a": "PAID\r\n", "b": r"TOTAL\s+", "c": "it's", "d": ""}


def test_an_empty_value_is_a_section_with_nothing_in_it() -> None:
    assert document("sale:\n#  a: 1\norders: ~\nx: null\n").tree == {
        "sale": {},
        "orders": {},
        "x": {},
    }
    assert document("sale: 'null'\n").tree == {"sale": "null"}


def test_every_key_and_value_has_its_place() -> None:
    seen = document("inputs:\n  - driver: button\n    pin:  17\nsale: {a: [1, 2]}\n")
    assert seen.keys["inputs", 0, "pin"].line == 3
    assert seen.keys["inputs", 0, "pin"].column == 5
    assert seen.values["inputs", 0, "pin"].column == 11
    assert seen.values["inputs", 0].column == 5
    assert seen.values["sale", "a", 1].column == 15


def test_a_key_given_twice_is_named_with_its_first_line() -> None:
    assert faults("a: 1\nb: 2\na: 3\n") == [
        (3, 1, "a", "is given twice, first in line 1; remove one of them")
    ]


def test_a_section_given_twice_is_read_to_its_end() -> None:
    text = "sale:\n  a: 1\nsale:\n  a: 2\n  b: 3\n"
    assert [fault[:3] for fault in faults(text)] == [(3, 1, "sale"), (4, 3, "sale.a")]
    assert document(text).tree == {"sale": {"a": "1", "b": "3"}}


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("sale:\n\ta: 1\n", (2, 1), "there is a tab here"),
        ("sale:\n  \ta: 1\n", (2, 3), "there is a tab here"),
        ("sale:\n  a:\t1\n", (2, 5), "there is a tab here"),
        ("sale:\n  a 1\n  b: 2\n", (2, 3), "needs a colon and a space"),
        ("sale:\n  a:1\n  b: 2\n", (2, 3), "needs a colon and a space"),
        ("sale:\n  b: 2\n  a\n", (3, 3), "needs a colon and a space"),
        ("sale:\n  a: b: c\n", (2, 7), "second colon"),
        ("sale:\n  a: TOTAL: (x)\n", (2, 11), "second colon"),
        ("sale:\n  a: 1\n   b: 2\n", (3, 4), "begin both in the same column"),
        ("sale:\n   a: 1\n  b: 2\n", (3, 3), "the indentation matches no line above"),
        ("sale:\n  a: 'x\n  b: 1\n", (2, 6), "the quote that opens here is never closed"),
        ('sale:\n  a: "x\n', (2, 6), "the quote that opens here is never closed"),
        ("sale:\n  a: {x: 1\norders:\n  b: 2\n", (2, 6), "brace { that opens here"),
        ("sale:\n  a: [1, 2\norders:\n  b: 2\n", (2, 6), "bracket [ that opens here"),
        ('sale:\n  a: "\\d"\n', (2, 8), "use single quotes"),
        ("sale:\n  a: %d\n", (2, 6), "can't begin with this character"),
        ("sale:\n  a: 'it's'\n  b: 1\n", (2, 10), "in one pair of quotes"),
        ("sale:\n  a: | x\n    y\n", (2, 8), "no text is allowed after | or >"),
        ("sale:\n  a: }\n", (2, 6), "can't begin with this character"),
        (" sale:\n  a: 1\norders:\n  b: 1\n", (1, 1), "begin every section in column 1"),
        ("sale: {}\n...\na: 1\n", (2, 1), "this line ends the file here"),
        ("sale: {}\n---\na: 1\n", (2, 1), "second document"),
        ("sale: &x\n  a: 1\n", (1, 7), "anchors such as &x are not supported"),
        ("sale: *x\n", (1, 7), "aliases such as *x are not supported"),
        ("sale: {<<: {a: 1}}\n", (1, 8), "merge keys (<<) are not supported"),
        ("sale: !!int 5\n", (1, 7), "tags such as tag:yaml.org,2002:int are not supported"),
        ("sale: {[a]: 1}\n", (1, 8), "this key is not a plain word"),
        ("sale: \x07\n", (1, 7), "the character U+0007 is not allowed here"),
        ("sale: {a: '1\u2028b'}\n", (1, 13), "the character U+2028 is not allowed here"),
    ],
)
def test_a_slip_is_named_where_it_was_made(text: str, place: tuple[int, int], words: str) -> None:
    ((line, column, key, message),) = faults(text)
    assert (line, column) == place
    assert key in {"sale", "sale.a", "a", "file"}
    assert words in message
    assert "; " in message, "it says what to do"


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n", "- a\n", "just text\n", "[]", "---\n"])
def test_a_file_without_sections_is_one_fault(text: str) -> None:
    ((line, column, key, message),) = faults(text)
    assert (line, column, key) == (1, 1, "file")
    assert "begin with sections such as `kiosk:`" in message


def test_a_slip_hides_nothing_that_stands_around_it() -> None:
    seen = document("a: 'open\nb:\n  c 1\n  d: 2\ne: [1\nf: 3\na2: 'open\n")
    assert [fault.place.line for fault in sorted(seen.faults)] == [1, 3, 5, 7]
    assert seen.tree == {"b": {"d": "2"}, "f": "3"}
    assert seen.incomplete == {"a", "b", "e", "a2"}


def test_places_beside_a_tab_are_those_that_the_technician_sees() -> None:
    seen = document("sale:\n\t\ta: 1\n")
    assert (seen.values["sale", "a"].line, seen.values["sale", "a"].column) == (2, 6)


@pytest.mark.slow
def test_a_heap_of_brackets_is_refused_and_does_no_harm() -> None:
    ((*_, message),) = faults("a: " + "[" * 5000 + "]" * 5000)
    assert "nested too deeply" in message


MARKS = [*"a:-'\"{}[]#&*|>!,?%\\<ñ", "\n", "\t", "\0", "\ufeff", "\u2028"]
SCRAPS = st.sampled_from([*MARKS, " ", "  ", ": ", "- ", "b:\n", "<<: ", "---", "...", "*x"])


@settings(max_examples=examples(300))
@given(st.lists(SCRAPS, max_size=30).map("".join))
def test_whatever_stands_in_a_file_is_read_or_named(text: str) -> None:
    seen = document(text)
    assert seen.tree or seen.faults
    lines = len(text.split("\n"))
    assert all(1 <= fault.place.line <= lines for fault in seen.faults)
    assert not any("\n" in fault.message for fault in seen.faults)

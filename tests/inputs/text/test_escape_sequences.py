"""The reader of escape sequences: the same tokens, whatever the language and the pieces."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.inputs.escpos.printer_languages import PRINTER_LANGUAGES
from kiosk.inputs.pole.dialects import DIALECTS
from kiosk.inputs.text.escape_sequences import (
    AFTER_UNKNOWN,
    CODE_PAGES,
    KEPT,
    LONGEST,
    CommandTable,
    EndlessCommand,
    EscapeCommand,
    EscapeReader,
    PlainText,
    Size,
    StrayByte,
    Token,
    UnknownCommand,
    by_first,
    counted,
    downloaded_font,
    length,
)
from tests.support.examples import examples

TABLES = {f"printer {name}": each.commands for name, each in PRINTER_LANGUAGES.items()} | {
    f"display {name}": each.table for name, each in DIALECTS.items()
}


def read(table: CommandTable, *pieces: bytes) -> list[Token]:
    reader = EscapeReader(table)
    return joined(token for piece in pieces for token in reader.read(piece))


def joined(tokens: Iterable[Token]) -> list[Token]:
    """Return the tokens with neighbouring texts as one."""
    result: list[Token] = []
    for token in tokens:
        last = result[-1] if result else None
        if isinstance(token, PlainText) and isinstance(last, PlainText):
            result[-1] = PlainText(last.data + token.data)
        else:
            result.append(token)
    return result


# --- the size of arguments ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "args", "expected"),
    [
        (3, b"", 3),
        (b"\0", b"", None),
        (b"\0", b"ab", None),
        (b"\0", b"ab\0", 3),
        (counted(1), b"k\x04", None),
        (counted(1), b"k\x04\x01", 3 + 260),
        (counted(1, width=4), b"8\0\0\x01\0", 5 + 65536),
        (by_first({1: 3}, 2), b"", None),
        (by_first({1: 3}, 2), b"\x01", 3),
        (by_first({1: 3}, 2), b"\x07", 2),
        (downloaded_font, b"\x01A", None),
        (downloaded_font, b"\x02AB", None),
        (downloaded_font, b"\x02AB\x03123456", None),
        (downloaded_font, b"\x02AB\x03123456\x01", 3 + 1 + 6 + 1 + 2),
    ],
)
def test_how_many_argument_bytes_there_are(size: Size, args: bytes, expected: int | None) -> None:
    assert length(size, args) == expected


def test_python_has_all_the_code_pages_and_digits_are_the_same_in_each() -> None:
    for page in CODE_PAGES.values():
        assert bytes(range(0x30, 0x3A)).decode(page) == "0123456789"
        assert b".,-".decode(page) == ".,-"


# --- the reader --------------------------------------------------------------------------------

TABLE = CommandTable(
    {
        b"\n": 0,
        b"\x1b@": 0,
        b"\x1bD": b"\0",
        b"\x1b(": counted(0),
        b"\x1b[A": 1,
        b"!#1": b"\r",
        b"!#2": 2,
    },
    introducer=b"!#",
)

READ = [
    (b"TOTAL 12,00", [PlainText(b"TOTAL 12,00")]),
    (b"PAN\n12", [PlainText(b"PAN"), EscapeCommand(b"\n"), PlainText(b"12")]),
    (b"a\x07b", [PlainText(b"a"), StrayByte(b"\x07"), PlainText(b"b")]),
    (b"\x1bD12\x00x", [EscapeCommand(b"\x1bD", b"12\x00"), PlainText(b"x")]),
    (b"\x1b(\x02\x00\x1b@x", [EscapeCommand(b"\x1b(", b"\x02\x00\x1b@"), PlainText(b"x")]),
    (b"\x1b[AxB", [EscapeCommand(b"\x1b[A", b"x"), PlainText(b"B")]),
    (b"\x1bX5", [UnknownCommand(b"\x1bX"), PlainText(b"5")]),
    (b"\x1b[Zx", [UnknownCommand(b"\x1b[Z"), PlainText(b"x")]),
    (b"\x1b\x1b@", [UnknownCommand(b"\x1b\x1b"), PlainText(b"@")]),
    (b"!#1PAN\r!", [EscapeCommand(b"!#1", b"PAN\r")]),
    (b"!?x", [PlainText(b"!?x")]),  # text, where it does not begin as commands do
    (b"!!#2abc", [PlainText(b"!"), EscapeCommand(b"!#2", b"ab"), PlainText(b"c")]),
    (b"!\x1b@", [PlainText(b"!"), EscapeCommand(b"\x1b@")]),
    (b"!\x07a", [PlainText(b"!"), StrayByte(b"\x07"), PlainText(b"a")]),
    (b"!#Zx", [UnknownCommand(b"!#Z"), PlainText(b"x")]),
]


@pytest.mark.parametrize(("data", "tokens"), READ)
def test_text_commands_and_what_is_unknown(data: bytes, tokens: list[Token]) -> None:
    assert read(TABLE, data) == tokens
    for cut in range(1, len(data)):
        assert read(TABLE, data[:cut], data[cut:]) == tokens, cut
    assert read(TABLE, *(bytes([byte]) for byte in data)) == tokens


def test_what_follows_an_unknown_command_can_have_a_size_of_its_own() -> None:
    table = CommandTable({AFTER_UNKNOWN: b"\r", b"\x1bA": 0})
    expected = [UnknownCommand(b"\x1bZ"), EscapeCommand(AFTER_UNKNOWN, b"9,99\r"), PlainText(b"5")]
    assert read(table, b"\x1bZ9,99\r5") == expected


def test_of_long_arguments_only_the_beginning_is_kept() -> None:
    args = (1000).to_bytes(2, "little") + bytes(range(250)) * 4
    (command, text) = read(TABLE, b"\x1b(" + args + b"x")
    assert command == EscapeCommand(b"\x1b(", args[:KEPT])
    assert text == PlainText(b"x")


def test_a_command_that_does_not_end_is_given_up() -> None:
    assert read(TABLE, b"\x1bD" + b"a" * LONGEST) == []
    expected = [EndlessCommand(b"\x1bD"), PlainText(b"TOTAL")]
    assert read(TABLE, b"\x1bD" + b"a" * (LONGEST + 1) + b"TOTAL") == expected


@pytest.mark.parametrize("begun", [b"\x1b", b"\x1b[", b"\x1bD", b"\x1b(\x05\x00ab"])
def test_a_command_that_has_begun_can_be_dropped(begun: bytes) -> None:
    reader = EscapeReader(TABLE)
    states = [reader.in_command]
    assert list(reader.read(begun)) == []
    states.append(reader.in_command)
    reader.reset()
    states.append(reader.in_command)
    assert states == [False, True, False]
    assert list(reader.read(b"A1")) == [PlainText(b"A1")]


def test_a_skipped_argument_belongs_to_the_command_until_its_end() -> None:
    reader = EscapeReader(TABLE)
    (command,) = reader.read(b"\x1b(\xff\x00" + b"a" * 100)
    assert (command, reader.in_command) == (
        EscapeCommand(b"\x1b(", b"\xff\x00" + b"a" * (KEPT - 2)),
        True,
    )
    assert (list(reader.read(b"a" * 155)), reader.in_command) == ([], False)


def test_a_command_can_change_the_language_of_the_bytes_after_it() -> None:
    reader = EscapeReader(TABLE)
    tokens = reader.read(b"\x1b@\x1bD\x00")
    assert next(tokens) == EscapeCommand(b"\x1b@")
    reader.table = CommandTable({b"\x1bD": 1})
    assert list(tokens) == [EscapeCommand(b"\x1bD", b"\x00")]


# --- each language -----------------------------------------------------------------------------


def arguments(size: Size) -> bytes:
    """Return some arguments of this size."""
    if isinstance(size, bytes):
        return b"TOTAL 9,99" + size
    if isinstance(size, int):
        return b"1" * size
    args = b""
    while length(size, args) != len(args):
        args += b"\0"
    return args


@pytest.mark.slow
@pytest.mark.parametrize("language", TABLES)
def test_a_stream_that_is_cut_at_any_byte_is_read_the_same(language: str) -> None:
    table = TABLES[language]
    names = sorted(table.sizes.keys() - {AFTER_UNKNOWN})
    data = b"".join(name + arguments(table.sizes[name]) + b"TOTAL " for name in names)
    whole = read(table, data)
    assert [token.name for token in whole if isinstance(token, EscapeCommand)] == names
    for cut in range(1, len(data)):
        assert read(table, data[:cut], data[cut:]) == whole, cut


@given(st.data())
@settings(max_examples=examples(300))
def test_no_noise_breaks_the_reader_and_pieces_make_no_difference(data: st.DataObject) -> None:
    table = TABLES[data.draw(st.sampled_from(sorted(TABLES)))]
    names = st.sampled_from(sorted(table.sizes))
    noise = st.sampled_from([b"TOTAL ", b"12,00", b"!", b"\x1b", b"\x1f", b"\r", b"\0", b"\xff"])
    pieces = data.draw(st.lists(names | noise | st.binary(max_size=8), max_size=40))
    whole = read(table, b"".join(pieces))
    assert read(table, *(bytes([byte]) for byte in b"".join(pieces))) == whole
    assert read(table, *pieces) == whole
    for token in whole:
        assert not isinstance(token, EscapeCommand) or len(token.args) <= LONGEST + 1
        if isinstance(token, PlainText):
            assert not re.search(rb"[\x00-\x1f]", token.data)

"""Recordings: written next to a device, read on any laptop by the decoders of the kiosk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from select import select
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from kiosk.base.money import CURRENCIES, Money
from kiosk.cli.verbs import app
from kiosk.inputs.tools.playback import replay
from kiosk.inputs.tools.recording import (
    BadRecording,
    Chunk,
    Press,
    header_line,
    piece_line,
    read_pieces,
)
from kiosk.inputs.transport.stream_input import ProtocolAnswer
from kiosk.sale.events import AmountRead, ReadingBegan, ReadingRejected
from tests.config.counter import COUNTER
from tests.inputs.conftest import PATIENCE, line_settings
from tests.inputs.ecr.transbank_register import SALE, ecr_settings
from tests.inputs.pole.test_pole_decoder import pole_settings
from tests.inputs.test_escpos_printer import printer_settings
from tests.support.examples import examples

ARS = CURRENCIES["ARS"]


def said(pieces: list[Chunk], settings: Any) -> list[Any]:
    heard = replay(pieces, settings, ARS)
    return [(round(at, 2), each) for at, each in heard if not isinstance(each, ReadingBegan)]


def read_amount(plain: str, source: str) -> AmountRead:
    return AmountRead(Money.of(plain, "ARS"), source)


pieces = st.one_of(
    st.builds(Chunk, st.floats(0, 1e6), st.binary(max_size=20)),
    st.builds(Press, st.floats(0, 1e6), *(st.integers(0, 65535) for _ in range(3))),
)


@given(st.lists(pieces, max_size=10))
@settings(max_examples=examples(50))
def test_what_is_written_is_what_is_read(recorded: list[Chunk | Press]) -> None:
    recorded.sort(key=lambda piece: piece.at)
    lines = [header_line("/dev/ttyUSB0"), *map(piece_line, recorded)]
    for before, after in zip(recorded, read_pieces(lines), strict=True):
        assert after.at == pytest.approx(before.at, abs=1e-4)
        assert type(after) is type(before)
        assert piece_line(after) == piece_line(before)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["hello"], "line 1 is not a valid line of a recording"),
        (['{"device": "x"}'], "line 1"),
        (['{"format": "kiosk-recording-2"}'], "its format is 'kiosk-recording-2'"),
        ([header_line("x"), '{"at": 1}'], "line 2"),
        ([header_line("x"), '{"at": 1, "bytes": "0"}'], "line 2"),
        ([header_line("x"), '{"at": 1, "key": [1, 2]}'], "line 2"),
        (
            [header_line("x"), piece_line(Chunk(2, b"a")), piece_line(Chunk(1, b"b"))],
            "line 3 has an earlier time",
        ),
    ],
)
def test_an_invalid_recording_is_refused_by_its_line(lines: list[str], reason: str) -> None:
    with pytest.raises(BadRecording, match=reason):
        list(read_pieces(lines))


def test_a_line_replays_with_its_gaps() -> None:
    recorded = [
        Chunk(1.0, b"TOTAL 5,"),
        Chunk(1.2, b"00\r\nTOTAL 7"),
        Chunk(9.0, b"TOTAL 6,00\r\n"),
    ]
    settings = line_settings(name="till")
    assert said(recorded, settings) == [
        (1.2, read_amount("5.00", "till")),
        (
            1.7,
            ReadingRejected("a line was cut off after 7 characters; send the total again", "till"),
        ),
        (9.0, read_amount("6.00", "till")),
    ]


def test_a_display_a_printer_and_a_terminal_replay() -> None:
    assert said([Chunk(1.0, b"\x0cTOTAL 5,00")], pole_settings(name="till")) == [
        (1.4, read_amount("5.00", "till"))
    ]
    assert said([Chunk(1.0, b"TOTAL 5,00\n")], printer_settings(listen="127.0.0.1")) == [
        (3.0, read_amount("5.00", "till"))
    ]
    assert said([Chunk(1.0, SALE)], ecr_settings()) == [
        (1.0, ProtocolAnswer(b"\x06")),
        (1.0, AmountRead(Money.of("5000.00", "ARS"), "pos", ticket="1:000123")),
    ]


def test_recorded_keys_are_refused_by_an_input_on_a_port() -> None:
    with pytest.raises(BadRecording, match="from a keyboard"):
        list(replay([Press(0.0, 1, 2, 1)], line_settings(), ARS))


# --- the commands ------------------------------------------------------------------------------


def counter(folder: Path, entry: str) -> Path:
    file = folder / "kiosk.yaml"
    before, _, rest = COUNTER.partition("inputs:")
    _, _, after = rest.partition("orders:")
    file.write_text(f"{before}inputs:\n{entry}\norders:{after}")
    return file


POLE = """
  - driver: pole_display
    port: {port}
    dialect: dsp800
    settle: 60 ms
    number: {{decimal: ",", thousands: "."}}
"""


@pytest.mark.slow
def test_a_register_is_recorded_and_answered_and_the_file_replays(
    tmp_path: Path, tty_pair: tuple[int, str]
) -> None:
    wire, port = tty_pair
    config, file = counter(tmp_path, POLE.format(port=port)), tmp_path / "capture.jsonl"
    command = [
        sys.executable,
        "-m",
        "kiosk",
        "record",
        str(file),
        "-c",
        str(config),
        "--for",
        "120",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as recorder:
        while not (file.exists() and file.read_text()):
            select([], [], [], 0.02)
        os.write(wire, b"\x04\x01C1X\x17\x04\x01P1\x17TOTAL 5,00")
        assert recorder.stdout
        assert recorder.stdout.readline().strip().endswith("amount 5.00 ARS")
        assert os.read(wire, 100) == b"\x06\x06"
        recorder.terminate()
        assert recorder.wait(PATIENCE) == 0
    done = kiosk("replay", str(file), "-c", str(config))
    assert done.exit_code == 0
    assert done.stdout.split()[1:4] == ["answered", "06", "06"]
    assert "amount 5.00 ARS" in done.stdout
    told = kiosk("replay", str(file), "-c", str(config), "--json").stdout.splitlines()
    assert json.loads(told[-1])["said"] == "amount 5.00 ARS"
    again = kiosk("record", str(file), "-c", str(config))
    assert (again.exit_code, again.stderr) == (
        2, f"{file} exists already; choose another name\n"
    )  # fmt: skip


def kiosk(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (
            ["record", "new", "--input", "door"],
            2,
            "which input? Add --input and one of: pole_display",
        ),
        (["record", "new"], 1, "/nowhere: nothing is plugged in there"),
        (["replay", "missing"], 2, "can't be read"),
        (["replay", "kiosk.yaml"], 2, "line 1 is not a valid line of a recording"),
    ],
)
def test_what_is_not_possible_is_an_error_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    counter(tmp_path, POLE.format(port="/nowhere"))
    done = kiosk(*words, "-c", "kiosk.yaml")
    assert done.exit_code == code
    assert says in done.stderr
    assert not Path("new").exists()

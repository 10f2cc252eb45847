"""Bytes to lines: whole lines only, in whatever pieces the bytes come."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.inputs.text.line_framer import DroppedLine, LineEnds, LineFramer, TextLine

GAP = 0.5


def feed_all(framer: LineFramer, *pieces: bytes) -> list[TextLine | DroppedLine]:
    return [result for piece in pieces for result in framer.feed(piece, 0.0)]


def texts(results: list[TextLine | DroppedLine]) -> list[str]:
    return [r.data.decode() if isinstance(r, TextLine) else f"! {r.reason}" for r in results]


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\n\r", b"\r\n\r\n", b"\r\0\n"])
def test_every_terminator_ends_one_line(end: bytes) -> None:
    assert texts(LineFramer().feed(b"10,00" + end + b"20,00" + end, 0.0)) == ["10,00", "20,00"]


RECORDING = b"\r\nTICKET 7\r\n\0\rTOTAL 1.234,56\r" + b"#" * 40 + b"\nTOTAL 5,00\n\n\rGRACIAS\r\n"


def test_a_recording_cut_anywhere_gives_the_same_lines() -> None:
    for cut in range(len(RECORDING) + 1):
        pieces = RECORDING[:cut], RECORDING[cut:]
        assert texts(feed_all(LineFramer(longest=20), *pieces)) == [
            "TICKET 7",
            "TOTAL 1.234,56",
            "! a line has more than 20 characters",
            "TOTAL 5,00",
            "GRACIAS",
        ], cut


@pytest.mark.parametrize("place", range(len(b"1.234,56")))
def test_a_line_with_a_lost_byte_is_dropped(place: int) -> None:
    line = b"1.234,56"
    damaged = line[:place] + b"\0" + line[place + 1 :] + b"\r\n"
    for pieces in (
        [damaged],
        [damaged[:place], damaged[place:]],
        [damaged[: place + 1], damaged[place + 1 :]],
    ):
        (said,) = feed_all(LineFramer(), *pieces)
        assert isinstance(said, DroppedLine)
        assert "a character of the line was damaged; check the cable" in said.reason


def test_fill_between_two_lines_is_nothing() -> None:
    framer = LineFramer()
    assert framer.feed(b"\0\0", 0.0) == framer.feed(b"\x11\x13", 0.1) == []
    assert framer.feed(b"", framer.deadline) == []
    assert texts(framer.feed(b"5,00\r", 9.0)) == ["5,00"]


def test_fill_right_before_a_line_may_be_its_lost_first_character() -> None:
    first, second = LineFramer().feed(b"1,00\r\0\0TOTAL 5,00\r", 0.0)
    assert first == TextLine(b"1,00")
    assert isinstance(second, DroppedLine)
    marked = LineFramer(ends=LineEnds(begin=b"\x02"))  # the mark would be that character
    assert texts(marked.feed(b"\x021,00\r\0\0\x025,00\r", 0.0)) == ["1,00", "5,00"]


FRAMED = LineEnds(b"\x02", b"\x03")


def test_a_check_sum_after_the_end_belongs_to_no_line() -> None:
    for check in (*(bytes([byte]) for byte in range(256)), b"\r\n", b"1A2B"):
        framer = LineFramer(ends=FRAMED)
        line = b"\x025,00\x03" + check
        assert texts(framer.feed(line + line, 0.0)) == ["5,00", "5,00"], check
        assert framer.feed(b"", 9.0) == [], check
        assert texts(framer.feed(line, 10.0)) == ["5,00"], check


def test_a_line_whose_beginning_or_end_was_lost_is_dropped() -> None:
    for stream in (b"5,00\x03", b"\x0212,34\x025,00\x03", b"\x021\x022,34\x03", b"\x0012,34\x03"):
        (said,) = LineFramer(ends=FRAMED).feed(stream, 0.0)
        assert isinstance(said, DroppedLine)
        assert "does not begin as begins_with says" in said.reason


def test_other_bytes_can_begin_and_end_a_line() -> None:
    stream = b"\x02TOTAL 12,34\x03\r\n\x0213,00\x03"
    for pieces in ([stream], [bytes([byte]) for byte in stream]):
        assert texts(feed_all(LineFramer(ends=FRAMED), *pieces)) == ["TOTAL 12,34", "13,00"]
    closed = LineFramer(ends=FRAMED)
    assert texts(closed.feed(b"\x025,00\r\n\x03", 0.0)) == ["5,00"]
    ended = LineFramer(ends=LineEnds(end=b"\x13\x13"))
    assert texts(feed_all(ended, b"77\x13", b"\x1388\x13\x13")) == ["77", "88"]


@pytest.mark.parametrize(
    "stream",
    [b"2,34\x03", b"\x021\x022,34\x03", b"1\x022,34\x03", b"\x02\x03", b"\x021\x002,34\x03"],
)
def test_a_line_without_its_beginning_is_dropped(stream: bytes) -> None:
    (said,) = feed_all(LineFramer(ends=FRAMED), stream)
    assert isinstance(said, DroppedLine)
    assert texts(feed_all(LineFramer(ends=FRAMED), stream, b"\x029,00\x03"))[-1] == "9,00"


@given(st.lists(st.sampled_from([b"1", b"2", b"\r", b"\n", b"\0", b"\xff"]), max_size=40))
def test_byte_for_byte_or_at_once_is_the_same(pieces: list[bytes]) -> None:
    whole = LineFramer(longest=6).feed(b"".join(pieces), 0.0)
    assert feed_all(LineFramer(longest=6), *pieces) == whole


def test_a_line_that_stops_is_dropped_after_the_gap_and_reported_once() -> None:
    framer = LineFramer(gap=GAP)
    assert framer.deadline == math.inf
    assert framer.feed(b"TOTAL 1.2", 10.0) == []
    assert framer.deadline == 10.5
    assert framer.feed(b"", 10.4) == []
    assert framer.feed(b"", 10.5) == [
        DroppedLine("a line was cut off after 9 characters; send the total again")
    ]
    assert framer.deadline == math.inf
    assert framer.feed(b"", 99.0) == []
    assert texts(framer.feed(b"TOTAL 5,00\r", 100.0)) == ["TOTAL 5,00"]


def test_a_slow_line_is_whole_as_long_as_no_pause_reaches_the_gap() -> None:
    framer = LineFramer(gap=GAP)
    results = [r for i, byte in enumerate(b"10,00\r") for r in framer.feed(bytes([byte]), i * 0.49)]
    assert texts(results) == ["10,00"]


@pytest.mark.parametrize("cut", range(1, len(b"1.234,56")))
def test_the_tail_of_a_cut_line_never_passes_for_a_line(cut: int) -> None:
    framer = LineFramer(gap=GAP, skip_tails=True)
    line = b"1.234,56\r\n"
    results = framer.feed(line[:cut], 0.0) + framer.feed(line[cut:], 0.5)
    assert texts(results) == [
        f"! a line was cut off after {cut} characters; send the total again",
        "! only the end of a line was received; send the total again",
    ]
    assert texts(framer.feed(b"7,00\r\n", 9.0)) == ["7,00"]


def test_only_the_terminator_was_late() -> None:
    framer = LineFramer(gap=GAP, skip_tails=True)
    assert len(framer.feed(b"5,00", 0.0) + framer.feed(b"\r\n", 1.0)) == 1
    assert texts(framer.feed(b"7,00\r\n", 1.0)) == ["7,00"]


@pytest.mark.parametrize("skip_tails", [True, False])
def test_a_port_opened_in_the_middle_of_a_line(skip_tails: bool) -> None:
    framer = LineFramer(skip_tails=skip_tails, opened=10.0)
    tail = framer.feed(b"4,56\r7,00\r", 10.05)
    assert isinstance(tail[0], DroppedLine) == skip_tails
    assert texts(tail[1:]) == ["7,00"]


def test_a_port_opened_in_silence() -> None:
    framer = LineFramer(skip_tails=True, opened=10.0)
    assert texts(framer.feed(b"4,56\r", 10.2)) == ["4,56"]


def test_endless_noise_is_reported_once_and_held_nowhere() -> None:
    framer = LineFramer(longest=512)
    results = feed_all(framer, *[b"x" * 4096] * 100)
    assert texts(results) == ["! a line has more than 512 characters"]
    assert framer.deadline == math.inf
    assert texts(framer.feed(b"\r5,00\r", 0.0)) == ["5,00"]


@pytest.mark.parametrize("skip_tails", [True, False])
def test_noise_that_stops_takes_a_good_line_along_only_if_it_could_be_its_tail(
    skip_tails: bool,
) -> None:
    framer = LineFramer(longest=8, skip_tails=skip_tails)
    framer.feed(b"x" * 9, 0.0)
    assert texts(framer.feed(b"5,00\r", 1.0)) == ([] if skip_tails else ["5,00"])
    assert texts(framer.feed(b"6,00\r", 1.0)) == ["6,00"]


def test_the_longest_line_is_still_a_line() -> None:
    assert texts(LineFramer(longest=4).feed(b"1234\r12345\r", 0.0)) == [
        "1234",
        "! a line has more than 4 characters",
    ]


@given(
    st.lists(st.tuples(st.binary(max_size=30), st.floats(0, 2, allow_nan=False)), max_size=20),
    st.booleans(),
)
def test_no_noise_breaks_it_and_the_good_line_after_silence_is_read(
    noise: list[tuple[bytes, float]], skip_tails: bool
) -> None:
    framer, now = LineFramer(skip_tails=skip_tails, longest=16), 0.0
    for data, pause in noise:
        now += pause
        for result in framer.feed(data, now):
            assert isinstance(result, DroppedLine) or 0 < len(result.data) <= 16
        assert framer.deadline == math.inf or framer.deadline <= now + GAP
    framer.feed(b"\r", now + 1)
    assert texts(framer.feed(b"9,99\n", now + 2)) == ["9,99"]

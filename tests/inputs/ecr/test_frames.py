"""Frames between a register and a terminal: whole, broken, and with other checksums."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.inputs.ecr.frames import BrokenFrame, ControlByte, Frame, FrameFormat, Framer
from tests.inputs.ecr.transbank_register import SALE


@pytest.mark.parametrize(
    "whole",
    [  # from the reference, and from the tests of its official SDK
        b"\x020200|123|\x031",
        b"\x020250|\x03x",
        b"\x021200|10|\x03\x01",
        b"\x020810|00|597029414300|75001637\x03u",
        b"\x020710|00|2|26500|\x03\x06",  # the checksum is an ACK
        b"\x020510|00|597029414300|75001637|\x03\x04",
        b"\x020260|00|597029414300|75001637|001234|252985|25000|0||0461|000123|CR|||  |26072023"
        b"|113748|0|0||\x03\x1c",
    ],
)
def test_the_public_examples_are_frames(whole: bytes) -> None:
    assert Framer(FrameFormat(), gap=0.5).feed(whole, 0.0) == [Frame(whole[1:-2])]
    assert FrameFormat().frame(whole[1:-2]) == whole


@pytest.mark.parametrize("checksum", [b"\x02", b"\x03", b"\x06", b"\x15"])
def test_a_checksum_may_look_like_a_control_byte(checksum: bytes) -> None:
    data = b"A" + bytes([ord("A") ^ 3 ^ checksum[0]])
    whole = FrameFormat().frame(data)
    assert whole.endswith(checksum)
    assert Framer(FrameFormat(), gap=0.5).feed(whole + b"\x06", 0.0) == [
        Frame(data),
        ControlByte(b"\x06"),
    ]


def test_other_checksums() -> None:
    assert FrameFormat(start=0x7F, etx=False).check_of(b"A") == bytes([0x7F ^ 0x41])
    assert FrameFormat(stx=True).check_of(b"A") == bytes([2 ^ 0x41 ^ 3])
    assert Framer(FrameFormat("none"), gap=0.5).feed(b"\x02A\x03\x06", 0.0) == [
        Frame(b"A"),
        ControlByte(b"\x06"),
    ]


def test_broken_frames() -> None:
    framer = Framer(FrameFormat(), gap=0.5)
    assert framer.feed(b"noise\x00\xff", 0.0) == []
    assert framer.feed(SALE[:-1] + b"\x7f", 0.0) == [
        BrokenFrame("the checksum of a request is wrong; check the cable and the protocol")
    ]
    assert framer.feed(SALE[:7], 1.0) == []
    assert framer.deadline == 1.5
    assert framer.feed(SALE, 1.6) == [
        BrokenFrame("a request was cut off; check the cable"),
        Frame(SALE[1:-2]),
    ]
    assert framer.feed(SALE[:7] + SALE, 2.0) == [Frame(SALE[1:-2])]  # STX begins another frame
    assert framer.feed(b"\x02" + b"9" * 5000, 3.0) == [
        BrokenFrame("a request has more than 1024 characters")
    ]
    assert framer.deadline == math.inf


FORMATS = [
    FrameFormat(length="binary"),
    FrameFormat(length="bcd"),
    FrameFormat(length="digits", length_bytes=4),
    FrameFormat("sum", stx=True),
    FrameFormat("sum", stx=True, length="binary"),
    FrameFormat("none"),
    FrameFormat("xor", length="binary", marks=False),
    FrameFormat("sum", length="digits", length_bytes=4, marks=False),
    FrameFormat("none", length="digits", length_bytes=3, marks=False),
]


def test_frames_of_other_protocols() -> None:
    assert FORMATS[0].frame(b"AB") == b"\x02\x00\x02AB\x03" + bytes([2 ^ 0x41 ^ 0x42 ^ 3])
    assert FORMATS[1].frame(b"A" * 12)[:3] == b"\x02\x00\x12"
    assert FORMATS[2].frame(b"A" * 12)[:5] == b"\x020012"
    fiscal = b"\x02\x20\x42\x1c1\x03"  # sequence, command, separator, field
    assert FORMATS[3].frame(fiscal[1:-1]) == fiscal + b"%04X" % sum(fiscal)


def test_frames_without_marks_are_told_apart_by_their_length() -> None:
    form = FrameFormat("none", length="binary", marks=False)
    assert form.frame(b"AB") == b"\x00\x02AB"
    framer = Framer(form, gap=0.5)
    assert framer.feed(b"\x06\x00\x02\x02\x03\x15\x00\x01A", 0.0) == [
        ControlByte(b"\x06"), Frame(b"\x02\x03"), ControlByte(b"\x15"), Frame(b"A")
    ]  # fmt: skip
    wrong = BrokenFrame("the length of a request is wrong; check the protocol")
    for length in (b"\x00\x00", b"\xff\xff"):
        framer = Framer(form, gap=0.5)
        assert framer.feed(length + b"\x00\x01A", 0.0) == [wrong]
        assert framer.feed(b"\x00\x01A", 0.2) == []  # it may be a part of the same request
        assert framer.feed(b"\x00\x01A", 0.7) == [Frame(b"A")]


@pytest.mark.parametrize("form", FORMATS)
@given(data=st.binary(min_size=1, max_size=40))
def test_what_one_side_frames_the_other_reads(form: FrameFormat, data: bytes) -> None:
    if form.length == "none":
        data = data.replace(b"\x02", b"x").replace(b"\x03", b"y")
    stream = form.frame(data)
    for pieces in ([stream], [bytes([byte]) for byte in stream]):
        framer = Framer(form, gap=0.5)
        said = [each for piece in pieces for each in framer.feed(piece, 0.0)]
        assert said == [Frame(data)]


@pytest.mark.parametrize("form", [form for form in FORMATS if form.check != "none"])
def test_a_flipped_bit_is_found(form: FrameFormat) -> None:
    stream = form.frame(b"0200|5000|7")
    for place in range(form.marks, len(stream)):
        for bit in range(8):
            damaged = bytearray(stream)
            damaged[place] ^= 1 << bit
            framer = Framer(form, gap=0.5)
            said = framer.feed(bytes(damaged), 0.0) + framer.feed(b"", 9.0)
            assert Frame(b"0200|5000|7") not in said or bytes(damaged).upper() == stream.upper()
            assert all(each.data == b"0200|5000|7" for each in said if isinstance(each, Frame))

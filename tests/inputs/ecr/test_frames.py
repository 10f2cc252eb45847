"""Frames between a register and a terminal: whole, broken, and with other checksums."""

from __future__ import annotations

import math

import pytest

from kiosk.inputs.ecr.frames import BrokenFrame, Checksum, ControlByte, Frame, Framer, frame
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
    assert Framer(Checksum(), gap=0.5).feed(whole, 0.0) == [Frame(whole[1:-2])]
    assert frame(whole[1:-2], Checksum()) == whole


@pytest.mark.parametrize("checksum", [b"\x02", b"\x03", b"\x06", b"\x15"])
def test_a_checksum_may_look_like_a_control_byte(checksum: bytes) -> None:
    data = b"A" + bytes([ord("A") ^ 3 ^ checksum[0]])
    whole = frame(data, Checksum())
    assert whole.endswith(checksum)
    assert Framer(Checksum(), gap=0.5).feed(whole + b"\x06", 0.0) == [
        Frame(data),
        ControlByte(b"\x06"),
    ]


def test_other_checksums() -> None:
    assert Checksum(0x7F, etx=False).of(b"A") == bytes([0x7F ^ 0x41])
    assert Checksum(stx=True).of(b"A") == bytes([2 ^ 0x41 ^ 3])
    assert Framer(None, gap=0.5).feed(b"\x02A\x03\x06", 0.0) == [Frame(b"A"), ControlByte(b"\x06")]


def test_broken_frames() -> None:
    framer = Framer(Checksum(), gap=0.5)
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
    assert framer.feed(SALE[:7] + SALE, 2.0) == [Frame(SALE[1:-2])]  # STX begins anew
    assert framer.feed(b"\x02" + b"9" * 5000, 3.0) == [
        BrokenFrame("a request has more than 1024 characters")
    ]
    assert framer.deadline == math.inf

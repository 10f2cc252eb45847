"""The decoder of a pole display: the bytes of a register and the time in, events out."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from kiosk.base.money import CURRENCIES, Money
from kiosk.inputs.pole.pole_decoder import PoleDecoder
from kiosk.inputs.pole_display import PoleDisplaySettings
from kiosk.inputs.transport.stream_input import ProtocolAnswer
from kiosk.sale.events import AmountRead, Event, ReadingBegan, ReadingRejected

BEGAN = ReadingBegan("till")
TOTAL = b"\x0cTOTAL       1.234,56"


def pole_settings(port: str = "/dev/ttyUSB0", **more: Any) -> PoleDisplaySettings:
    fields = {
        "driver": "pole_display",
        "port": port,
        "dialect": "epson",
        "number": {"decimal": ",", "thousands": "."},
    }
    return PoleDisplaySettings.model_validate(fields | more)


def decoder(**more: Any) -> PoleDecoder:
    return pole_settings(**more).decoder("till", CURRENCIES["ARS"])


class Register:
    """Writes screens one after the other, each after the pause before it."""

    def __init__(self, **more: Any) -> None:
        self.pole = decoder(**more)
        self.now = 100.0
        self.pole.opened(self.now)

    def writes(self, data: bytes, pause: float = 10.0) -> list[Event | ProtocolAnswer]:
        """Return what comes of the bytes by the time that the display is at rest."""
        self.now += pause
        said = self.pole.feed(data, self.now) + self.pole.feed(b"", self.pole.deadline)
        return [each for each in said if each != BEGAN]


def read(plain: str) -> AmountRead:
    return AmountRead(Money.of(plain, "ARS"), "till")


def test_a_sale_from_the_first_item_to_the_change() -> None:
    till = Register()
    assert till.writes(b"\x0cBIENVENIDO") == []
    assert till.writes(b"\x0cPAN LACTAL     1.200,00") == []
    assert till.writes(b"\x0cQUESO\n\r1 x          34,56") == []
    assert till.writes(b"\x0cSUBTOTAL      1.234,56") == []
    assert till.writes(TOTAL) == [read("1234.56")]
    assert till.writes(b"\x0cTOTAL       1.234,56\n\rEFECTIVO    2.000,00") == []
    assert till.writes(b"\x0cVUELTO        765,44") == []
    assert till.writes(b"\x0cGRACIAS") == []
    assert till.writes(TOTAL) == [read("1234.56")]  # the next customer owes as much


def test_nothing_is_read_before_the_display_is_at_rest() -> None:
    pole = decoder(settle="400 ms")
    assert pole.deadline == math.inf
    assert pole.feed(TOTAL[:9], 1.0) == [BEGAN]
    assert pole.deadline == 1.4
    assert pole.feed(TOTAL[9:], 1.25) == []
    assert pole.feed(b"", 1.6) == []
    assert pole.feed(b"", pole.deadline) == [read("1234.56")]
    assert pole.deadline == math.inf
    assert pole.feed(b"\0\0", 2.0) == []  # fill is no writing


@pytest.mark.parametrize("cut", range(1, len(TOTAL)))
def test_a_display_written_in_two_pieces_with_a_long_pause_is_read_at_its_end(cut: int) -> None:
    till = Register()
    said = till.writes(TOTAL[:cut]) + till.writes(TOTAL[cut:])
    assert said[-1:] == [read("1234.56")]
    # What stood there in the pause was a shorter text: at worst it was another whole amount.
    for early in said[:-1]:
        assert isinstance(early, ReadingRejected) or early in [read("1.00"), read("1234.00")]


RECORDING = (
    b"\x1b@\x0cPAN LACTAL\x1f$\x01\x02     1.200,00\0"
    b"\x0cTOTAL A PAGAR\x1f$\x01\x02TOTAL     $ 1.234,56"
)


def test_an_argument_that_is_fill_elsewhere_is_no_fill() -> None:
    pole = decoder(dialect="ibm")
    pieces = (b"\x10", b"\0", b"TOTAL           5,00", b"\x10", b"\x14" + b" " * 20)
    said = [each for piece in pieces for each in pole.feed(piece, 1.0)]
    assert said + pole.feed(b"", 9.0) == [BEGAN, read("5.00")]


@pytest.mark.parametrize("cut", range(1, len(RECORDING)))
def test_a_recording_cut_anywhere_says_the_same(cut: int) -> None:
    pole = decoder()
    said = pole.feed(RECORDING[:cut], 0.0) + pole.feed(RECORDING[cut:], 0.1)
    assert said + pole.feed(b"", 9.0) == [BEGAN, read("1234.56")]


def test_a_total_that_is_written_again_and_again_is_one_total() -> None:
    till = Register()
    assert till.writes(TOTAL) == [read("1234.56")]
    for _ in range(5):
        assert till.writes(TOTAL) == []
    till.pole.sale_ended()
    assert till.writes(b"\x0c", pause=0.5) == []
    assert till.writes(TOTAL, pause=0.5) == []  # it is paid, and still stands there


def test_a_display_that_stays_blank_ends_the_sale() -> None:
    till = Register()
    assert till.writes(TOTAL) == [read("1234.56")]
    till.pole.sale_ended()
    assert till.writes(b"\x0c", pause=1.0) == []
    assert till.writes(TOTAL, pause=5.0) == [read("1234.56")]


def test_a_total_that_flickers_with_a_greeting_is_one_total() -> None:
    till = Register(repeat_within="60 s")
    assert till.writes(TOTAL) == [read("1234.56")]
    for _ in range(3):
        assert till.writes(b"\x0cVISITE NOS", pause=4) == []
        assert till.writes(TOTAL, pause=4) == []


def test_a_total_that_changes_is_another() -> None:
    till = Register()
    assert till.writes(TOTAL) == [read("1234.56")]
    assert till.writes(b"\x0cTOTAL 5,00") == [read("5.00")]
    assert till.writes(TOTAL) == [read("1234.56")]


@pytest.mark.parametrize(
    ("screen", "reason"),
    [
        (b"\x0cTOTAL       1.234.56", "not written like 1.234,56"),
        (b"\x0cTOTAL          -5,00", "negative"),
        (b"\x0cTOTAL 5,00\n\rTOTAL 6,00", "two totals"),
    ],
)
def test_an_invalid_total_is_refused(screen: bytes, reason: str) -> None:
    (said,) = Register().writes(screen)
    assert isinstance(said, ReadingRejected)
    assert reason in said.reason


def test_the_word_and_the_amount_in_two_rows() -> None:
    till = Register(label_row="1", amount_row="2")
    assert till.writes(b"\x0cPAN LACTAL\n\r$ 5,00") == []
    assert till.writes(b"\x0cTOTAL:\n\r          $ 1.234,56") == [read("1234.56")]
    assert till.writes(b"\x0cTOTAL:") == []
    (said,) = till.writes(b"\x0cTOTAL:\n\r-5,00")
    assert isinstance(said, ReadingRejected)


def test_a_kiosk_that_starts_late_waits_for_a_whole_display() -> None:
    till = Register()
    assert till.writes(b"AL 234,56") == []
    assert till.writes(b"\x1f$\x01\x01TOTAL 5,00") == []  # who knows what stands behind it
    assert till.writes(b"\x1f$\x01\x01TOTAL           6,00") == [read("6.00")]
    till.pole.opened(till.now)
    assert till.writes(b"7") == []


def test_a_dsp800_gets_its_answers_at_once() -> None:
    pole = decoder(dialect="dsp800")
    data = b"\x04\x01C1X\x17\x04\x01P1\x17TOTAL 5,00"
    assert pole.feed(data, 0.0) == [BEGAN, ProtocolAnswer(b"\x06\x06")]
    assert pole.feed(b"", 1.0) == [read("5.00")]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"dialect": "epsom"}, "'epson'"),
        ({"label_row": "1"}, "write both or neither"),
        ({"label_row": "1", "amount_row": "3"}, "only 2 rows"),
        ({"include": []}, "include"),
        ({"settle": "0 s"}, "settle"),
    ],
)
def test_an_invalid_setting_is_refused_with_the_reason(fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        pole_settings(**fields)


NOISE = [b"\x0c", b"\x1f", b"$", b"\x01", b"TOTAL ", b"12,00", b"9", b"\n\r", b"\x1b=\x01", b"\xff"]


@given(st.lists(st.tuples(st.sampled_from(NOISE), st.floats(0, 1)), max_size=30))
@settings(max_examples=150)
def test_no_noise_breaks_it_and_what_is_read_stands_on_the_display(
    noise: list[tuple[bytes, float]],
) -> None:
    pole, glass, now = decoder(), pole_settings().emulator(), 0.0
    for data, pause in noise:
        if now + pause >= pole.deadline:
            glass.interrupted()
        now += pause
        for said in pole.feed(data, now):
            if isinstance(said, AmountRead):
                text = f"TOTAL\\s+{said.amount.plain().replace('.00', '')}(,00)?(\\s|$)"
                assert any(re.search(text, row or "") for row in glass.screen.text())
        glass.feed(data)
    pole.feed(b"\x1b=\x02\x0c", now + 1)
    pole.feed(b"\x0cPAN", now + 3)
    assert pole.feed(b"\x0cTOTAL 5,00", now + 5) + pole.feed(b"", now + 7) == [BEGAN, read("5.00")]

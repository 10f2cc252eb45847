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
from kiosk.sale.events import AmountRead, Event, ReadingBegan, ReadingRejected, ReadingUnread
from tests.support.examples import examples

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
        self.unread: list[str] = []  # the reasons
        self.pole.opened(self.now)

    def writes(self, data: bytes, pause: float = 10.0) -> list[Event | ProtocolAnswer]:
        """Return what is read of the bytes by the time that the display is at rest."""
        self.now += pause
        said = self.pole.feed(data, self.now) + self.pole.feed(b"", self.pole.deadline)
        self.unread += [each.reason for each in said if isinstance(each, ReadingUnread)]
        return [each for each in said if each != BEGAN and not isinstance(each, ReadingUnread)]


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
    assert pole.feed(b"\0\0", 2.0) == []  # fill does not count as writing


def test_a_display_written_in_two_pieces_with_a_long_pause_is_read_at_its_end() -> None:
    for cut in range(1, len(TOTAL)):
        till = Register()
        said = till.writes(TOTAL[:cut]) + till.writes(TOTAL[cut:])
        assert said[-1:] == [read("1234.56")], cut
        # What was there in the pause was a shorter text, perhaps with a smaller number.
        assert all(isinstance(early, ReadingRejected) for early in said[:-1]), cut


RECORDING = (
    b"\x1b@\x0cPAN LACTAL\x1f$\x01\x02     1.200,00\0"
    b"\x0cTOTAL A PAGAR\x1f$\x01\x02TOTAL     $ 1.234,56"
)


def test_an_argument_that_is_fill_elsewhere_is_no_fill() -> None:
    pole = decoder(dialect="ibm")
    pieces = (b"\x10", b"\0", b"TOTAL           5,00", b"\x10", b"\x14" + b" " * 20)
    said = [each for piece in pieces for each in pole.feed(piece, 1.0)]
    assert said + pole.feed(b"", 9.0) == [BEGAN, read("5.00")]


def test_a_recording_cut_anywhere_says_the_same() -> None:
    for cut in range(1, len(RECORDING)):
        pole = decoder()
        said = pole.feed(RECORDING[:cut], 0.0) + pole.feed(RECORDING[cut:], 0.1)
        assert said + pole.feed(b"", 9.0) == [BEGAN, read("1234.56")], cut


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


def test_an_amount_that_is_written_over_in_part_is_no_amount() -> None:
    for cut in range(1, 20):
        till, new = Register(dialect="cd5220"), b"TOTAL           5,00"
        assert till.writes(b"\x0cTOTAL       1.234,56".ljust(41)) == [read("1234.56")], cut
        said = till.writes(b"\x0b" + new[:cut])
        assert not [each for each in said if isinstance(each, AmountRead)], cut
        assert till.writes(new[cut:]) == [read("5.00")], cut


def test_a_count_whose_word_is_missing_is_no_amount() -> None:
    (said,) = Register().writes(b"\x0cTOTAL: 5 ")
    assert isinstance(said, ReadingRejected)


def test_the_word_and_the_amount_in_two_rows() -> None:
    till = Register(label_row="1", amount_row="2")
    assert till.writes(b"\x0cPAN LACTAL\n\r$ 5,00") == []
    assert till.writes(b"\x0cTOTAL:\n\r          $ 1.234,56") == [read("1234.56")]
    assert till.writes(b"\x0cTOTAL:") == []
    (said,) = till.writes(b"\x0cTOTAL:\n\r-5,00")
    assert isinstance(said, ReadingRejected)


@pytest.mark.parametrize(
    "screen",
    [
        b"COLGATE TOTAL 250,00",
        b"COLGATE TOTAL 250,001 x 250,00",
        b"TOTAL CARE 250,00   ",
        b"TOTAL        250,00\n\r1 x 250,00",
        b"PAN LACTAL 1.200,00\n\rTOTAL 1.200,00",
        b"2x PAN\n\r0,450 KG X 9.000,00",
        b"TOTAL $ 4.050,00\n\r0,450KG*9.000,00",
        b"SUBTOTAL 1.200,00",
        b"AHORRO TOTAL 150,00",
        b"TOTAL PUNTOS 120",
    ],
)
def test_an_item_that_is_rung_up_never_starts_a_payment(screen: bytes) -> None:
    till = Register()
    assert till.writes(b"\x0c" + screen) == []
    assert len(till.unread) == 1
    assert till.writes(b"\x0cTOTAL 5,00") == [read("5.00")]


@pytest.mark.parametrize(
    ("row", "is_item"),
    [(b"CAFE      990", True), (b"CAFE $ 1.990", True), (b"CAJA 12", False), (b"MESA N 12", False),
     (b"ATENDIDO POR 7", False), (b"CAJA DE TE 990", True)],
)  # fmt: skip
def test_an_item_has_no_mark_where_there_are_no_cents(row: bytes, is_item: bool) -> None:
    pole = pole_settings(number={"thousands": "."}).decoder("till", CURRENCIES["CLP"])
    pole.feed(b"\x0c" + row.ljust(20) + b"TOTAL     15.990", 1.0)
    (said,) = pole.feed(b"", pole.deadline)
    assert isinstance(said, ReadingUnread if is_item else AmountRead)


@pytest.mark.parametrize(
    "screen",
    [
        b"SU COMPRA\n\rTOTAL 5,00",
        b"TOTAL 5,00\n\rEFECTIVO 10,00",
        b"IVA 21% 0,87\n\rTOTAL 5,00",
        b"SUBTOTAL 6,00\n\rTOTAL 5,00",
        b"DESCUENTO 1,00\n\rTOTAL 5,00",
        b"ITEMS 3\n\rTOTAL 5,00",
        b"COCA COLA 1.5L\n\rTOTAL 5,00",
        b"TOTAL 5,00\n\rUSD 0,01",
    ],
)
def test_other_rows_do_not_hide_a_total(screen: bytes) -> None:
    assert Register().writes(b"\x0c" + screen) == [read("5.00")]


@pytest.mark.parametrize(
    ("screen", "reason"),
    [
        (b"\x0cBIENVENIDO", "no row begins with the label of a total"),
        (b"\x0cTOTAL:", "TOTAL: a label, but no number behind it"),
        (b"\x0cCOLGATE TOTAL 9,00", "TOTAL is not at the beginning of the line"),
        (b"\x0cTOTAL 9,00\n\r1 x 9,00", "an item is being rung up"),
        (b"\x0cTOTAL 9,00\0", "what the display shows is not known"),
        (b"AL 9,00", "what the display shows is not known"),
    ],
)
def test_a_display_without_a_total_says_why(screen: bytes, reason: str) -> None:
    till = Register()
    assert till.writes(screen) == []
    (why,) = till.unread
    assert reason in why
    assert till.writes(screen) == []
    assert len(till.unread) == 1  # the same text again is not reported


def test_a_blank_display_and_the_change_are_understood() -> None:
    till = Register()
    assert till.writes(b"\x0c") == till.writes(b"\x0cVUELTO 5,00") == []
    assert till.unread == []


def test_a_display_that_is_never_cleared_but_written_whole_is_known() -> None:
    till = Register()
    assert till.writes(b"BIENVENIDO".ljust(40)) == []
    assert till.writes(b"TOTAL           5,00".ljust(40)) == [read("5.00")]
    (said,) = till.writes(b"TOTAL 7,00")  # the end of the text before is still there
    assert isinstance(said, ReadingRejected)
    late = Register()
    assert late.writes(b"TOTAL 5,00".ljust(39)) == []


DISPLAYS = {
    "epson": b"\x1b@\x0c\x1f$\x01\x01TOTAL\x1f$\x0b\x02 12.345,67",
    "cd5220": b"\x1b@\x1bQATOTAL A PAGAR\r\x1bQBTOTAL   12.345,67\r",
    "utc_standard": b"\x1fTOTAL\x10\x14TOTAL     12.345,67",
    "aedex": b"!#1GRACIAS\r\0!#2TOTAL    12.345,67\r\0",
    "ibm": b"\x10\x00TOTAL                \x10\x14TOTAL      12.345,67",
    "dsp800": b"\x04\x01C1X\x17\x04\x01P1\x17TOTAL  12.345,67",
    "led8n": b"\x1b@\x02L0100\x1bQA12345.67\r",
}


@pytest.mark.parametrize("dialect", DISPLAYS)
def test_a_lost_byte_and_a_lost_end_never_make_another_amount(dialect: str) -> None:
    written = DISPLAYS[dialect]
    rows = {"label_row": "1", "amount_row": "2"} if dialect == "epson" else {}
    assert Register(dialect=dialect, **rows).writes(written)[-1] == read("12345.67")
    for place in range(len(written)):
        for damaged in (written[:place] + b"\0" + written[place + 1 :], written[:place]):
            said = Register(dialect=dialect, **rows).writes(damaged)
            amounts = {each.amount.plain() for each in said if isinstance(each, AmountRead)}
            assert amounts <= {"12345.67"}, damaged


# --- digits and lamps --------------------------------------------------------------------------


class NumericRegister(Register):
    def __init__(self, **more: Any) -> None:
        super().__init__(dialect="led8n", **more)


def test_the_digits_count_while_the_lamp_of_the_total_is_lit() -> None:
    till = NumericRegister()
    assert till.writes(b"\x1bQA99.00\r") == []  # the lamps are not known yet
    assert till.writes(b"\x02L1000\x1bQA34.56\r") == []  # a price
    assert till.writes(b"\x1bQA1234.56\r\x02L0100") == [read("1234.56")]
    assert till.writes(b"\x1bQA2000.00\r\x02L0010") == []  # what was paid
    assert till.writes(b"\x1bQA765.44\r\x02L0001") == []  # the change
    assert till.writes(b"\x0c") == []
    assert till.writes(b"\x02L0100\x1bQA1234.56\r") == [read("1234.56")]
    assert till.writes(b"\x1bQA1.00\r") == [read("1.00")]


def test_a_lamp_alone_does_not_make_a_price_the_total() -> None:
    till = NumericRegister()
    assert till.writes(b"\x02L1000\x1bQA34.56\r") == []
    assert till.writes(b"\x02L0100") == []
    assert "the digits are not a number" in till.unread[-1]
    assert till.writes(b"\x1bs2\x1bQA50.00\r") == [read("50.00")]
    assert till.writes(b"\x1bs1\x1bQA60.00\r") == []


@pytest.mark.parametrize(
    "written",
    [b"\x1bQA123456789\r", b"\x1bQA12O4\r", b"\x1bQA-5.00\r", b"\x1bQA1.2.3\r", b"\x1bQA\r"],
)
def test_what_eight_digits_cannot_show_is_no_amount(written: bytes) -> None:
    said = NumericRegister().writes(b"\x02L0100" + written)
    assert not any(isinstance(each, AmountRead) for each in said)


def test_a_numeric_display_writes_the_cents_behind_a_point() -> None:
    for number in ({"decimal": ",", "thousands": "."}, {"decimal": "."}):
        till = NumericRegister(number=number)
        assert till.writes(b"\x02L0100\x1bQA1234.56\r") == [read("1234.56")]


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
@settings(max_examples=examples(150))
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
    pole.feed(b"\x0cTOTAL 5,00", now + 5)
    assert pole.feed(b"", now + 7) == [read("5.00")]

"""What is a merchant's QR, what is an odd one, and what is none."""

from __future__ import annotations

import contextlib
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.orders.answers.emvco import BrokenQr, check, crc, field, without_broken_qr
from kiosk.sale.events import OrderSeen


def sealed(body: str) -> str:
    return body + "6304" + crc(body + "6304")


HEAD = field("00", "01") + field("01", "12")
ACCOUNT = field(
    "43",
    field("00", "com.mercadolibre")
    + field("02", "3")
    + field("06", "00000000-0000-4000-8000-000000000000"),
)
SHOP = field("52", "9700") + field("53", "032") + field("58", "AR")
NAME = field("59", "KIOSCO PRUEBA") + field("60", "CABA")
WHOLE = sealed(HEAD + ACCOUNT + SHOP + NAME)


def test_the_checksum_has_its_published_check_value() -> None:
    assert crc("123456789") == "29B1"


def test_a_field_holds_ninety_nine_characters() -> None:
    assert field("59", "x" * 99) == "5999" + "x" * 99
    with pytest.raises(AssertionError, match="100 characters do not fit"):
        field("59", "x" * 100)


def test_the_documents_example_built_from_its_parts_adds_up() -> None:
    order = field("02", "3") + field("06", "261ba79b-e543-41c7-b71a-cec05c18e72b")
    account = field("43", field("00", "com.mercadolibre") + order)
    body = HEAD + account + field("50", "000832659430") + SHOP + field("59", "Test")
    qr_data = sealed(body + field("60", "CABA"))
    assert qr_data.endswith("63041094")
    assert check(qr_data) == ()


@pytest.mark.parametrize(
    "name", ["KIOSCO PRUEBA", "Café Bogotá", "x" * 25], ids=["ascii", "accents", "long"]
)
def test_a_whole_qr_is_in_order_in_either_case(name: str) -> None:
    qr_data = sealed(HEAD + ACCOUNT + SHOP + field("59", name) + field("60", "CABA"))
    assert check(qr_data) == ()
    assert check(qr_data[:-4] + qr_data[-4:].lower()) == ()


@pytest.mark.parametrize(
    ("qr_data", "reason"),
    [
        ("", "the QR is empty"),
        (HEAD + "\n" + WHOLE, "the QR has control characters"),
        ("000201\ud800" + WHOLE[6:], "the QR has control characters"),
        (sealed(HEAD + "5999" + "x" * 600), "the QR has 624 characters, more than 512"),
        (WHOLE[1:], "the QR does not begin with 000201"),
        ("https://mpago.la/pos/1234567", "the QR does not begin with 000201"),
        (WHOLE[:-1], "the QR does not end with a checksum"),
        (WHOLE + " ", "the QR does not end with a checksum"),
        (WHOLE[:-4] + "G000", "the QR does not end with a checksum"),
    ],
)
def test_what_can_be_no_merchants_qr_is_refused(qr_data: str, reason: str) -> None:
    with pytest.raises(BrokenQr, match=f"^{reason}"):
        check(qr_data)


def test_the_longest_qr_has_512_characters() -> None:
    body = HEAD + ACCOUNT + SHOP + NAME
    body += field("44", "x" * 99) + field("45", "x" * 99) + field("46", "x" * 99)
    longest = sealed(body + field("62", field("05", "x" * (512 - len(body) - 8 - 8))))
    assert len(longest) == 512
    assert [odd for odd in check(longest) if "inside" not in odd] == []
    with pytest.raises(BrokenQr, match="513 characters"):
        check(longest[:-8] + "x" + longest[-8:])


def test_a_masked_name_as_in_the_documents_is_odd_but_shown() -> None:
    masked = WHOLE.replace("KIOSCO PRUEBA", "XXXX")
    odd = check(masked)
    assert any("checksum" in sentence for sentence in odd)
    end_of_name = masked.index("5913") + 4 + 13
    assert f"its fields are not valid from character {end_of_name + 1} on" in odd


@pytest.mark.parametrize(
    ("qr_data", "sentence"),
    [
        (
            sealed(HEAD + ACCOUNT + SHOP + field("60", "CABA")),
            "field 59 (merchant's name) is missing",
        ),
        (sealed(HEAD + SHOP + NAME), "there is no field with an account to pay (02 to 51)"),
        (sealed(HEAD + ACCOUNT + SHOP + NAME + field("58", "AR")), "field 58 is there twice"),
        (
            sealed(HEAD + field("43", "0003abc" + "0199x") + SHOP + NAME),
            "the fields inside field 43 are not valid from character 8 on",
        ),
    ],
)
def test_what_is_odd_is_named(qr_data: str, sentence: str) -> None:
    assert check(qr_data) == (sentence,)


@given(st.integers(6, len(WHOLE) - 9), st.sampled_from("0123456789ABCxyz"))
def test_no_single_wrong_character_goes_unnoticed(at: int, other: str) -> None:
    changed = WHOLE[:at] + other + WHOLE[at + 1 :]
    assert changed == WHOLE or check(changed) != ()


@given(st.text(max_size=600))
def test_any_text_is_judged_and_nothing_else_happens(text: str) -> None:
    for candidate in (text, "000201" + text + "63041094"):
        with contextlib.suppress(BrokenQr):
            check(candidate)


def order(qr_data: str | None) -> OrderSeen:
    return OrderSeen("ORD1", "k1-0001", "created", None, qr_data=qr_data)


def test_an_odd_qr_is_shown_and_the_log_says_what_is_odd(caplog: pytest.LogCaptureFixture) -> None:
    odd = order(sealed(HEAD + ACCOUNT + SHOP + field("60", "CABA")))
    assert without_broken_qr(odd) == odd
    assert caplog.record_tuples == [
        (
            "kiosk.orders",
            logging.WARNING,
            "sale k1-0001: qr_data: field 59 (merchant's name) is missing",
        )
    ]


def test_a_broken_qr_is_taken_out_and_the_log_says_why(caplog: pytest.LogCaptureFixture) -> None:
    assert without_broken_qr(order("https://mpago.la/pos/1234567")) == order(None)
    assert caplog.record_tuples == [
        (
            "kiosk.orders",
            logging.ERROR,
            "sale k1-0001: qr_data can't be drawn: the QR does not begin with 000201",
        )
    ]


@pytest.mark.parametrize("qr_data", [None, WHOLE])
def test_a_whole_qr_or_none_is_nothing_to_log(
    qr_data: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    assert without_broken_qr(order(qr_data)) == order(qr_data)
    assert caplog.records == []

"""The strings of the QRs follow EMVCo, in the shapes of the four countries."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from kiosk.simulator.service.qr_strings import SHAPES, crc, qr_data

LENGTHS = {
    "ar": 154,
    "ar-short": 142,
    "ar-long": 184,
    "br": 151,
    "br-pix": 192,
    "br-both": 247,
    "cl": 159,
    "uy": 161,
}
COUNTRY_AND_CURRENCY = {
    "ar": ("AR", "032"),
    "br": ("BR", "986"),
    "cl": ("CL", "152"),
    "uy": ("UY", "858"),
}


def tags(text: str) -> Iterator[tuple[str, str]]:
    while text:
        end = 4 + int(text[2:4])
        assert len(text) >= end, f"{text!r} is cut off"
        yield text[:2], text[4:end]
        text = text[end:]


def test_the_crc_is_the_one_whose_check_value_is_29b1() -> None:
    assert crc("123456789") == "29B1"


def test_the_crc_keeps_its_leading_zeros() -> None:
    assert any(crc(str(number)).startswith("0") for number in range(100))
    assert {len(crc(str(number))) for number in range(100)} == {4}


def test_the_crc_agrees_with_the_one_in_the_create_order_reference() -> None:
    example = (
        "00020101021243650016com.mercadolibre020130636261ba79b-e543-41c7-b71a-cec05c18e72b"
        "50120008326594305204970053030325802AR5904Test6004CABA6304"
    )
    assert crc(example) == "1094"


@pytest.mark.parametrize("shape", SHAPES)
def test_a_string_is_complete_with_its_checksum_and_has_a_real_length(shape: str) -> None:
    text = qr_data(shape, Random(1))
    found = dict(tags(text))
    assert len(text) == LENGTHS[shape]
    assert next(iter(found)) == "00"
    assert list(found)[-1] == "63"
    assert found["63"] == crc(text[:-4])
    assert (found["58"], found["53"]) == COUNTRY_AND_CURRENCY[shape[:2]]
    assert "54" not in found, "real ones do not tell the amount"
    assert len(found["59"]) <= 25
    assert len(found["60"]) <= 15


@pytest.mark.parametrize("shape", SHAPES)
def test_the_templates_are_whole_too(shape: str) -> None:
    found = dict(tags(qr_data(shape, Random(1))))
    schemes = [dict(tags(found[tag])) for tag in ("26", "43") if tag in found]
    assert schemes
    assert {scheme["00"].lower() for scheme in schemes} <= {"com.mercadolibre", "br.gov.bcb.pix"}


@pytest.mark.parametrize("shape", SHAPES)
def test_no_two_orders_have_the_same_string(shape: str) -> None:
    rng = Random(1)
    assert len({qr_data(shape, rng) for _ in range(50)}) == 50

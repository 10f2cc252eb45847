"""Durations: the text of a technician, and ISO 8601's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from kiosk.base.durations import (
    format_duration,
    format_iso_duration,
    parse_duration,
    parse_iso_duration,
)
from kiosk.base.settings import Duration


def read(kind: type[float], text: str) -> float:
    return TypeAdapter(kind).validate_python(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5 min", 300.0),
        ("5min", 300.0),
        ("8 s", 8.0),
        ("0 s", 0.0),
        ("800 ms", 0.8),
        ("1.5 s", 1.5),
        ("1 h 30 min", 5400.0),
        ("1 hour, 30 minutes", 5400.0),
        ("5 Min", 300.0),
        ("PT5M", 300.0),
        ("PT1H30M", 5400.0),
        ("P1D", 86400.0),
        ("P1DT1S", 86401.0),
    ],
)
def test_durations_are_read_as_people_write_them(text: str, seconds: float) -> None:
    assert read(Duration, text) == seconds


@pytest.mark.parametrize(
    ("text", "meant"),
    [("5 m", "min"), ("5 minutos", "min"), ("1 h 5 seg", "s"), ("2 horas", "h"), ("5M", "min")],
)
def test_a_unit_that_people_write_is_refused_with_the_one_that_is_meant(
    text: str, meant: str
) -> None:
    with pytest.raises(ValidationError, match=f"is not a unit of time; write {meant}"):
        read(Duration, text)


@pytest.mark.parametrize(
    "text",
    ["300", "5:00", "", "min", "-5 s", "5 parsecs", "1e3 s", "nan s", "٥ s", "5 min\n"],
)
def test_a_duration_without_a_known_unit_is_refused_with_the_way_to_write_it(text: str) -> None:
    with pytest.raises(ValidationError, match="5 min or PT5M"):
        read(Duration, text)


@pytest.mark.parametrize(
    "text", ["P", "PT", "P1DT", "P1M", "P1Y", "P1W", "9" * 99, "9" * 400 + " s"]
)
def test_what_only_looks_like_a_duration_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="is not a valid duration"):
        read(Duration, text)


@given(st.integers(0, 10**8))
def test_what_a_duration_is_printed_as_is_read_as_the_same(milliseconds: int) -> None:
    assert parse_duration(format_duration(milliseconds / 1000)) == milliseconds / 1000


def test_durations_are_printed_in_the_unit_that_fits() -> None:
    printed = [format_duration(seconds) for seconds in (7200, 300, 90, 8, 0.8, 0)]
    assert printed == ["2 h", "5 min", "90 s", "8 s", "800 ms", "0 s"]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT30S", 30),
        ("PT16M", 960),
        ("PT1H30M", 5400),
        ("P1D", 86_400),
        ("P1DT1S", 86_401),
        ("P2W", 1_209_600),
        ("P3Y6M4DT12H30M5S", ((3 * 365 + 6 * 30 + 4) * 24 + 12) * 3600 + 1805),
    ],
)
def test_an_iso_duration_is_read(text: str, seconds: int) -> None:
    assert parse_iso_duration(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "P1DT", "5 min", "300", "PT5", "PT-5M", "pt5m", "PT5M ", "PT1.5M", "T5M"],
)
def test_what_is_not_an_iso_duration_is_none(text: str) -> None:
    assert parse_iso_duration(text) is None


@pytest.mark.parametrize(
    ("seconds", "iso"),
    [(300, "PT5M"), (30, "PT30S"), (90.9, "PT1M30S"), (5400, "PT1H30M"), (12_960_000, "PT3600H")],
)
def test_durations_are_written_as_in_the_document(seconds: float, iso: str) -> None:
    assert format_iso_duration(seconds) == iso

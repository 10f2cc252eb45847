"""Segments: no cut of a text takes fewer bits; and segno, which is handed them, writes them down.

Segno's documentation knows nothing of segments, so what is relied on is held here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.display.qr.segments import Segment, SegmentMode, last_version_of_group, segments
from tests.display.corpus import corpus
from tests.display.reading import picture_of, read_qr
from tests.support.examples import examples

TEXTS = st.text(st.sampled_from("0123456789ABZ:-$ abzñ₲"), min_size=1, max_size=60)
WRITES = {SegmentMode.NUMERIC: "0123456789", SegmentMode.ALPHANUMERIC: "0123456789ABZ:-$ "}


def every_cut(text: str) -> Iterator[tuple[Segment, ...]]:
    """Yield every way there is to write a text, by brute force."""
    if not text:
        yield ()
    for end in range(1, len(text) + 1):
        for mode in SegmentMode:
            if all(char in WRITES.get(mode, char) for char in text[:end]):
                for rest in every_cut(text[end:]):
                    yield (Segment(mode, text[:end]), *rest)


def bits(cut: tuple[Segment, ...], version: int) -> int:
    return sum(segment.bits(version) for segment in cut)


@settings(max_examples=examples(60))
@given(st.text(st.sampled_from("01234AB:aň"), min_size=1, max_size=6), st.sampled_from([1, 10, 27]))
def test_no_other_cut_takes_fewer_bits(text: str, version: int) -> None:
    least = min(bits(cut, version) for cut in every_cut(text))
    assert bits(segments(text, version), version) == least


@pytest.mark.parametrize("version", [1, 9, 10, 26, 27, 40])
def test_one_stretch_costs_what_the_standard_says(version: int) -> None:
    # ISO/IEC 18004:2015, 7.4.3 to 7.4.5: mode, character count, data.
    counts = {9: (10, 9, 8), 26: (12, 11, 16), 40: (14, 13, 16)}[last_version_of_group(version)]
    assert Segment(SegmentMode.NUMERIC, "01234567").bits(version) == 4 + counts[0] + 27
    assert Segment(SegmentMode.ALPHANUMERIC, "AC-42").bits(version) == 4 + counts[1] + 28
    assert Segment(SegmentMode.BYTE, "añ").bits(version) == 4 + counts[2] + 24


@given(TEXTS, st.integers(1, 40))
def test_the_cut_is_the_text_and_no_neighbours_are_alike(text: str, version: int) -> None:
    cut = segments(text, version)
    assert "".join(segment.text for segment in cut) == text
    assert all(one.mode is not other.mode for one, other in pairwise(cut))


def test_a_merchants_string_takes_a_fifth_less_than_in_one_mode() -> None:
    for text in corpus():
        cut = bits(segments(text, 9), 9)
        assert cut <= 0.87 * Segment(SegmentMode.BYTE, text).bits(9), text


# --- segno, held to what it does ----------------------------------------------------------------


def symbol(parts: list[tuple[bytes, int]]) -> segno.QRCode:
    undocumented: Any = parts
    return segno.make_qr(undocumented, error="M", boost_error=False)


@settings(max_examples=examples(80))
@given(TEXTS)
def test_segno_writes_the_segments_that_it_is_handed(text: str) -> None:
    parts = [(part.text.encode(), part.mode.value) for part in segments(text, 1)]
    assert read_qr(picture_of(symbol(parts).matrix)) == [text]


def test_segno_would_take_two_neighbours_of_one_mode_for_another_number() -> None:
    """The trap that the second property above keeps us out of; here to see if it is still there."""
    digits = SegmentMode.NUMERIC.value
    assert read_qr(picture_of(symbol([(b"1234", digits), (b"567", digits)]).matrix)) != ["1234567"]


def test_segno_has_the_modes_that_the_standard_has() -> None:
    assert {mode.name.lower(): mode.value for mode in SegmentMode}.items() <= (
        segno.consts.MODE_MAPPING.items()
    )

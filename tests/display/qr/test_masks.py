"""The mask: among the eight, the one that segno weighs best, in every size; and nothing else moves.

Segno counts the penalty module by module, as the standard writes it. Ours counts on integers.
"""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from segno import encoder

from kiosk.display.qr.capacity import LEVELS, VERSIONS, modules_per_side
from kiosk.display.qr.encoding import Encoding
from kiosk.display.qr.mask_penalty import penalty, square
from kiosk.display.qr.masks import with_best_mask
from kiosk.display.qr.segments import segments
from tests.display.corpus import corpus
from tests.support.examples import examples, sampled

segnos: Any = encoder
TEXTS = st.text(st.sampled_from("0123456789ABZ:-$ abzñ₲"), min_size=1, max_size=120)


def rows(text: str, level: str, **more: Any) -> tuple[bytes, ...]:
    code = segno.make_qr(text, error=level, boost_error=False, **more)
    return tuple(bytes(row) for row in code.matrix)


@settings(max_examples=examples(60))
@given(TEXTS, st.sampled_from(LEVELS))
def test_any_text_gets_the_mask_that_segno_chooses(text: str, level: str) -> None:
    assert with_best_mask(rows(text, level, mask=0)) == rows(text, level)


@pytest.mark.parametrize("version", sampled(list(VERSIONS), 16))
def test_every_size_of_symbol_gets_the_mask_that_segno_chooses(version: int) -> None:
    """Each has its own alignment patterns; from version 7 on, its number is in the symbol."""
    for number, level in enumerate(LEVELS):
        text = str(version * 7 + number)
        ours = with_best_mask(rows(text, level, version=version, mask=0))
        assert ours == rows(text, level, version=version)


@pytest.mark.parametrize("text", sampled([text for text in corpus(60) if text.isascii()], 6))
def test_a_merchants_string_has_the_symbol_that_segno_alone_would_draw(text: str) -> None:
    for level in LEVELS:
        version = Encoding(text).version(level)
        parts: Any = [(part.text.encode(), part.mode.value) for part in segments(text, version)]
        alone = segno.make_qr(parts, error=level, version=version, boost_error=False)
        assert Encoding(text).matrix(level) == tuple(bytes(row) for row in alone.matrix)


# --- the penalty, on symbols that no text makes ---------------------------------------------------


def points(picture: list[bytes]) -> int:
    """Return our points for any square picture; 1 is dark."""
    shape = square(len(picture))
    dark = (
        (row * shape.stride + column)
        for row, column in itertools.product(range(shape.side), repeat=2)
        if picture[row][column]
    )
    return penalty(sum(1 << bit for bit in dark), shape)


def segnos_points(picture: list[bytes]) -> int:
    return int(segnos.evaluate_mask([bytearray(row) for row in picture], *[len(picture)] * 2))


FINDER = "1011101"


@settings(max_examples=examples(150))
@given(st.integers(0), st.booleans())
def test_runs_blocks_and_finders_cost_what_segno_counts(seed: int, upright: bool) -> None:
    dice = random.Random(seed)
    parts = ["0", "1", "0000", "11111", FINDER, "101110111"]
    lines = ["".join(dice.choices(parts, k=30))[:29] for _ in range(29)]
    picture = [bytes(map(int, line)) for line in lines]
    if upright:
        picture = [bytes(column) for column in zip(*picture, strict=True)]
    assert points(picture) == segnos_points(picture)


@pytest.mark.parametrize("color", [0, 1])
def test_one_colour_everywhere_is_the_worst(color: int) -> None:
    side = modules_per_side(1)
    picture = [bytes([color]) * side] * side
    runs, blocks, balance = 2 * side * (side - 2), 3 * (side - 1) ** 2, 100
    assert points(picture) == segnos_points(picture) == runs + blocks + balance


@pytest.mark.parametrize(
    ("line", "patterns"),
    [
        (FINDER, 1),  # at the edge, light is outside
        ("1" + FINDER + "0000", 1),
        ("1" + FINDER + "0001", 0),
        ("0000" + FINDER + "1", 1),
        ("0000" + FINDER + "1101", 1),  # the second shares dark modules with the first
        ("1" + FINDER + "11010000", 1),  # here only the second is beside light modules
        (FINDER + "0000" + FINDER + "1", 2),  # both beside the same ones
    ],
)
def test_a_pattern_like_a_finder_costs_forty_beside_four_light_modules(
    line: str, patterns: int
) -> None:
    side = 33
    chess = [bytes((row + column) % 2 for column in range(side)) for row in range(side)]
    row = bytes(map(int, (line + "01" * side)[:side]))
    with_line = [*chess[:16], row, *chess[17:]]
    assert points(with_line) == segnos_points(with_line)
    assert segnos.mask_scores([bytearray(row) for row in with_line], side, side)[2] == 40 * patterns

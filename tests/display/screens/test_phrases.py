"""Phrases: they shrink together, change to shorter wordings, and leave out the least important."""

from __future__ import annotations

from kiosk.display.fonts.typeface import MIN_SIZE
from kiosk.display.screens.phrases import Phrase, TextStack, fit_phrases

PAY = Phrase(("Pague en la caja",), 0.3, bold=True)
WHY = Phrase(("No hay conexión con el servicio de pagos", "No hay conexión"), 0.15, rank=2)
THANKS = Phrase(("Gracias por su compra",), 0.15, rank=3)


def said(stack: TextStack) -> list[str]:
    return [" ".join(block.rows) for block in stack.blocks]


def sizes(stack: TextStack) -> list[int]:
    return [block.size for block in stack.blocks]


def test_with_enough_space_all_is_said_in_its_longest_wording() -> None:
    stack = fit_phrases([PAY, WHY, THANKS], 300, 400)
    assert said(stack) == [PAY.wordings[0], WHY.wordings[0], THANKS.wordings[0]]
    assert stack.roominess == 1


def test_type_becomes_smaller_before_a_wording_and_a_wording_shorter_before_one_is_left_out() -> (
    None
):
    smaller = fit_phrases([PAY, WHY, THANKS], 200, 90, legible=11)
    assert len(smaller.blocks) == 3
    assert sizes(smaller)[0] < sizes(fit_phrases([PAY, WHY, THANKS], 200, 200, legible=11))[0]
    shorter = fit_phrases([PAY, WHY], 100, 44, legible=11)
    assert said(shorter) == [PAY.wordings[0], "No hay conexión"]
    fewer = fit_phrases([PAY, WHY, THANKS], 100, 44, legible=11)
    assert said(fewer) == said(shorter)
    assert 1 >= smaller.roominess > shorter.roominess > fewer.roominess


def test_what_comes_last_in_rank_is_left_out_first() -> None:
    assert said(fit_phrases([THANKS, WHY, PAY], 110, 22, legible=11)) == ["Pague en la caja"]


def test_no_other_text_is_smaller_than_legible() -> None:
    for height in range(12, 120):
        stack = fit_phrases([PAY, WHY, THANKS], 130, height, legible=12)
        assert len(stack.blocks) < 2 or min(sizes(stack)) >= 12, height


def test_the_first_rank_becomes_too_small_before_it_is_left_out() -> None:
    stack = fit_phrases([PAY, WHY], 90, 20, legible=14)
    assert said(stack) == ["Pague en la caja"]
    assert MIN_SIZE <= sizes(stack)[0] < 14


def test_a_text_without_width_becomes_small_alone() -> None:
    amount = Phrase(("$\N{NO-BREAK SPACE}999.999.999,99",), 0.3, max_rows=1)
    stack = fit_phrases([PAY, amount], 100, 100, legible=14)
    assert said(stack) == [PAY.wordings[0], amount.wordings[0]]
    assert sizes(stack)[0] >= 14 > sizes(stack)[1]


def test_where_no_text_fits_there_is_none() -> None:
    assert fit_phrases([PAY, WHY], 8, 8).blocks == ()
    assert fit_phrases([PAY, WHY], 200, 4).blocks == ()
    assert fit_phrases([], 200, 100).blocks == ()

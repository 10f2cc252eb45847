"""The model of an e-paper controller sleeps until it is reset, as the silicon does."""

from __future__ import annotations

from tests.display.models import epaper as models


def test_the_model_sleeps_until_it_is_reset() -> None:
    glass = models.Ssd16xx((122, 250))
    before = glass.glass().tobytes()
    glass.spi([0x20], data=False)
    assert glass.glass().tobytes() == before
    assert glass.refreshes == []

"""The simulation finds each of the mistakes in ``mutants.py`` within the days of the whole run."""

from __future__ import annotations

import pytest

from tests.simulation.mutants import MUTANTS, try_apart


@pytest.mark.slow
@pytest.mark.parametrize("mistake", MUTANTS)
def test_a_mistake_is_caught(mistake: str) -> None:
    days = try_apart("tests.simulation.mutants", mistake)
    said = f"{days.stdout[-900:]}{days.stderr[-900:]}"
    assert days.returncode == 1, said
    assert "\nBroken: " in days.stdout, said

"""The model finds each of the mistakes in ``mutants.py``, and tells a short play that shows it."""

from __future__ import annotations

import pytest

from tests.model.mutants import MUTANTS
from tests.simulation.mutants import try_apart


@pytest.mark.slow
@pytest.mark.parametrize("mistake", MUTANTS)
def test_a_mistake_is_found(mistake: str) -> None:
    explored = try_apart("tests.model.mutants", mistake)
    said = f"{explored.stdout}{explored.stderr[-900:]}"
    assert explored.returncode == 1, said
    assert "the power comes back" in explored.stdout, said
    assert "\nBroken: " in explored.stdout, said

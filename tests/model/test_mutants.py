"""The model finds each of the mistakes in ``mutants.py``, and tells a short play that shows it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.model.mutants import MUTANTS


@pytest.mark.slow
@pytest.mark.parametrize("mistake", MUTANTS)
def test_a_mistake_is_found(mistake: str) -> None:
    explored = subprocess.run(
        [sys.executable, "-m", "tests.model.mutants", mistake],
        capture_output=True,
        text=True,
        check=False,
    )
    said = f"{explored.stdout}{explored.stderr[-900:]}"
    assert explored.returncode == 1, said
    assert "the power comes back" in explored.stdout, said
    assert "\nBroken: " in explored.stdout, said

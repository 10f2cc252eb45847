"""The simulation finds each of the mistakes in ``mutants.py`` within 200 days."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.simulation.mutants import MUTANTS


@pytest.mark.slow
@pytest.mark.parametrize("mistake", MUTANTS)
def test_a_mistake_is_caught(mistake: str) -> None:
    days = subprocess.run(
        [sys.executable, "-m", "tests.simulation.mutants", mistake],
        capture_output=True,
        text=True,
        check=False,
    )
    said = f"{days.stdout[-900:]}{days.stderr[-900:]}"
    assert days.returncode == 1, said
    assert "\nBroken: " in days.stdout, said

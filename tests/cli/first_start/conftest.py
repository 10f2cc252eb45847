"""A bare computer, and a fake service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.first_start.computer import Box
from tests.orders.live import Live, live


@pytest.fixture
def service() -> Iterator[Live]:
    with live() as running:
        yield running


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)

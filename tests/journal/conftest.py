"""What the tests of the journal share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.journal import Journal
from kiosk.sale.effects import SaleOpened
from tests.support.journals import SALE, noon


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    with closing(Journal.open(path, noon)) as journal:
        yield journal


@pytest.fixture
def opened(journal: Journal) -> Journal:
    """Return the journal with the open sale K-1."""
    journal.remember(SaleOpened(SALE), b"{}")
    return journal

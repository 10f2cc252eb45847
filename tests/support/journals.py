"""Journals for tests: a sale, and a file as the first version wrote it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from kiosk.journal.schema import MIGRATIONS
from kiosk.sale.words import Sale
from tests.support.play import pesos

SALE = Sale("K-1", pesos("1234.56"), "caja")
OLD_SALE = Sale("OLD-1", pesos("7.00"), "caja")


def noon() -> float:
    return 1_800_000_000.0


def old_journal(path: Path) -> None:
    """Write a journal as the first version did."""
    path.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(path)) as db:
        db.executescript(f"{MIGRATIONS[0].script} PRAGMA user_version=1;")
        columns = "reference, source, amount, currency, idempotency_key, request, created_at"
        values = "'OLD-1', 'caja', '7.00', 'ARS', 'key', x'7b7d', '2026-01-01'"
        db.executescript(f"INSERT INTO sales ({columns}) VALUES ({values});")

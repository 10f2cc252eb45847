"""The journal writer: what is sent is what was written, at once and after a restart alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from kiosk.base.errors import JournalFailed
from kiosk.journal import Intent, Journal
from kiosk.sale.effects import Fact, SaleOpened
from kiosk.sale.words import Sale
from kiosk.shell.journal_writer import JournalWriter
from tests.support.play import pesos

pytestmark = pytest.mark.anyio

T = TypeVar("T")
OPENED = SaleOpened(Sale("K-1", pesos("7.00"), "caja"))
REQUEST = b'{"a": 1}'


async def in_place(work: Callable[[], T]) -> T:
    return work()


class CountedJournal(Journal):
    """A journal that counts how often an intent is read, and whose disk can be full."""

    full = False

    def __init__(self, *parts: object) -> None:
        super().__init__(*parts)  # type: ignore[arg-type]
        self.read: list[str] = []

    def remember(self, fact: Fact, request: bytes = b"") -> None:
        if self.full:
            raise JournalFailed("the disk is full")
        super().remember(fact, request)

    def intent(self, reference: str) -> Intent:
        self.read.append(reference)
        return super().intent(reference)


def opened(folder: Path) -> CountedJournal:
    return CountedJournal.open(folder / "journal.sqlite3", lambda: 1_800_000_000.0)


async def test_the_first_send_takes_the_written_bytes_and_a_repeat_reads_them(
    tmp_path: Path,
) -> None:
    journal = opened(tmp_path)
    writer = JournalWriter(journal, in_place)
    await writer.write_intent(OPENED, REQUEST)
    first = await writer.intent("K-1")
    assert journal.read == []
    assert await writer.intent("K-1") == first == Intent(first.key, REQUEST)
    assert journal.read == ["K-1"]
    journal.close()
    again = opened(tmp_path)
    assert await JournalWriter(again, in_place).intent("K-1") == first
    again.close()


async def test_an_intent_that_is_not_on_disk_is_not_handed_on(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    writer = JournalWriter(journal, in_place)
    journal.full = True
    with pytest.raises(JournalFailed):
        await writer.write_intent(OPENED, REQUEST)
    with pytest.raises(JournalFailed, match="no sale K-1"):
        await writer.intent("K-1")
    journal.close()

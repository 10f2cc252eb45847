"""Whether the model can write what a journal holds: then daemon and model have not drifted apart.

``facts.txt`` lists what the model writes: each fact, with the row of its sale before it. A journal
of a real daemon is replayed fact by fact through the kiosk's own rules, and compared with that.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from kiosk.base.errors import JournalFailed
from kiosk.journal import Journal
from kiosk.sale.effects import (
    Fact,
    OrderKnown,
    RefundDecided,
    ResultTold,
    SaleEnded,
    SaleOpened,
    SaleSetAside,
)
from kiosk.sale.words import Outcome, Sale, Unknown
from tests.model.abstract_journal import NO_ROW, Rows, fact_in_words

FACTS = Path(__file__).with_name("facts.txt")
HEAD = "# What the model writes: the row of a sale, and the fact. Written by --write-facts.\n"

# A person's facts. They are not the machine's, and what follows them is not judged.
BY_PEOPLE = ("SaleDecided", "RefundSeen", "RefundUnderway")


def write_facts(written: set[tuple[str, str]]) -> None:
    """Write the file again."""
    lines = sorted(f"{row} → {fact}\n" for row, fact in written)
    FACTS.write_text(HEAD + "".join(lines))


@cache
def possible_facts() -> frozenset[tuple[str, str]]:
    """Return the facts that the model writes, each with the row before it."""
    lines = (line.partition(" → ") for line in FACTS.read_text().splitlines()[1:])
    return frozenset((row, fact) for row, _, fact in lines)


def unlike_the_model(path: Path) -> list[str]:
    """Return a sentence for each sale of this journal whose facts the model does not write."""
    try:
        journal = Journal.open_read_only(path)
    except JournalFailed:
        return []  # a test has damaged or removed it
    try:
        sales = [record.sale for record in journal.sales(1000)]
        return [
            wrong
            for sale in sales
            if (
                wrong := _unlike(
                    sale, [(name, detail) for _, name, detail in journal.events(sale.reference)]
                )
            )
        ]
    finally:
        journal.close()


def _unlike(sale: Sale, events: list[tuple[str, str]]) -> str:
    rows, before = Rows(), NO_ROW
    for fact in _facts(sale, events):
        rows = _after(rows, fact)
        after = rows.by_reference[sale.reference].words
        told_again = isinstance(fact, ResultTold) and after == before  # by the kiosk after a reload
        if (before, fact_in_words(fact)) not in possible_facts() and not told_again:
            names = [name for name, _ in events]
            return f"{sale.reference}: {before}, then {fact_in_words(fact)} (of {names})"
        before = after
    return ""


_after = cache(Rows.after)


def _facts(sale: Sale, events: list[tuple[str, str]]) -> Iterator[Fact]:
    """Yield the facts of a sale, from its rows in ``events``."""
    reference = sale.reference
    for name, detail in events:
        match name:
            case "SaleOpened":
                yield SaleOpened(Sale(reference, sale.amount, sale.source, ticket=sale.ticket))
            case "OrderKnown":
                yield OrderKnown(reference, detail)
            case "RefundDecided":
                yield RefundDecided(reference, detail)
            case "SaleEnded":
                outcome, _, evidence = detail.partition(": ")
                yield SaleEnded(reference, Outcome(outcome), evidence)
            case "SaleSetAside":
                yield SaleSetAside(reference, detail)
            case "ResultTold":
                yield ResultTold(reference, _result(detail))
            case "Said":  # by the voice; the machine does not know of it
                pass
            case _:
                assert name in BY_PEOPLE, name
                return


def _result(word: str) -> Outcome | Unknown | None:
    if not word:
        return None
    return Unknown.UNKNOWN if word == Unknown.UNKNOWN else Outcome(word)

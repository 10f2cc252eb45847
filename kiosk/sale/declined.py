"""Amounts that came to nothing: an input that waits for an answer gets one in any case.

Each amount with a ticket ends in one ``Reply`` (there was a sale, and it has ended) or one
``Decline`` (there never was). Only sales that people must look at end in neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kiosk.sale.effects import Decline, Effect, Remember, SaleOpened
from kiosk.sale.events import AmountRead, Event
from kiosk.sale.phases import Waiting


def declined(
    before: Waiting | None,
    event: Event,
    now: float,
    after: Waiting | None,
    effects: Iterable[Effect],
) -> Iterator[Decline]:
    """Yield the amounts with tickets that waited, or came, and are neither waiting nor sold now."""
    wanted = [before] if before else []
    if isinstance(event, AmountRead):
        wanted.append(Waiting(event.amount, event.source, now, event.items, event.ticket))
    sold = {
        (effect.fact.sale.source, effect.fact.sale.ticket)
        for effect in effects
        if isinstance(effect, Remember) and isinstance(effect.fact, SaleOpened)
    }
    for each in wanted:
        if each.ticket and each != after and (each.source, each.ticket) not in sold:
            yield Decline(each.source, each.ticket)

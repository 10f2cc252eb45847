"""Whether payments are hinted at: what this counter has learned of it. Pure.

A hint comes over the fleet's broker when the service notifies the shop. While each payment of this
counter is hinted at, its looks can be rare. After a payment without a hint the next payer is looked
at more often, because hints may have stopped; after a few, as often as without hints.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Self

from kiosk.base.frozen import frozen
from kiosk.sale.events import OrderHinted
from kiosk.sale.look_times import LookTimes, evenly
from kiosk.sale.words import Sale

PROMPT = 10.0  # seconds between a hint and the look that sees the payment; more is not thanks to it
ENOUGH, MOST = 3, 5  # hints that came

# A payment whose hint is lost is seen by one of the rare looks: with their jitter, in a minute.
RARE, CAUTIOUS = evenly(48.0), evenly(6.0)


@frozen
class Hints:
    """``linked``: the broker is connected, so hints can come.

    ``trust`` counts the payments that were hinted at, to ``MOST``; one that was not halves it.
    ``awaited`` is the sale whose payment was seen without a hint, which may come until ``until``.
    """

    linked: bool = False
    trust: int = 0
    awaited: Sale | None = None
    until: float = 0.0

    def looks(self, usual: LookTimes) -> LookTimes:
        """Return the plan of the looks; ``usual`` is the one without hints."""
        trust = self.trust // 2 if self.awaited else self.trust
        if not self.linked or not trust:
            return usual
        return RARE if trust >= ENOUGH else CAUTIOUS

    def when(self, *, linked: bool) -> Self:
        """Return what is known when the broker is connected or gone."""
        return replace(self, linked=linked, awaited=None)

    def heard(self, hint: OrderHinted, now: float) -> Self:
        """Return what is known after a hint: it may be the one that is awaited."""
        if self.awaited is None or not is_about(hint, self.awaited):
            return self
        return self._came() if now <= self.until else self._lost()

    def after_payment(self, sale: Sale, hinted_at: float | None, now: float) -> Self:
        """Return what is known after a payment was seen. ``hinted_at``: when a hint came, if so."""
        if not self.linked:
            return self
        before = self._lost() if self.awaited else self
        if hinted_at is not None and now - hinted_at <= PROMPT:
            return before._came()
        return replace(before, awaited=sale, until=now + PROMPT)

    def _came(self) -> Self:
        return replace(self, trust=min(self.trust + 1, MOST), awaited=None)

    def _lost(self) -> Self:
        return replace(self, trust=self.trust // 2, awaited=None)


def is_about(hint: OrderHinted, sale: Sale) -> bool:
    """Whether the hint names this sale or its order."""
    return hint.reference == sale.reference or bool(sale.order_id == hint.order_id != "")

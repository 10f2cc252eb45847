"""What the sales of a day add up to, and which of them a person must know about."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter

from kiosk.base.frozen import frozen
from kiosk.base.money import CURRENCIES, Money
from kiosk.cli.sale_records import SET_ASIDE, is_being_refunded, state_of, takings_of
from kiosk.journal import SaleRecord
from kiosk.sale.words import Sale


@frozen
class MethodTakings:
    """What the sales of a payment method brought in a currency, as plain decimals."""

    method: str  # the service's word; empty where it told none
    currency: str
    paid: str
    refunded: str
    net: str  # paid less refunded


@dataclass(slots=True)
class _Sums:
    paid: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)


class DaySummary:
    """The summary of sales, which are read once, the newest first; its lists are oldest first."""

    def __init__(self, records: Iterable[SaleRecord]) -> None:
        self.sales = 0
        self.outcomes: Counter[str] = Counter()
        self.set_aside: list[Sale] = []
        self.being_refunded: list[Sale] = []
        self.decided: list[SaleRecord] = []  # by a person
        self._sums: dict[tuple[str, str], _Sums] = defaultdict(_Sums)  # by method and currency
        for record in records:
            self._add(record)
        for found in (self.set_aside, self.being_refunded, self.decided):
            found.reverse()

    def takings_by_method(self) -> list[MethodTakings]:
        """Return what was paid and refunded, by payment method and currency."""
        return [_takings(*key, sums) for key, sums in sorted(self._sums.items(), key=itemgetter(0))]

    def takings(self) -> dict[str, str]:
        """Return what was paid and not refunded, by currency, as plain decimals."""
        totals: dict[str, Decimal] = defaultdict(Decimal)
        for each in self.takings_by_method():
            totals[each.currency] += Decimal(each.net)
        return {currency: f"{total:f}" for currency, total in totals.items()}

    def _add(self, record: SaleRecord) -> None:
        self.sales += 1
        self.outcomes[state_of(record)] += 1
        if state_of(record) == SET_ASIDE:
            self.set_aside.append(record.sale)
        if is_being_refunded(record):
            self.being_refunded.append(record.sale)
        if record.note:
            self.decided.append(record)
        known = takings_of(record)
        if known.paid or known.refunded:
            sums = self._sums[record.payment_method or "", record.sale.amount.currency.code]
            sums.paid += known.paid.amount if known.paid else 0
            sums.refunded += known.refunded.amount if known.refunded else 0


def _takings(method: str, currency: str, sums: _Sums) -> MethodTakings:
    amounts = (sums.paid, sums.refunded, sums.paid - sums.refunded)
    paid, refunded, net = (Money(each, CURRENCIES[currency]).plain() for each in amounts)
    return MethodTakings(method, currency, paid, refunded, net)

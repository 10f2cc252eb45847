"""Which counter an order belongs to, learned from what the counters publish. In memory only."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

MOST_SALES = 3  # of one counter, the newest; a notice about an older one is of no interest
MOST_COUNTERS = 100_000

_Key = Annotated[str, Field(max_length=64)]


class PublishedSale(BaseModel):
    """What ``state`` and ``sale`` tell of a sale. Newer kiosks may tell more."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    v: Literal[1]
    reference: _Key | None = None
    order: _Key | None = None
    order_id: _Key | None = None


class KnownSales:
    """The newest sales of each counter. A counter is named SHOP/KIOSK."""

    def __init__(self) -> None:
        # By counter: its references, each with the order.
        self._sales: OrderedDict[str, dict[str, str]] = OrderedDict()
        self._counters: dict[str, str] = {}  # by reference, and by order

    def __len__(self) -> int:
        """Return how many counters have been seen."""
        return len(self._sales)

    def learn(self, counter: str, payload: bytes) -> None:
        """Note the sale of a message in ``state`` or ``sale``. What can't be read is ignored."""
        try:
            told = PublishedSale.model_validate_json(payload)
        except ValidationError:
            return
        sales = self._of(counter)
        if not told.reference:
            return
        order = told.order or told.order_id or sales.get(told.reference, "")
        self._forget(sales, told.reference)
        sales[told.reference] = order
        self._counters |= dict.fromkeys(_keys(told.reference, order), counter)
        if len(sales) > MOST_SALES:
            self._forget(sales, next(iter(sales)))

    def counter_of(self, *keys: str) -> str:
        """Return the counter with a sale of one of these references or orders, or an empty text."""
        return next((self._counters[key] for key in keys if key in self._counters), "")

    def latest(self, counter: str) -> str:
        """Return the reference of a counter's newest sale; empty if there is none."""
        return next(reversed(self._sales.get(counter, {})), "")

    def _of(self, counter: str) -> dict[str, str]:
        if counter not in self._sales and len(self._sales) >= MOST_COUNTERS:
            _, sales = self._sales.popitem(last=False)
            for reference in [*sales]:
                self._forget(sales, reference)
        return self._sales.setdefault(counter, {})

    def _forget(self, sales: dict[str, str], reference: str) -> None:
        for key in _keys(reference, sales.pop(reference, "")):
            self._counters.pop(key, None)


def _keys(reference: str, order: str) -> Iterator[str]:
    yield reference
    if order:
        yield order

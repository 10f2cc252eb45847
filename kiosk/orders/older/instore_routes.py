"""How the older APIs are addressed, and the name that an order has where they give it none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kiosk.base.errors import OrderRefused


@dataclass(frozen=True, slots=True)
class Routes:
    """How one flow of the older APIs is spoken. ``lives``: seconds, where no date is sent."""

    method: str
    create: str
    headers: Mapping[str, str] = field(default_factory=dict)
    lives: float | None = None
    delete: str = ""  # empty: there is no such thing
    held: str = ""  # what tells the order on the point of sale; empty: nothing does


@dataclass(frozen=True, slots=True)
class InstoreOrderId:
    """The id that we give to an order."""

    reference: str
    expires_at: int  # Unix seconds of the service's clock

    def __str__(self) -> str:
        return f"{self.reference}.{self.expires_at}"

    @classmethod
    def of(cls, order_id: str) -> InstoreOrderId:
        """Read an id; OrderRefused for one that another driver gave."""
        reference, dot, second = order_id.rpartition(".")
        if not dot or not second.isascii() or not second.isdigit():
            message = f"{order_id} is no order of this driver; it can't be looked at with it"
            raise OrderRefused(message, code="order_not_found", status=404)
        return cls(reference, int(second))

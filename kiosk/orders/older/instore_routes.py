"""The addresses of the older APIs, and the ids that we give to their orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from kiosk.base.errors import OrderRefused
from kiosk.base.frozen import frozen


@frozen
class Routes:
    """The calls of one model of the older APIs.

    ``valid_for`` is in seconds, for a model that sends no expiry date. ``delete`` and
    ``order_on_pos`` (it returns the order on the point of sale) are empty if there is no such call.
    """

    method: str
    create: str
    headers: Mapping[str, str] = field(default_factory=dict)
    valid_for: float | None = None
    delete: str = ""
    order_on_pos: str = ""


@frozen
class InstoreOrderId:
    """The id that we give to an order, because the service gives none."""

    reference: str
    expires_at: int  # Unix seconds of the service's clock

    def __str__(self) -> str:
        return f"{self.reference}.{self.expires_at}"

    @classmethod
    def of(cls, order_id: str) -> InstoreOrderId:
        """Read an id; raises OrderRefused for the id of another driver."""
        reference, dot, second = order_id.rpartition(".")
        if not dot or not second.isascii() or not second.isdigit():
            message = f"{order_id} is not an order of this driver; use the driver that created it"
            raise OrderRefused(message, code="order_not_found", status=404)
        return cls(reference, int(second))

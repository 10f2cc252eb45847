"""The driver ``dynamic_qr``: the older API of the dynamic model, for accounts that still use it.

Sources: the document of the dynamic model, and the guide for migrating from it to the Orders API.
``kiosk migrate`` moves a configuration to the Orders API.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from kiosk.base.money import Money
from kiosk.orders.older.instore_routes import Routes
from kiosk.orders.older.instore_settings import Body, InstoreSettings
from kiosk.sale.words import Item as Sold


class DynamicQrSettings(InstoreSettings):
    """An account that still uses the API of the dynamic model, before the Orders API."""

    driver: Literal["dynamic_qr"] = "dynamic_qr"
    mode: Literal["dynamic", "hybrid"] = Field(
        "dynamic",
        description=(
            "Which QR the payer scans: dynamic: the one on the panel; hybrid: that one, or the "
            "printed code of the point of sale. A dynamic order can't be canceled, so a new "
            "amount waits until the order before it has expired: write a short sale.expires_after."
        ),
    )

    @property
    def printed_code(self) -> bool:
        """Whether the printed code of the point of sale can pay an order: not in dynamic mode."""
        return self.mode != "dynamic"

    def routes(self, expires_after: float) -> Routes:  # noqa: ARG002 - it is in the body
        """Return the POST for a QR of its own, or the PUT for the point of sale's QR too."""
        of_account = f"seller/collectors/{self.user_id}/pos/{self.external_pos_id}"
        orders = f"/instore/orders/qr/{of_account}/qrs"
        if self.mode == "dynamic":
            return Routes("POST", orders, self.headers)
        order_on_pos = f"/instore/qr/{of_account}/orders"
        return Routes("PUT", orders, self.headers, delete=orders, order_on_pos=order_on_pos)

    def body(
        self, reference: str, amount: Money, expires_at: float, scanned: tuple[Sold, ...] = ()
    ) -> Body:
        """Return the request's fields."""
        return self.full_body(reference, amount, expires_at, scanned)

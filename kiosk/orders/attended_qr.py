"""The driver ``attended_qr``: the older APIs of the attended model, with a printed QR only.

Sources: the document of the attended model (``/mpmobile``), and the reference of its second
version (``/instore``). For accounts that still use them; ``kiosk migrate`` moves a configuration to
the Orders API.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from kiosk.base.errors import ConfigError
from kiosk.base.language import _
from kiosk.base.money import Money
from kiosk.orders.older.instore_routes import Routes
from kiosk.orders.older.instore_settings import Body, InstoreItemSettings, InstoreSettings
from kiosk.sale.words import Item as Sold


class AttendedQrSettings(InstoreSettings):
    """An account that still uses the APIs of the attended model, before the Orders API."""

    driver: Literal["attended_qr"] = "attended_qr"
    external_store_id: str | None = Field(
        None,
        pattern="^[A-Za-z0-9_-]{1,60}$",
        description=(
            "The external id of the store of the point of sale. With it the kiosk uses the second "
            "version of the API, which can tell which order is on the point of sale."
        ),
    )

    @property
    def needs_qr(self) -> bool:
        """False: the payer scans the printed code."""
        return False

    def routes(self, expires_after: float) -> Routes:
        """Return the POST of the first version, or the PUT of the second."""
        if self.external_store_id is None:
            path = f"/mpmobile/instore/qr/{self.user_id}/{self.external_pos_id}"
            headers = {**self.headers, "X-Ttl-Store-Preference": f"{int(expires_after)}"}
            return Routes("POST", path, headers, valid_for=expires_after, delete=path)
        collector = f"/instore/qr/seller/collectors/{self.user_id}"
        of_pos = f"pos/{self.external_pos_id}/orders"
        put = f"{collector}/stores/{self.external_store_id}/{of_pos}"
        order_on_pos = f"{collector}/{of_pos}"
        return Routes("PUT", put, self.headers, delete=order_on_pos, order_on_pos=order_on_pos)

    def body(
        self, reference: str, amount: Money, expires_at: float, scanned: tuple[Sold, ...] = ()
    ) -> Body:
        """Return the request's fields."""
        if self.external_store_id is not None:
            return self.full_body(reference, amount, expires_at, scanned)
        if self.cash_out is not None:
            raise ConfigError(
                _(
                    "orders.cash_out: the first version of this API can't hand out cash; remove "
                    "cash_out, or write external_store_id"
                )
            )
        fields: dict[str, Any] = {
            "external_reference": reference,
            "notification_url": self.notification_url,
            "items": [_item(*priced, amount) for priced in self.lines(amount, scanned)],
            "sponsor_id": int(self.sponsor_id) if self.sponsor_id else None,
        }
        return {name: value for name, value in fields.items() if value is not None}


def _item(item: InstoreItemSettings, price: Decimal, amount: Money) -> Body:
    fields = {
        "title": item.title,
        "currency_id": amount.currency.code,
        "unit_price": price,
        "quantity": item.quantity,
        "description": item.description,
        "picture_url": item.picture_url,
    }
    return {name: value for name, value in fields.items() if value is not None}

"""The common part of the two older drivers: their settings and the fields of an order.

Sources: the older APIs' documents, and the guide for migrating, whose tables name each field and
its successor. Amounts are JSON numbers here, made from Decimals.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from kiosk.base.environment import Environment
from kiosk.base.money import CURRENCIES, Money
from kiosk.base.settings import PlainDecimal, Settings
from kiosk.orders import Orders
from kiosk.orders.account.account_settings import AccountSettings
from kiosk.orders.http.exact_json import dumps
from kiosk.orders.http.service_clock import ServiceClock, write_date
from kiosk.orders.older.instore_client import SHOWS_WITHIN, InstoreOrders
from kiosk.orders.older.instore_routes import Routes
from kiosk.orders.request import receipt_items
from kiosk.orders.request.extras import (
    Category,
    OneWithoutPrice,
    exact_money,
    priced_items,
    sample_amount,
    without_cash,
)
from kiosk.sale.words import Item as Sold
from kiosk.sale.words import Sale

Body = dict[str, Any]


class InstoreItemSettings(Settings):
    """A line of the receipt in the payer's app."""

    title: str = Field(min_length=1, max_length=150, description="What the payer reads.")
    description: str | None = Field(None, min_length=1, description="A longer text about the item.")
    unit_price: PlainDecimal | None = Field(
        None, gt=0, description="The price of one. Leave it out for the rest of the amount."
    )
    quantity: PlainDecimal = Field(Decimal(1), gt=0, description="How many, or how much.")
    unit_measure: str = Field(
        "unit", min_length=1, max_length=10, description="The unit: unit or kg."
    )
    sku_number: str | None = Field(None, min_length=1, description="The shop's code of the item.")
    category: str | None = Field(None, min_length=1, description="The item's category.")
    picture_url: str | None = Field(
        None,
        pattern="^https?://",
        description="A picture of the item, for the attended model's app.",
    )
    external_categories: tuple[Category, ...] | None = Field(
        None, min_length=1, max_length=10, description="The shop's categories, for discounts."
    )


class TaxSettings(Settings):
    """A tax that is part of the amount; required in Colombia."""

    type: str = Field(min_length=1, description="The tax's name, such as IVA.")
    value: PlainDecimal | None = Field(None, description="The tax as an amount.")
    percentage: PlainDecimal | None = Field(None, description="The tax in percent.")


class InstoreSettings(AccountSettings):
    """The settings of the older drivers besides the account."""

    user_id: str = Field(
        pattern="^[0-9]{1,20}$",
        description="The number of the account that gets the money: its USER_ID (collector id).",
        examples=["446566691"],
    )
    title: str = Field(
        "Compra", min_length=1, max_length=150, description="The title of the purchase."
    )
    description: str = Field(
        "Compra",
        min_length=1,
        max_length=150,
        description="What the payer reads as the reason of the payment; no personal data.",
    )
    notification_url: str | None = Field(
        None,
        pattern="^https?://",
        description="Where the service sends its notifications of this counter's orders.",
    )
    items: Annotated[tuple[InstoreItemSettings, ...] | None, OneWithoutPrice] = Field(
        None,
        min_length=1,
        description=(
            "The lines of the payer's receipt. Exactly one has no unit_price: its price is the "
            "rest of the amount. Without items there is one line with the title."
        ),
    )
    cash_out: PlainDecimal | None = Field(
        None,
        gt=0,
        description="Cash that the cashier hands out with each sale; it is part of the amount.",
    )
    taxes: tuple[TaxSettings, ...] | None = Field(
        None,
        min_length=1,
        description="The taxes in the amount.",
    )
    marketplace: str | None = Field(None, min_length=1, description="The marketplace's name.")
    marketplace_fee: PlainDecimal | None = Field(
        None, gt=0, description="What the marketplace keeps of each sale."
    )
    internal_metadata: Mapping[str, str] | None = Field(
        None, description="Data that the service keeps with the order."
    )
    customization: Mapping[str, str] | None = Field(
        None, description="How the payer's app shows the order."
    )

    @property
    def end_known_after(self) -> float:
        """The seconds after which a search finds a payment of the order's last second."""
        return SHOWS_WITHIN

    @abstractmethod
    def routes(self, expires_after: float) -> Routes:
        """Return the calls of the chosen model."""

    @abstractmethod
    def body(
        self, reference: str, amount: Money, expires_at: float, scanned: tuple[Sold, ...] = ()
    ) -> Body:
        """Return the request's fields; ``expires_at`` in the service's Unix seconds."""

    def validate_sample(self, *, expires_after: float, currency: str) -> None:
        """Build a sample request, to find faults before the first sale; raises ConfigError."""
        dumps(self.body("sample", sample_amount(currency), expires_after))

    def open(self, *, expires_after: float, currency: str, environment: Environment) -> Orders:
        """Make the client, without a connection. Raises ConfigError: no token, or a bad setting."""
        self.validate_sample(expires_after=expires_after, currency=currency)

        def build(sale: Sale, now: float) -> bytes:
            body = self.body(sale.reference, sale.amount, now + expires_after, sale.items)
            return dumps(body).encode()

        return InstoreOrders(
            self,
            self.routes(expires_after),
            build,
            self.exchange(environment),
            CURRENCIES[currency],
            ServiceClock(environment.wall_clock),
            self.cash_out,
        )

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers with the ids of the integration."""
        named = {"X-platform-id": self.platform_id, "X-integrator-id": self.integrator_id}
        return {name: value for name, value in named.items() if value}

    def full_body(
        self, reference: str, amount: Money, expires_at: float, scanned: tuple[Sold, ...]
    ) -> Body:
        """Return the fields of the dynamic model and of the second version of the attended one."""
        bought = without_cash(amount, self.cash_out)
        cash = amount.amount - bought.amount
        fee = self.marketplace_fee
        return _set(
            external_reference=reference,
            title=self.title,
            description=self.description,
            notification_url=self.notification_url,
            expiration_date=write_date(expires_at),
            total_amount=amount.amount,
            items=[self._item(*priced, bought) for priced in self.lines(bought, scanned)],
            sponsor={"id": int(self.sponsor_id)} if self.sponsor_id else None,
            cash_out={"amount": cash} if cash else None,
            taxes=[_set(**tax.model_dump()) for tax in self.taxes or ()] or None,
            marketplace=self.marketplace,
            marketplace_fee=exact_money("marketplace_fee", fee, amount.currency).amount
            if fee
            else None,
            internal_metadata=self.internal_metadata,
            customization=self.customization,
        )

    def lines(
        self, amount: Money, scanned: tuple[Sold, ...]
    ) -> list[tuple[InstoreItemSettings, Decimal]]:
        """Return the receipt's lines with prices: the scanned items if they cost the amount."""
        if scanned and receipt_items.total(scanned) == amount.amount:
            return [_line(item) for item in receipt_items.lines(scanned, self.title)]
        items = self.items or (InstoreItemSettings(title=self.title),)
        found = priced_items(items, amount)
        return [
            (item, exact_money("items", price, amount.currency).amount) for item, price in found
        ]

    def _item(self, item: InstoreItemSettings, price: Decimal, amount: Money) -> Body:
        categories = item.external_categories or ()
        return _set(
            sku_number=item.sku_number,
            category=item.category,
            title=item.title,
            description=item.description,
            unit_price=price,
            quantity=item.quantity,
            unit_measure=item.unit_measure,
            total_amount=exact_money("items", price * item.quantity, amount.currency).amount,
            currency_id=amount.currency.code,
            external_categories=[{"id": category} for category in categories] or None,
        )


def _line(item: Sold) -> tuple[InstoreItemSettings, Decimal]:
    line = InstoreItemSettings(
        title=item.title,
        quantity=Decimal(item.quantity),
        sku_number=item.code or None,
        category=item.category or None,
    )
    return line, item.price.amount


def _set(**fields: Any) -> Body:
    """Return the fields that are set."""
    return {name: value for name, value in fields.items() if value is not None}

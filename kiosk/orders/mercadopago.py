"""The driver ``mercadopago``: Mercado Pago's Orders API for QR codes.

Sources: the create-order reference of the Orders API, and the guide for migrating to it (how orders
are read, canceled and refunded).
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from kiosk.base.durations import format_iso_duration
from kiosk.base.environment import Environment
from kiosk.base.errors import ConfigError
from kiosk.base.language import _
from kiosk.base.money import CURRENCIES, Currency, Money
from kiosk.base.settings import PlainDecimal
from kiosk.orders import Orders
from kiosk.orders.account.account_settings import AccountSettings
from kiosk.orders.http.orders_api import OrdersApi
from kiosk.orders.request import receipt_items
from kiosk.orders.request.extras import (
    DiscountSettings,
    ItemSettings,
    OneWithoutPrice,
    exact_money,
    priced_items,
    sample_amount,
    without_cash,
)
from kiosk.orders.request.order_request import (
    STATIC_LONGEST,
    CashOut,
    Category,
    Discounts,
    IntegrationData,
    OrderConfig,
    OrderRequest,
    PaymentMethodDiscount,
    QrConfig,
    RequestedItem,
    RequestedPayment,
    Sponsor,
    Transactions,
)
from kiosk.sale.words import Item as Sold
from kiosk.sale.words import Sale


class MercadoPagoSettings(AccountSettings):
    """An account with its point of sale in the Orders API."""

    driver: Literal["mercadopago"] = "mercadopago"
    mode: Literal["dynamic", "static", "hybrid"] = Field(
        "dynamic",
        description=(
            "Which QR the payer scans: dynamic: the one on the panel; static: the printed code of "
            "the point of sale; hybrid: either of them."
        ),
    )
    description: str = Field(
        "Compra",
        min_length=1,
        max_length=150,
        description="What the payer reads as the reason of the payment; no personal data.",
    )
    items: Annotated[tuple[ItemSettings, ...] | None, OneWithoutPrice] = Field(
        None,
        min_length=1,
        max_length=10,
        description=(
            "The lines of the payer's receipt, 10 at most. Exactly one has no unit_price: its "
            "price is the rest of the amount."
        ),
    )
    discounts: tuple[DiscountSettings, ...] | None = Field(
        None,
        min_length=1,
        max_length=4,
        description=(
            "Discounts by payment method, 4 at most. Not together with external_categories."
        ),
    )
    marketplace_fee: PlainDecimal | None = Field(
        None,
        gt=0,
        description="What the marketplace keeps of each sale. Only with a token from OAuth.",
    )
    cash_out: PlainDecimal | None = Field(
        None,
        gt=0,
        description=(
            "Cash that the cashier hands out with each sale; it is part of the amount. It needs "
            "items, and Mercado Pago must allow it. A sale of a smaller amount has none."
        ),
    )

    @property
    def needs_qr(self) -> bool:
        """Whether the payer scans the panel: in every mode except static."""
        return self.mode != "static"

    @property
    def printed_code(self) -> bool:
        """Whether the printed code of the point of sale can pay an order: not in dynamic mode."""
        return self.mode != "dynamic"

    @model_validator(mode="after")
    def _one_kind_of_discount(self) -> Self:
        if self.discounts and any(item.external_categories for item in self.items or ()):
            raise ValueError(
                _("discounts and external_categories can't be used together; remove one of them")
            )
        return self

    @model_validator(mode="after")
    def _cash_needs_items(self) -> Self:
        if self.cash_out and not self.items:
            raise ValueError(_("cash_out needs items; add at least one with a title"))
        return self

    def build(
        self, reference: str, amount: Money, expires_after: float, scanned: tuple[Sold, ...] = ()
    ) -> OrderRequest:
        """Return the request for a sale; the ``scanned`` items are the lines of the receipt."""
        return OrderRequest(
            total_amount=amount.plain(),
            description=self.description,
            external_reference=reference,
            expiration_time=format_iso_duration(expires_after),
            marketplace_fee=self._fee(amount.currency),
            integration_data=self._integration(),
            config=OrderConfig(qr=QrConfig(external_pos_id=self.external_pos_id, mode=self.mode)),
            transactions=self._transactions(amount),
            items=self._lines(without_cash(amount, self.cash_out), scanned),
            discounts=self._discounts(amount),
        )

    def validate_sample(self, *, expires_after: float, currency: str) -> None:
        """Build a sample request, to find faults before the first sale; raises ConfigError."""
        if self.mode != "dynamic" and expires_after > STATIC_LONGEST:
            # The service would take the order off the printed code before the panel shows its end.
            raise ConfigError(
                _(
                    "sale.expires_after: an order stays on a printed code for 10 min at most; "
                    "write 10 min or less, or orders.mode: dynamic"
                )
            )
        try:
            self.build("sample", sample_amount(currency), expires_after)
        except ValidationError as error:
            faults = (
                f"orders: {'.'.join(map(str, it['loc']))}: {it['msg']}" for it in error.errors()
            )
            raise ConfigError(*faults) from None

    def open(self, *, expires_after: float, currency: str, environment: Environment) -> Orders:
        """Make the client, without a connection. Raises ConfigError: no token, or a bad setting."""
        self.validate_sample(expires_after=expires_after, currency=currency)

        def build(sale: Sale) -> bytes:
            request = self.build(sale.reference, sale.amount, expires_after, sale.items)
            return request.to_bytes()

        return OrdersApi(self, build, self.exchange(environment), CURRENCIES[currency])

    def _integration(self) -> IntegrationData | None:
        if not (self.platform_id or self.integrator_id or self.sponsor_id):
            return None
        return IntegrationData(
            platform_id=self.platform_id,
            integrator_id=self.integrator_id,
            sponsor=Sponsor(id=self.sponsor_id) if self.sponsor_id else None,
        )

    def _fee(self, currency: Currency) -> str | None:
        if self.marketplace_fee is None:
            return None
        return exact_money("marketplace_fee", self.marketplace_fee, currency).plain()

    def _transactions(self, amount: Money) -> Transactions:
        """Return the payment, and the cash to hand out if there is any."""
        payment = without_cash(amount, self.cash_out)
        cash = Money(amount.amount - payment.amount, amount.currency)
        return Transactions(
            payments=(RequestedPayment(amount=payment.plain()),),
            cash_outs=(CashOut(amount=cash.plain()),) if cash.amount else None,
        )

    def _lines(self, amount: Money, scanned: tuple[Sold, ...]) -> tuple[RequestedItem, ...] | None:
        if scanned and receipt_items.total(scanned) == amount.amount:
            return tuple(map(self._line, receipt_items.lines(scanned, self.description)))
        if not self.items:
            return None
        return tuple(
            RequestedItem(
                title=item.title,
                unit_price=exact_money("items", price, amount.currency).plain(),
                quantity=item.quantity,
                unit_measure=item.unit_measure,
                external_code=item.external_code,
                external_categories=_categories(item),
            )
            for item, price in priced_items(self.items, amount)
        )

    def _line(self, item: Sold) -> RequestedItem:
        # The service accepts no categories together with discounts.
        category = None if self.discounts else item.category[:100]
        return RequestedItem(
            title=item.title,
            unit_price=item.price.plain(),
            quantity=item.quantity,
            unit_measure="unit",
            external_code=item.code or None,
            external_categories=(Category(id=category),) if category else None,
        )

    def _discounts(self, amount: Money) -> Discounts | None:
        totals = [(each.type, each.new_total(amount)) for each in self.discounts or ()]
        methods = tuple(
            PaymentMethodDiscount(type=kind, new_total_amount=total.plain())
            for kind, total in totals
            if total.amount
        )
        return Discounts(payment_methods=methods) if methods else None


def _categories(item: ItemSettings) -> tuple[Category, ...] | None:
    if item.external_categories is None:
        return None
    return tuple(Category(id=category) for category in item.external_categories)

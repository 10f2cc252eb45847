"""What a create request has besides the amount: items and discounts from the configuration. Pure.

A sale has one amount, so the configuration states items and discounts relative to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Annotated, Literal, Protocol, TypeVar

from pydantic import AfterValidator, Field, StringConstraints

from kiosk.base.errors import ConfigError
from kiosk.base.language import _
from kiosk.base.money import CURRENCIES, Currency, Money
from kiosk.base.settings import PlainDecimal, Settings, Whole

Category = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class ItemSettings(Settings):
    """A line of the receipt in the payer's app."""

    title: str = Field(
        min_length=1,
        max_length=150,
        description="What the payer reads on this line; 150 characters at most.",
        examples=["Compra"],
    )
    unit_price: PlainDecimal | None = Field(
        None, gt=0, description="The price of one. Leave it out for the rest of the amount."
    )
    quantity: Whole = Field(1, ge=1, le=99_999, description="How many.")
    unit_measure: str = Field(
        "unit", min_length=1, max_length=10, description="The unit: unit or kg; lower case."
    )
    external_code: str | None = Field(
        None,
        min_length=1,
        max_length=30,
        description="The shop's code of the item, such as an EAN.",
    )
    external_categories: tuple[Category, ...] | None = Field(
        None,
        min_length=1,
        max_length=10,
        description="The shop's categories of the item, for discounts by category; 10 at most.",
    )


class DiscountSettings(Settings):
    """A discount for one payment method of the Mercado Pago wallet."""

    type: Literal["debit_card", "credit_card", "account_money", "prepaid_card"] = Field(
        description="The method: debit_card, credit_card, account_money or prepaid_card."
    )
    percent_off: PlainDecimal = Field(
        gt=0, lt=100, description="The discount in percent of the amount."
    )

    def new_total(self, amount: Money) -> Money:
        """Return the price with the discount, rounded down to the currency's decimals."""
        currency = amount.currency
        least = Decimal(1).scaleb(-currency.minor_units)
        price = amount.amount * (100 - self.percent_off) / 100
        return Money(price // least * least, currency)


class Priced(Protocol):
    """A line of any receipt."""

    @property
    def unit_price(self) -> Decimal | None: ...  # noqa: D102 - the fields of ItemSettings
    @property
    def quantity(self) -> Decimal | int: ...  # noqa: D102


P = TypeVar("P", bound=Priced)


def _one_without_price(items: Sequence[P] | None) -> Sequence[P] | None:
    without_price = [item for item in items or () if item.unit_price is None]
    if items and (len(without_price) != 1 or without_price[0].quantity != 1):
        raise ValueError(
            _(
                "one item must have the rest of the amount; leave out unit_price and quantity of "
                "exactly one item"
            )
        )
    return items


OneWithoutPrice = AfterValidator(_one_without_price)


def priced_items(items: Sequence[P], amount: Money) -> Iterator[tuple[P, Decimal]]:
    """Yield each item with the price of one; together they cost the amount.

    A sale that is too small for the fixed prices has only the item without a price: a sale must not
    fail because of its receipt.
    """
    fixed = sum(((item.unit_price or 0) * item.quantity for item in items), Decimal(0))
    fits = fixed < amount.amount
    for item in items:
        if item.unit_price is None:
            yield item, amount.amount - fixed if fits else amount.amount
        elif fits:
            yield item, item.unit_price


def exact_money(key: str, value: Decimal, currency: Currency) -> Money:
    """Return a setting as money; raises ConfigError if it has too many decimals."""
    if value != round(value, currency.minor_units):
        raise ConfigError(
            _(
                "orders.{key}: {value} has more decimals than {currency} allows; write "
                "{minor_units} decimals at most",
                key=key,
                value=value,
                currency=currency,
                minor_units=currency.minor_units,
            )
        )
    return Money(value, currency)


def without_cash(amount: Money, cash_out: Decimal | None) -> Money:
    """Return the amount without the cash to hand out; a sale of a smaller amount has no cash."""
    if cash_out is None or cash_out >= amount.amount:
        return amount
    cash = exact_money("cash_out", cash_out, amount.currency)
    return Money(amount.amount - cash.amount, amount.currency)


def sample_amount(currency: str) -> Money:
    """Return an amount that is large enough for every optional part."""
    return Money(Decimal(10) ** 9, CURRENCIES[currency])

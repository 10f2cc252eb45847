"""What a create request may say beyond the amount: items and discounts, as a technician sets them.

A sale brings one number, so items and discounts are written relative to it. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Annotated, Literal, Protocol, TypeVar

from pydantic import AfterValidator, Field, StringConstraints

from kiosk.base.errors import ConfigError
from kiosk.base.money import CURRENCIES, Currency, Money
from kiosk.base.settings import PlainDecimal, Settings, Whole

Category = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class ItemSettings(Settings):
    """A line of the receipt in the payer's app."""

    title: str = Field(
        min_length=1,
        max_length=150,
        description="What the payer reads on this line, 150 characters.",
        examples=["Compra"],
    )
    unit_price: PlainDecimal | None = Field(
        None, gt=0, description="The price of one; left out: what the others leave of the amount."
    )
    quantity: Whole = Field(1, ge=1, le=99_999, description="How many.")
    unit_measure: str = Field(
        "unit", min_length=1, max_length=10, description="What is counted: unit, kg; lower case."
    )
    external_code: str | None = Field(
        None, min_length=1, max_length=30, description="The shop's own code for it, as an EAN."
    )
    external_categories: tuple[Category, ...] | None = Field(
        None,
        min_length=1,
        max_length=10,
        description="The shop's categories of it, for discounts by category; 10 at the most.",
    )


class DiscountSettings(Settings):
    """A discount for those who pay in one way, from their Mercado Pago wallet."""

    type: Literal["debit_card", "credit_card", "account_money", "prepaid_card"] = Field(
        description="Who gets it: debit_card, credit_card, account_money or prepaid_card."
    )
    percent_off: PlainDecimal = Field(
        gt=0, lt=100, description="How much less they pay, in percent of the amount."
    )

    def new_total(self, amount: Money) -> Money:
        """Return what the sale costs with it, rounded down to what the currency has."""
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


def _one_open(items: Sequence[P] | None) -> Sequence[P] | None:
    open_ones = [item for item in items or () if item.unit_price is None]
    if items and (len(open_ones) != 1 or open_ones[0].quantity != 1):
        raise ValueError(
            "one item must take what the others leave of the amount; "
            "leave unit_price and quantity out of exactly one"
        )
    return items


OneOpen = AfterValidator(_one_open)


def prices(items: Sequence[P], amount: Money) -> Iterator[tuple[P, Decimal]]:
    """Yield each item with the price of one; together they make the amount.

    A sale too small for the fixed prices has the open item alone: no sale fails on a receipt.
    """
    fixed = sum(((item.unit_price or 0) * item.quantity for item in items), Decimal(0))
    fits = fixed < amount.amount
    for item in items:
        if item.unit_price is None:
            yield item, amount.amount - fixed if fits else amount.amount
        elif fits:
            yield item, item.unit_price


def exact(key: str, value: Decimal, currency: Currency) -> Money:
    """Return a setting as money; raises ConfigError if it has too many decimals."""
    if value != round(value, currency.minor_units):
        raise ConfigError(
            f"orders.{key}: {value} has more decimals than {currency} allows; "
            f"write {currency.minor_units} decimals at most"
        )
    return Money(value, currency)


def without_cash(amount: Money, cash_out: Decimal | None) -> Money:
    """Return the part of the amount that is not handed out in notes; a small sale has none such."""
    if cash_out is None or cash_out >= amount.amount:
        return amount
    cash = exact("cash_out", cash_out, amount.currency)
    return Money(amount.amount - cash.amount, amount.currency)


def sample_amount(currency: str) -> Money:
    """Return an amount so large that nothing optional is left out."""
    return Money(Decimal(10) ** 9, CURRENCIES[currency])

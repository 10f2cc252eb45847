"""``kiosk orders refund``: the journal knows of it, whatever is killed meanwhile."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path

import typer

from kiosk.base.errors import CallError, OrderRefused
from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.base.localized_text import english
from kiosk.base.money import CURRENCIES, Currency, Money
from kiosk.cli.common import fail, load_or_exit
from kiosk.cli.daemon_commands import carry_out
from kiosk.cli.order_changes import find_sale, order_id_of, print_result
from kiosk.cli.sale_records import (
    Takings,
    ask_service,
    order_in_words,
    read_journal,
    takings_of,
)
from kiosk.config import Config
from kiosk.journal import SaleRecord
from kiosk.orders import Orders, refund_key
from kiosk.orders.answers.json_values import sum_of
from kiosk.sale.events import OrderSeen
from kiosk.sale.words import Outcome
from kiosk.shell.commands import LONGEST_TEXT, NoteRefund

_REFUSED = "refused"


@frozen
class AskedRefund:
    """A refund that a person asks for. ``part`` is None for all that is left.

    Each partial refund has its own key: repeating it is safe, and a second one is possible.
    """

    order_id: str
    part: Money | None
    number: int  # 2 for a second refund of the same part

    @property
    def key(self) -> str:
        """The idempotency key."""
        part = f"/{self.part.plain()}/{self.number}" if self.part else ""
        return refund_key(f"{self.order_id}{part}")

    def __str__(self) -> str:
        """Return what the journal keeps: ``orders refund of 12.50 ARS, number 1``."""
        return (
            f"orders refund of {self.part}, number {self.number}"
            if self.part
            else ("orders refund of all")
        )


def refund(word: str, amount: str | None, number: int, config: Path) -> None:
    """Perform ``kiosk orders refund``."""
    settings = load_or_exit(config)
    part = None if amount is None else _part(amount, CURRENCIES[settings.kiosk.currency])
    record = find_sale(settings, word)
    asked = AskedRefund(order_id_of(record, word), part, number)
    before = ask_service(settings, lambda orders: orders.fetch(asked.order_id))
    if part and not (record and _is_in_journal(settings, record, asked)):
        for known in (_at_service(before), _known(record)):
            _check_part(part, known)
    note = partial(_write_down, settings, record, asked)
    note("asked for", underway=True)  # so that the kiosk looks, even if this command is killed
    seen = ask_service(settings, lambda orders: _refunded(orders, asked))
    if isinstance(seen, OrderRefused):
        note(f"{_REFUSED}: {seen}")
        fail(seen)
    if isinstance(seen, CallError):
        fail(
            _("{error}; to find out, run the command again: nothing is refunded twice", error=seen)
        )
    print_result(seen)
    all_of_it = seen.paid_amount or before.paid_amount or before.total
    refunded = all_of_it if seen.status == "refunded" else seen.refunded
    said = order_in_words(seen, english)  # the journal speaks English
    note(f"the service said: {said}", refunded, underway=seen.refund_underway)
    done = {seen.status, seen.status_detail} & {
        "refunded",
        "partially_refunded" if part else "refunded",
    }
    is_enough = part and refunded and refunded.amount >= part.amount
    raise typer.Exit(0 if done or is_enough or seen.refund_underway else 1)


async def _refunded(orders: Orders, asked: AskedRefund) -> OrderSeen | CallError:
    """Refund, and return the order with the sum of all its refunds so far."""
    try:
        seen = await orders.refund(asked.order_id, asked.key, asked.part)
    except OrderRefused as refused:
        return refused if asked.part else await _refunded_before(orders, asked, refused)
    except CallError as error:
        return error
    if asked.part is None and not seen.refund_underway:
        return seen
    with suppress(CallError):  # the answer may tell this refund only, and never as finished
        after = await orders.fetch(asked.order_id)
        if seen.refund_underway and _is_finished(after):
            return after
        return replace(seen, refunded=_larger(seen.refunded, after.refunded))
    return seen


async def _refunded_before(
    orders: Orders, asked: AskedRefund, refused: OrderRefused
) -> OrderSeen | CallError:
    """Return the order if all of it was refunded before, else the refusal."""
    try:
        seen = await orders.fetch(asked.order_id)
    except CallError:
        return refused
    known = seen.status == "refunded" or refused.code == "order_already_refunded"
    return seen if known else refused


def _is_finished(seen: OrderSeen) -> bool:
    """Whether the service has given money back, and has no refund under way."""
    return seen.status == "refunded" or bool(seen.refunded and not seen.refund_underway)


def _larger(one: Money | None, other: Money | None) -> Money | None:
    return max((it for it in (one, other) if it), key=lambda it: it.amount, default=None)


def _write_down(
    settings: Config,
    record: SaleRecord | None,
    asked: AskedRefund,
    what: str,
    refunded: Money | None = None,
    *,
    underway: bool = False,
) -> None:
    """Write to the sale's row what was refunded so far, or that it is under way."""
    if record is None:
        return  # the order is not of this counter
    amount = record.sale.amount
    known = refunded if refunded and refunded.currency == amount.currency else None
    fields = {
        "reference": record.sale.reference,
        "order_id": asked.order_id,
        "amount": amount.plain(),
        "currency": amount.currency.code,
        "refunded": known.plain() if known else None,
        "underway": underway,
        "evidence": f"{asked}; {what}"[:LONGEST_TEXT],
    }
    if refused := carry_out(settings, NoteRefund.model_validate(fields)):
        fail(refused)


def _is_in_journal(settings: Config, record: SaleRecord, asked: AskedRefund) -> bool:
    """Whether this very refund was asked for before, and was not refused."""
    reference = record.sale.reference
    events = read_journal(settings.journal.path, lambda journal: journal.events(reference))
    of_it = [detail for _, _, detail in events if detail.startswith(f"{asked};")]
    return bool(of_it) and not of_it[-1].startswith(f"{asked}; {_REFUSED}")


def _part(text: str, currency: Currency) -> Money:
    """Return the amount to refund, or exit with 2 if it is not one."""
    example = "12.50" if currency.minor_units else "1250"
    if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]+)?", text, re.ASCII):
        fail(
            _(
                "--amount: {text!r} is not a valid amount; write it like {example}",
                text=text[:40],
                example=example,
            ),
            code=2,
        )
    amount = Decimal(text)
    if amount != round(amount, currency.minor_units):
        fail(
            _(
                "--amount: {text} has too many decimals for {currency}; write it like {example}",
                text=text[:40],
                currency=currency,
                example=example,
            ),
            code=2,
        )
    if amount <= 0:
        fail(
            _("--amount: {text} can't be refunded; write an amount above 0", text=text[:40]), code=2
        )
    return Money(amount, currency)


def _at_service(seen: OrderSeen) -> Takings:
    """Return what was paid, and what was refunded or is going back."""
    back = [each for each in (seen.refunded, seen.going_back) if each]
    return Takings(seen.paid_amount or seen.total, sum_of(back))


def _check_part(part: Money, known: Takings) -> None:
    """Exit with 2 if no refund of this order can be this high. Where nothing is known, it may."""
    paid, left = known.paid, known.net
    if paid is None or left is None:
        return
    if part.currency != paid.currency:
        fail(
            _(
                "--amount is in {currency}, but the order is in {other}",
                currency=part.currency,
                other=paid.currency,
            ),
            code=2,
        )
    if part.amount > paid.amount:
        fail(
            _(
                "--amount: {part} is more than was paid; write {most} or less",
                part=part,
                most=paid.plain(),
            ),
            code=2,
        )
    if part.amount > left.amount:
        fail(
            _(
                "--amount: {part} is more than is left of {paid}, because {refunded} was "
                "refunded or is going back; write {most} or less",
                part=part,
                paid=paid,
                refunded=known.refunded,
                most=left.plain(),
            ),
            code=2,
        )


def _known(record: SaleRecord | None) -> Takings:
    """Return what the journal knows. A sale that ended otherwise may have been paid since."""
    is_paid = record and record.outcome in (Outcome.PAID, Outcome.REFUNDED)
    return takings_of(record) if record and is_paid else Takings(None, None)

"""``kiosk orders settle``: a person decides how a sale ended that the service does not end."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import typer

from kiosk.base.environment import Environment
from kiosk.base.errors import CallError, OrderRefused
from kiosk.base.language import _
from kiosk.base.localized_text import english
from kiosk.cli.common import fail, load_or_exit
from kiosk.cli.daemon_commands import carry_out
from kiosk.cli.sale_records import ask_service, order_in_words, read_journal
from kiosk.config import Config
from kiosk.journal import Intent, SaleRecord, UnreadableSale
from kiosk.orders import Orders
from kiosk.orders.answers.failures import as_event
from kiosk.orders.answers.json_values import clean
from kiosk.sale.events import Failure, OrderSeen
from kiosk.sale.verdict import FINAL, judge
from kiosk.sale.words import Decision, Outcome
from kiosk.shell.commands import LONGEST_NOTE, LONGEST_TEXT, DecideSale

Row = SaleRecord | UnreadableSale

# The service was not asked, or did not answer: it may say everything about the order.
_UNHEARD = {Failure.NOT_SENT, Failure.UNKNOWN}


def settle(reference: str, outcome: Decision, note: str, config: Path) -> None:
    """Perform ``kiosk orders settle``."""
    reference, note = clean(reference), _cleaned(note)
    settings = load_or_exit(config)
    row = read_journal(settings.journal.path, lambda journal: journal.row(reference))
    row = _undecided(row, reference, outcome, settings.journal.path)
    said, ended = _ask_about(settings, row, Outcome(outcome))
    if not ended:
        _check_age(settings, row, reference)
    decision = DecideSale.model_validate(
        {"reference": reference, "outcome": outcome, "note": note, "said": said[:LONGEST_TEXT]}
    )
    if refused := carry_out(settings, decision):
        fail(refused)
    typer.echo(
        _(
            "{reference}: {outcome}, as you decided; the service said: {said}",
            reference=reference,
            outcome=outcome,
            said=said or _("nothing"),
        )
    )


def _cleaned(note: str) -> str:
    """Return the note as one line, or exit with 2."""
    line = " ".join(note.split())
    if not line:
        fail(_("--note: it is empty; write who decided this, and why"), code=2)
    if len(line) > LONGEST_NOTE:
        fail(
            _(
                "--note: it has {number} characters; write {most} or fewer",
                number=len(line),
                most=LONGEST_NOTE,
            ),
            code=2,
        )
    if not line.isprintable():
        fail(_("--note: it has control characters; write it as plain text"), code=2)
    return line


def _undecided(row: Row | None, reference: str, outcome: str, journal: Path) -> Row:
    """Return the row, or exit with 1 if there is none to decide."""
    shown = clean(reference, 64)
    if row is None:
        fail(
            _(
                "{reference}: no sale in {journal} has this reference; kiosk status and kiosk "
                "orders list name the references",
                reference=shown,
                journal=journal,
            )
        )
    if isinstance(row, UnreadableSale) and not row.decided and row.outcome in (None, outcome):
        return row
    if row.outcome or row.note:
        fail(
            _(
                "{reference}: this sale has ended already as {outcome}; there is nothing to "
                "decide; see: kiosk orders show {reference}",
                reference=shown,
                outcome=row.outcome,
            )
        )
    return row


def _ask_about(settings: Config, row: Row, wanted: Outcome) -> tuple[str, bool]:
    """Return what the service says about the order, and whether it says that it ended so.

    Exit with 1 if that forbids the decision.
    """
    order_id = row.order_id if isinstance(row, UnreadableSale) else row.sale.order_id
    if order_id:
        ask = partial(_fetch, order_id)
    elif isinstance(row, SaleRecord) and not settings.orders.printed_code:
        reference = row.sale.reference
        intent = read_journal(settings.journal.path, lambda journal: journal.intent(reference))
        ask = partial(_create_and_cancel, intent)
    else:
        return "", False
    seen = ask_service(settings, ask)
    if isinstance(seen, CallError):
        return _check_failure(seen, order_id, wanted)
    said = order_in_words(seen, english)  # it is written to the journal
    return f"{seen.order_id} {said}", _check(row, order_id, seen, wanted)


async def _fetch(order_id: str, orders: Orders) -> OrderSeen | CallError:
    try:
        return await orders.fetch(order_id)
    except CallError as error:
        return error


async def _create_and_cancel(intent: Intent, orders: Orders) -> OrderSeen | CallError:
    """Ask for an order whose QR was never shown, with its own key and bytes, and cancel it.

    Not where there is a printed code: a payer would reach the order meanwhile.
    """
    try:
        seen = await orders.create(intent.key, intent.request)
        with suppress(OrderRefused):  # it has ended already: see the order
            await orders.cancel(seen.order_id)
        return await orders.fetch(seen.order_id)
    except CallError as error:
        return error


def _check_failure(error: CallError, order_id: str, wanted: Outcome) -> tuple[str, bool]:
    """Return what is known after a failed look. Exit with 1 if the person must do more first."""
    failure = as_event(error).failure
    if failure in _UNHEARD:
        return f"nothing ({error})", False
    if failure is Failure.MISSING and wanted is not Outcome.ABANDONED:
        fail(
            _(
                "the service does not know the order {order_id}, so nobody can pay it; write "
                "--as abandoned, or use the access token of the account that the order is in",
                order_id=order_id,
            )
        )
    if failure in (Failure.TOKEN, Failure.SETUP):
        fail(_("the order can't be looked at: {error}", error=error))
    return str(error), failure is Failure.MISSING


def _check(row: Row, order_id: str, seen: OrderSeen, wanted: Outcome) -> bool:
    """Return whether the order ended as the person says. Exit with 1 if it must not be decided.

    ``order_id`` is empty if only the service knows it.
    """
    reference = row.reference if isinstance(row, UnreadableSale) else row.sale.reference
    if seen.order_id != (order_id or seen.order_id) or seen.reference not in (reference, ""):
        fail(
            _(
                "{order_id}: the service says that this order belongs to another sale, {other}; "
                "use the journal and the access token of this shop",
                order_id=seen.order_id,
                other=seen.reference or seen.order_id,
            )
        )
    if seen.status == "created":
        fail(
            _(
                "{order_id}: the order can still be paid; cancel it first: kiosk orders cancel "
                "{order_id}",
                order_id=seen.order_id,
            )
        )
    end = _end(row, seen)
    if end and end != wanted:
        fail(
            _(
                "{order_id}: the service says {said}, so the sale did not end as {wanted}; wait "
                "for the kiosk to see this, or write --as {end}",
                order_id=seen.order_id,
                said=order_in_words(seen),
                wanted=wanted,
                end=end,
            )
        )
    return end is wanted


def _end(row: Row, seen: OrderSeen) -> Outcome | None:
    """Return how the order ended, if the service's words leave no doubt."""
    if isinstance(row, SaleRecord):
        end = judge(replace(row.sale, order_id=seen.order_id), seen)
        return end if isinstance(end, Outcome) else None
    if seen.status == "processed" and seen.status_detail != "refunded":
        return Outcome.PAID
    return FINAL.get(seen.status_detail if seen.status == "processed" else seen.status)


def _check_age(settings: Config, row: Row, reference: str) -> None:
    """Exit with 1 if the sale is so young that the kiosk would still wait for its end."""
    if isinstance(row, UnreadableSale) or row.set_aside_at:
        return
    wait = timedelta(seconds=settings.sale.expires_after + settings.sale.set_aside_after)
    until = datetime.fromisoformat(row.created_at).astimezone() + wait
    if Environment().wall_clock() < until.timestamp():
        fail(
            _(
                "{reference}: this sale is not set aside, and its order may still be paid until "
                "{until}; start the kiosk, which finds out how it ends, or wait until then",
                reference=reference,
                until=f"{until:%H:%M:%S}",
            )
        )

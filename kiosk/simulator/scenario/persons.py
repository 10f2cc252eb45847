"""What people do by commands at a headless counter, as with ``kiosk orders settle`` and ``refund``.

The commands of ``kiosk.cli`` open an event loop and a network of their own. Here the same command
objects go over the same socket to the daemon, and the same client asks the service.
"""

from __future__ import annotations

import json
from contextlib import aclosing, suppress

import anyio

from kiosk.base.errors import CallError
from kiosk.journal import SaleRecord
from kiosk.orders import Orders, refund_key
from kiosk.shell.command_socket import beside
from kiosk.shell.commands import Command, DecideSale, NoteRefund
from kiosk.simulator.acts.act import PersonAct
from kiosk.simulator.scenario.headless_counter import HeadlessCounter
from kiosk.simulator.service.order import OrderStatus


async def perform_command(counter: HeadlessCounter, act: PersonAct) -> None:
    """Perform the command; what the daemon refuses is in the transcript."""
    sales = counter.sales()
    number = (act.sale or len(sales)) - 1
    if not 0 <= number < len(sales):
        counter.transcript.note("person", "there is no such sale")
        return
    record, config = sales[number], counter.devices.config
    client = config.orders.open(
        expires_after=config.sale.expires_after,
        currency=config.kiosk.currency,
        environment=counter.daemon.environment(),
    )
    try:
        async with aclosing(client) as orders:
            if act.settles:
                await _settle(counter, orders, record, act)
            elif act.does == "cancels":
                await orders.cancel(record.sale.order_id)
            else:
                await _refund(counter, orders, record)
    except CallError as error:
        counter.transcript.note("person", str(error))


async def _settle(
    counter: HeadlessCounter, orders: Orders, record: SaleRecord, act: PersonAct
) -> None:
    """Decide how the sale ended, unless the service says that it can still be paid."""
    said = "nothing"
    with suppress(CallError):
        said = (await orders.fetch(record.sale.order_id)).status
    if said == OrderStatus.CREATED:
        counter.transcript.note("person", "the order can still be paid; cancel it first")
        return
    words = {"reference": record.sale.reference, "outcome": act.settles, "note": act.note}
    await _tell_daemon(counter, DecideSale.model_validate(words | {"said": said}))


async def _refund(counter: HeadlessCounter, orders: Orders, record: SaleRecord) -> None:
    """Refund the whole sale; the journal knows of it before and after."""
    await _tell_daemon(counter, _note_of(record, underway=True))
    seen = await orders.refund(record.sale.order_id, refund_key(record.sale.order_id))
    refunded = seen.refunded or record.paid or record.sale.amount
    done = not seen.refund_underway
    await _tell_daemon(
        counter, _note_of(record, refunded.plain() if done else None, underway=not done)
    )


def _note_of(
    record: SaleRecord, refunded: str | None = None, *, underway: bool = False
) -> NoteRefund:
    amount = record.sale.amount
    return NoteRefund(
        reference=record.sale.reference,
        order_id=record.sale.order_id,
        amount=amount.plain(),
        currency=amount.currency.code,
        refunded=refunded,
        underway=underway,
        evidence="orders refund of all",
    )


async def _tell_daemon(counter: HeadlessCounter, command: Command) -> None:
    """Send a command over the daemon's socket."""
    path = beside(counter.devices.config.service.status_file)
    try:
        async with await anyio.connect_unix(path) as daemon:
            await daemon.send(command.model_dump_json().encode() + b"\n")
            refused = json.loads(await daemon.receive())["refused"]
    except OSError as error:
        refused = f"the kiosk is not running ({error.strerror})"
    if refused:
        counter.transcript.note("person", refused)

"""What people do by commands at a headless counter, as with ``kiosk orders settle`` and ``refund``.

The commands of ``kiosk.cli`` open an event loop and a network of their own. Here the same command
objects go over the same socket to the daemon, and the same client asks the service.
"""

from __future__ import annotations

import json
from contextlib import aclosing

import anyio

from kiosk.journal import SaleRecord
from kiosk.orders import refund_key
from kiosk.shell.command_socket import beside
from kiosk.shell.commands import Command, DecideSale, NoteRefund
from kiosk.simulator.acts.act import PersonAct
from kiosk.simulator.scenario.headless_counter import HeadlessCounter


async def perform_command(counter: HeadlessCounter, act: PersonAct) -> None:
    """Perform the command; what the daemon refuses is in the transcript."""
    sales = counter.sales()
    number = (act.sale or len(sales)) - 1
    if not 0 <= number < len(sales):
        counter.transcript.note("person", "there is no such sale")
        return
    record = sales[number]
    if act.settles:
        await _tell_daemon(counter, _decision(record, act))
    elif act.does == "cancels":
        await _ask_service(counter, record, refunds=False)
    else:
        await _ask_service(counter, record, refunds=True)


def _decision(record: SaleRecord, act: PersonAct) -> DecideSale:
    return DecideSale.model_validate(
        {"reference": record.sale.reference, "outcome": act.settles, "note": act.note}
    )


async def _ask_service(counter: HeadlessCounter, record: SaleRecord, *, refunds: bool) -> None:
    config = counter.devices.config
    order_id = record.sale.order_id
    client = config.orders.open(
        expires_after=config.sale.expires_after,
        currency=config.kiosk.currency,
        environment=counter.environment(),
    )
    async with aclosing(client) as orders:
        if not refunds:
            await orders.cancel(order_id)
            return
        await _tell_daemon(counter, _note_of(record, underway=True))
        seen = await orders.refund(order_id, refund_key(order_id))
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

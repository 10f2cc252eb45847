"""The payment terminal on a real tty, and its settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest
from pydantic import ValidationError

from kiosk.base.money import Money
from kiosk.inputs.ecr_terminal import EcrTerminal
from kiosk.sale.events import AmountRead, ReadingBegan, ReadingRejected, ResultDelivered
from kiosk.sale.words import Outcome, Sale
from tests.inputs.conftest import Listener, Register, running_input
from tests.inputs.ecr.test_generic import GENERIC
from tests.inputs.ecr.transbank_register import (
    ACK,
    CLP,
    SALE,
    SHOP,
    approved,
    asks,
    declined,
    ecr_settings,
    ended,
    read,
)


@asynccontextmanager
async def running(register: Register, listener: Listener) -> AsyncIterator[EcrTerminal]:
    device = ecr_settings(str(register.port)).open(CLP)
    async with running_input(device, listener):
        yield device


@pytest.mark.anyio
async def test_a_sale_is_acknowledged_at_once_and_answered_when_it_has_ended(
    register: Register, listener: Listener
) -> None:
    async with running(register, listener) as device:
        register.send(SALE)
        assert await register.receive(ACK.data) == ACK.data
        assert await listener.next(began=True) == ReadingBegan("pos")
        assert await listener.next() == read("5000")
        device.reply(ended("5000"))
        answer = approved("000123", "5000").data
        assert await register.receive(answer) == answer
        register.send(b"\x06")
        assert await listener.next() == ResultDelivered("counter-1-7", Outcome.PAID)
    assert (device.counts.accepted, device.counts.rejected) == (1, 0)


@pytest.mark.anyio
async def test_a_request_that_did_not_become_a_sale_is_declined(
    register: Register, listener: Listener
) -> None:
    async with running(register, listener) as device:
        register.send(SALE)
        assert await register.receive(ACK.data) == ACK.data
        event = await listener.next()
        assert isinstance(event, AmountRead)
        device.decline(event.ticket)
        answer = declined("01", "000123").data
        assert await register.receive(answer) == answer


@pytest.mark.anyio
async def test_a_result_waits_while_the_register_is_unplugged(
    register: Register, listener: Listener
) -> None:
    async with running(register, listener) as device:
        register.send(SALE)
        assert await listener.next() == read("5000")
        register.unplug()
        await anyio.wait_all_tasks_blocked()
        device.reply(ended("5000"))
        register.plug_in()
        answer = approved("000123", "5000").data
        assert await register.receive(answer) == answer


@pytest.mark.anyio
async def test_the_last_sale_before_a_restart_can_be_asked_for(
    register: Register, listener: Listener
) -> None:
    async with running(register, listener) as device:
        last = Sale("counter-1-7", Money.of("5000", "CLP"), "pos", ticket="4:000123")
        device.remember(last, Outcome.PAID)
        register.send(asks("0250|"))
        answer = ACK.data + approved("000123", "5000", "0260").data
        assert await register.receive(answer) == answer


@pytest.mark.anyio
async def test_an_invalid_request_is_counted_as_rejected(
    register: Register, listener: Listener
) -> None:
    async with running(register, listener) as device:
        register.send(asks("0200|0|000123|||0|"))
        assert isinstance(await listener.next(), ReadingRejected)
    assert (device.counts.accepted, device.counts.rejected) == (0, 1)


def test_too_many_results_drop_the_oldest(caplog: pytest.LogCaptureFixture) -> None:
    device = ecr_settings().open(CLP)
    for number in range(16):
        device.reply(ended("5000", reference=f"n{number}"))
    assert caplog.messages == []
    device.decline("1:7")
    device.reply(ended("5000", reference="n16"))
    assert caplog.messages == ["pos: too many replies wait; the one for the sale n1 is dropped"]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"transbank": None}, "either transbank or generic"),
        ({"transbank": SHOP, "generic": GENERIC}, "either transbank or generic"),
        ({"transbank": SHOP | {"commerce": "123"}}, "commerce"),
        ({"generic": GENERIC | {"sale": "S;(.*)"}}, "group named amount"),
        ({"generic": GENERIC | {"last": "("}}, "not a valid regular expression"),
        ({"generic": GENERIC | {"paid": "{tikcet}"}}, "{tikcet} is not a valid placeholder"),
        ({"generic": GENERIC | {"marks": "no"}}, "a length of at least two bytes"),
    ],
)
def test_an_invalid_setting_is_refused_with_the_reason(fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        ecr_settings(**fields)

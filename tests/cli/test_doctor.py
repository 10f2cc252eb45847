"""``kiosk doctor --api``: the migration checklist on a service, with no payable order left behind."""

from __future__ import annotations

import pytest

from kiosk.simulator.service.order import OrderStatus
from tests.cli.conftest import Shell


def statuses(shell: Shell) -> set[OrderStatus]:
    return {order.status for order in shell.service.book.orders(shell.service.now)}


def test_all_items_that_can_be_ticked_are_ticked(shell: Shell) -> None:
    boxes = shell.run("doctor", "--api", "--json")
    ticked = {box["what"]: box["ticked"] for box in boxes}
    assert ticked == {
        "order created (dynamic)": True,
        "its id captured": True,
        "the key header makes a repeated create harmless": True,
        "order read": True,
        "order canceled": True,
        "notices of the topic Order received": None,
        "order refunded": None,
    }
    assert statuses(shell) == {OrderStatus.CANCELED}
    assert len(shell.service.book.orders(shell.service.now)) == 1


def test_other_modes_can_be_examined_as_well(shell: Shell) -> None:
    modes = ("--mode", "dynamic", "--mode", "static", "--mode", "hybrid")
    page = shell.run("doctor", "--api", *modes)
    for mode in ("dynamic", "static", "hybrid"):
        assert f"[x] order created ({mode})" in page
    assert len(shell.service.book.orders(shell.service.now)) == 3
    assert statuses(shell) == {OrderStatus.CANCELED}


def test_credentials_that_take_real_money_are_refused_without_production(shell: Shell) -> None:
    shell.run("doctor", "--api", token="APP_USR-1", code=2)
    assert "take real money" in shell.err
    assert shell.service.count() == 0
    shell.run("doctor", "--api", "--production", token="APP_USR-1")
    assert statuses(shell) == {OrderStatus.CANCELED}


def test_credentials_of_an_unknown_owner_are_refused(shell: Shell) -> None:
    shell.service.spoil({"do": "status", "status": 404, "call": "account"})
    shell.run("doctor", "--api", code=2)
    assert "--production" in shell.err
    assert shell.service.count() == 0


@pytest.mark.parametrize("call", ["create", "get", "cancel"])
@pytest.mark.parametrize("what", ["drop_request", "drop_reply"])
def test_no_payable_order_is_left_behind_when_a_call_fails(
    shell: Shell, call: str, what: str
) -> None:
    shell.service.spoil({"do": what, "call": call, "nth": 1})
    shell.run("doctor", "--api")
    assert statuses(shell) == {OrderStatus.CANCELED}


def test_a_fetch_that_always_fails_is_an_item_without_a_tick_and_the_order_is_closed(
    shell: Shell,
) -> None:
    shell.service.spoil({"do": "status", "status": 400, "code": "bad_request", "call": "get"})
    page = shell.run("doctor", "--api", code=1)
    assert "[ ] order created and read (dynamic): the service refused: 400" in page
    assert "[x] order canceled" in page
    assert statuses(shell) == {OrderStatus.CANCELED}


def test_an_unknown_point_of_sale_is_reported(shell: Shell) -> None:
    shell.config.write_text(shell.config.read_text().replace("COUNTER1", "ELSEWHERE"))
    assert "kiosk pos create" in shell.run("doctor", "--api", code=1)
    assert shell.service.count() == 0


def test_an_order_that_could_not_be_canceled_is_not_created(shell: Shell) -> None:
    shell.configure("dynamic_qr")
    assert "[-] order created: this API can't cancel it" in shell.run("doctor", "--api")
    assert shell.service.count() == 0


@pytest.mark.parametrize(
    ("driver", "more"),
    [
        ("dynamic_qr", "  mode: hybrid\n"),
        ("attended_qr", ""),
        ("attended_qr", "  external_store_id: S1\n"),
    ],
)
def test_the_older_apis_are_examined_as_far_as_they_go(
    shell: Shell, driver: str, more: str
) -> None:
    shell.configure(driver, more)
    page = shell.run("doctor", "--api", token="APP_USR-TEST-1")
    assert "[-] the key header" in page
    assert "[x] order canceled" in page
    assert statuses(shell) == {OrderStatus.CANCELED}


def test_without_an_option_it_says_what_to_add(shell: Shell) -> None:
    shell.run("doctor", code=2)
    assert "--api" in shell.err

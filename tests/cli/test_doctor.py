"""``kiosk doctor --api``: the migration checklist on a service, with no payable order left behind."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from kiosk.base.language import speak
from kiosk.simulator.service.order import OrderStatus
from tests.cli.conftest import Shell
from tests.support.terminal import on_terminal


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


@pytest.fixture
def today(shell: Shell) -> Shell:
    """A service that shows the same time as this computer."""
    shell.service.now = time.time()
    return shell


def test_without_an_option_the_box_is_examined_and_no_order_is_created(today: Shell) -> None:
    page = today.run("doctor").splitlines()
    assert [line.split()[0] for line in page[:-1]].count("bad") == 0
    assert page[-1].startswith("well, with ")
    assert today.service.count() == 0


def test_programs_get_the_findings_as_json(today: Shell) -> None:
    found = {each["what"]: each for each in today.run("doctor", "--json")}
    assert found["account"]["level"] == "warn"
    assert found["DNS"] == {
        "what": "DNS", "level": "good", "meaning": "127.0.0.1 is 127.0.0.1", "fix": "", "page": ""
    }  # fmt: skip


def test_the_file_may_be_named_without_its_option(today: Shell) -> None:
    assert today.run("doctor", str(today.config)).splitlines()[-1].startswith("well, with ")


def test_something_bad_is_the_exit_code(today: Shell) -> None:
    today.config.write_text(today.config.read_text().replace("COUNTER1", "ELSEWHERE"))
    page = today.run("doctor", code=1)
    assert "bad  point of sale: the account has no point of sale ELSEWHERE" in page
    assert page.splitlines()[-1] == "not well: 1 thing is bad"


def test_a_file_that_is_not_there_is_one_bad_line(today: Shell) -> None:
    today.config.unlink()
    page = today.run("doctor", code=1).splitlines()
    assert page[0].startswith("bad  configuration: ")
    assert page[-1] == "not well: 1 thing is bad"


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("es", "bien  tarjeta: el kernel no ha contado errores"),
        ("pt", "bom  cartão: o kernel não contou erros"),
    ],
)
def test_it_speaks_the_language_of_the_person(today: Shell, language: str, line: str) -> None:
    try:
        assert line in today.run("doctor", "--lang", language, code=0)
    finally:
        speak("en")


def test_a_narrow_terminal_gets_whole_words(tmp_path: Path) -> None:
    with on_terminal("doctor", str(tmp_path / "kiosk.yaml"), columns=40) as terminal:
        said = terminal.expect("not well:").splitlines()
    whole = " ".join(line.strip() for line in said)
    assert "the file can't be read (No such file or directory)" in whole
    assert all(len(line) <= 40 for line in said if str(tmp_path) not in line)
